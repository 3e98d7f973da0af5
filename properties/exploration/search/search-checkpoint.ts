/** A search that was stopped, as a file: its states and skeletons, and how far it had come; to go on with later. */
import { createHash } from 'node:crypto';
import { closeSync, existsSync, openSync, readSync, renameSync, rmSync, writeSync } from 'node:fs';
import { UsageError } from '../../jobs/usage-error.ts';
import type { SearchCheckpoint } from './exploration.ts';
import type { SearchMemory } from './search-worker.ts';
import { StateStore, usedParts } from '../product/state-store.ts';
import type { World } from '../worlds/world.ts';

const HEADER_BYTES = 512;
const VERSION = 1;

/** The file is bound to the world, the system and what searches are made of; another one is refused with a `UsageError`. */
export function checkpointFile(
  path: string,
  world: World,
  systemName: string,
  reduction: string,
): SearchCheckpoint {
  const identity = createHash('sha256')
    .update(JSON.stringify([VERSION, world.setup, world.alphabet, world.goals, systemName, reduction]))
    .digest('hex');
  return {
    load: (memory) => existsSync(path) && load(path, identity, memory),
    save: (memory) => save(path, identity, memory),
    remove: () => rmSync(path, { force: true }),
  };
}

/** The arrays that a checkpoint consists of; those of the counters come first. */
function partsOf({ states, skeletons, control }: SearchMemory): Uint8Array[] {
  return [
    new Uint8Array(states.counters),
    new Uint8Array(skeletons.counters),
    new Uint8Array(control.transitions),
    new Uint8Array(control.goals),
    ...usedParts(states),
    ...usedParts(skeletons),
  ];
}

/** Written beside the file first, so that a failure leaves the older one. */
function save(path: string, identity: string, memory: SearchMemory): void {
  const beside = `${path}.part`;
  try {
    const file = openSync(beside, 'w');
    try {
      const header = JSON.stringify({ identity, workers: memory.control.workers });
      writeSync(file, header.padEnd(HEADER_BYTES));
      for (const part of partsOf(memory)) writeAll(file, part);
    } finally {
      closeSync(file);
    }
    renameSync(beside, path);
  } catch (error) {
    throw new UsageError(
      `cannot keep the search in ${path}: ${reasonOf(error)}. Name a file that can be written (--checkpoint).`,
    );
  }
}

function load(path: string, identity: string, memory: SearchMemory): boolean {
  const file = openSync(path, 'r');
  try {
    const header = new Uint8Array(HEADER_BYTES);
    readAll(file, header, path);
    const known = headerOf(header, path);
    if (known !== JSON.stringify({ identity, workers: memory.control.workers })) {
      throw new UsageError(
        `${path} is the search of another world, system or number of workers: name the same ones, or remove the file`,
      );
    }
    // The counters say how much there is of the rest.
    const counters = partsOf(memory).slice(0, 4);
    for (const part of counters) readAll(file, part, path);
    for (const part of storedParts(memory, path)) readAll(file, part, path);
  } finally {
    closeSync(file);
  }
  new StateStore(memory.states).rebuild();
  new StateStore(memory.skeletons).rebuild();
  return true;
}

function storedParts({ states, skeletons }: SearchMemory, path: string): Uint8Array[] {
  try {
    return [...usedParts(states), ...usedParts(skeletons)];
  } catch (error) {
    if (error instanceof RangeError)
      throw new UsageError(`the search in ${path} needs more memory (--memory)`);
    throw error;
  }
}

function headerOf(bytes: Uint8Array, path: string): string {
  const text = new TextDecoder().decode(bytes).trimEnd();
  if (!text.startsWith('{"identity":'))
    throw new UsageError(`${path} is no checkpoint of a search: remove it, or name another file`);
  return text;
}

function writeAll(file: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length;) at += writeSync(file, bytes, at, Math.min(bytes.length - at, 2 ** 30));
}

function readAll(file: number, bytes: Uint8Array, path: string): void {
  for (let at = 0; at < bytes.length;) {
    const read = readSync(file, bytes, at, Math.min(bytes.length - at, 2 ** 30), null);
    if (read === 0) throw new UsageError(`${path} is cut off: remove it, and the search begins anew`);
    at += read;
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
