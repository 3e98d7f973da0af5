/** Imports a module that may be TypeScript, which not every Node takes by itself. */

/** Node 20 takes none, 22.18 and later what is plain JavaScript without its types. */
const notTaken = ['ERR_UNKNOWN_FILE_EXTENSION', 'ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX'];

/** Rejects as `import` does. */
export async function importModule(url: string): Promise<unknown> {
  try {
    return await import(url);
  } catch (error) {
    if (!isNotTaken(error)) throw error;
    const { register } = await import('tsx/esm/api');
    register();
    // Under another name: Node remembers what it has failed to load.
    return import(`${url}?typescript`);
  }
}

function isNotTaken(error: unknown): boolean {
  return error instanceof Error && 'code' in error && notTaken.some((code) => code === error.code);
}
