/** The commands that show a saved trace again. */

/** A system by the name that it has in reports, and by what a command line calls it. */
export interface NamedSystem {
  readonly name: string;
  readonly option: string;
}

export function replayCommand(path: string, { option }: NamedSystem): string {
  return `npm run replay -- ${shellWord(path)} --system ${shellWord(option)}`;
}

export function viewCommand(path: string, { option }: NamedSystem): string {
  return `npm run view -- ${shellWord(path)} --system ${shellWord(option)}`;
}

function shellWord(text: string): string {
  return /^[\w:./=-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
