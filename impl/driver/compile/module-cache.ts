/** Keeps what was compiled, by the hash of all that went in: in the user's cache, for every process to find. */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

export function hashOf(parts: readonly string[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(`${part.length}:${part}`);
  return hash.digest('hex').slice(0, 32);
}

/** What is kept under a name, or else is made now. */
export function keptOr(name: string, make: () => Uint8Array): Uint8Array {
  const path = pathOf(name);
  if (existsSync(path)) return readFileSync(path);
  const made = make();
  // Whole or not at all: other processes may look for it meanwhile.
  const part = `${path}.${process.pid}`;
  writeFileSync(part, made);
  renameSync(part, path);
  return made;
}

export function forget(name: string): void {
  rmSync(pathOf(name), { force: true });
}

function pathOf(name: string): string {
  const folder = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'colocheck', 'driver');
  mkdirSync(folder, { recursive: true });
  return join(folder, name);
}
