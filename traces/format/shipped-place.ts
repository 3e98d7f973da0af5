/** The recorded traces are part of what is installed: their names lead to them from any working directory. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';

const SAVED = 'traces/saved/';

/** Where a file or a folder lies: as it says, or else among the traces of this project, if that is what it names. */
export function shippedPlace(path: string): string {
  if (existsSync(path) || !path.startsWith(SAVED)) return path;
  const shipped = join(import.meta.dirname, '../saved', path.slice(SAVED.length));
  return existsSync(shipped) ? shipped : path;
}
