/** The folder of failing traces: one file a signature and system, the smallest case kept. */
import { accessSync, constants, existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { TraceError } from './trace-error.ts';
import { readTrace, writeTrace } from './trace-file.ts';
import type { Trace } from './trace-schema.ts';

export interface SavedFailure {
  readonly path: string;
  /** False where the smaller case that was there is kept. */
  readonly isNew: boolean;
}

/** Saves a trace under its signature unless a smaller one is there. Throws a `TraceError`. */
export function saveFailure(folder: string, trace: Trace): SavedFailure {
  const signature = trace.signature ?? 'unsigned';
  const usual = join(folder, failureFileName(signature));
  const path = isOfAnother(trace, usual)
    ? join(folder, failureFileName(`${signature} on ${trace.found?.system ?? 'another'}`))
    : usual;
  const isNew = !existsSync(path) || isSmaller(trace, path);
  if (isNew) writeTrace(path, trace);
  return { path, isNew };
}

/** Fails before a campaign has run for nothing. Throws a `TraceError` where `folder` cannot be made or written. */
export function requireWritable(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true });
    accessSync(folder, constants.W_OK);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new TraceError(
      `cannot save failures in ${folder}: ${reason}. Name a folder that can be written (--failures).`,
    );
  }
}

/** Paths of the traces in a folder, in the order of their names. */
export function listTraces(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .toSorted()
    .map((name) => join(folder, name));
}

/** Signatures are words and hyphens already; anything else must not become part of a path. */
export function failureFileName(signature: string): string {
  const name = signature.replace(/[^A-Za-z0-9-]+/g, '-').slice(0, 120);
  return `${name === '' ? 'unsigned' : name}.json`;
}

/** What was found on one system says nothing of another, and must not be lost to it. */
function isOfAnother({ found }: Trace, path: string): boolean {
  if (!existsSync(path)) return false;
  try {
    return readTrace(path).found?.system !== found?.system;
  } catch (error) {
    if (error instanceof TraceError) return false;
    throw error;
  }
}

function isSmaller(trace: Trace, path: string): boolean {
  try {
    const kept = readTrace(path);
    if (trace.operations.length !== kept.operations.length)
      return trace.operations.length < kept.operations.length;
    return weight(trace) <= weight(kept);
  } catch (error) {
    // What was kept can no longer be read (an older version, a bad edit): today's failure takes its place.
    if (error instanceof TraceError) return true;
    throw error;
  }
}

/** The sum of all numbers of a case. */
function weight({ setup, operations }: Trace): number {
  const numbers = JSON.stringify([setup, operations]).match(/\d+/g) ?? [];
  return numbers.reduce((sum, digits) => sum + Number(digits), 0);
}
