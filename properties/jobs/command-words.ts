/** How a command of this project is called, for those who are to call it: in a clone and where it is installed. */

const isInstalled = /[\\/]node_modules[\\/]/.test(import.meta.filename);

/** `words` are those after the command's name, each fit for a shell. */
export function commandWords(name: string, words: readonly string[], installed = isInstalled): string {
  if (installed) return ['npx colocheck', name, ...words].join(' ');
  return ['npm run', name, ...(words.length === 0 ? [] : ['--']), ...words].join(' ');
}
