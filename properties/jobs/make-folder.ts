/** Makes folders one by one: the recursive `mkdirSync` of Node 20 never returns below `/proc/none`. */
import { existsSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';

/** Throws the error of the operating system where a folder cannot be made. */
export function makeFolder(path: string): void {
  if (existsSync(path)) return;
  const above = dirname(path);
  if (above !== path) makeFolder(above);
  mkdirSync(path);
}
