/** The folder of failing traces: one file a signature and system, the smallest case kept. */
import { accessSync, constants, existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { shippedPlace } from '../format/shipped-place.ts';
import { makeFolder } from '../../properties/jobs/make-folder.ts';
import { TraceError } from '../format/trace-error.ts';
import { readTrace, writeTrace } from '../format/trace-file.ts';
import type { Trace } from '../format/trace-schema.ts';

export interface SavedFailure {
  readonly path: string;
  /** False where a smaller trace was there and has been kept. */
  readonly isWritten: boolean;
}

/**
 * Saves a trace under its signature unless a smaller one is there; in the place of `earlier`, what the same run had saved of
 * the same failure, whatever it says. Throws a `TraceError`.
 */
export function saveFailure(folder: string, trace: Trace, earlier: string | null = null): SavedFailure {
  if (earlier !== null) {
    writeTrace(earlier, trace);
    return { path: earlier, isWritten: true };
  }
  const signature = trace.signature ?? 'unsigned';
  const usual = join(folder, failureFileName(signature));
  const judged = trace.comparison === 'qemu' ? '' : ` by ${trace.comparison}`;
  const path = isOfAnother(trace, usual)
    ? join(folder, failureFileName(`${signature} on ${trace.found?.system ?? 'another'}${judged}`))
    : usual;
  const isWritten = !existsSync(path) || isSmaller(trace, path);
  if (isWritten) writeTrace(path, trace);
  return { path, isWritten };
}

/** Fails before a campaign has run for nothing. Throws a `TraceError` where `folder` cannot be made or written. */
export function requireWritable(folder: string): void {
  try {
    makeFolder(folder);
    if (!statSync(folder).isDirectory()) throw new Error('it is no folder');
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
  const place = shippedPlace(folder);
  if (!existsSync(place)) return [];
  return readdirSync(place)
    .filter((name) => name.endsWith('.json'))
    .toSorted()
    .map((name) => join(folder, name));
}

/** Signatures are words and hyphens already; anything else must not become part of a path. */
export function failureFileName(signature: string): string {
  const name = signature.replace(/[^A-Za-z0-9-]+/g, '-').slice(0, 120);
  return `${name === '' ? 'unsigned' : name}.json`;
}

/** What was found on one system, or judged so, says nothing of another, and must not be lost to it. */
function isOfAnother({ found, comparison }: Trace, path: string): boolean {
  if (!existsSync(path)) return false;
  try {
    const kept = readTrace(path);
    return kept.found?.system !== found?.system || kept.comparison !== comparison;
  } catch (error) {
    if (error instanceof TraceError) return false;
    throw error;
  }
}

function isSmaller(trace: Trace, path: string): boolean {
  try {
    const kept = readTrace(path);
    // What fails again is worth more than what was seen once, however short that is.
    if ((trace.reproduces === false) !== (kept.reproduces === false)) return kept.reproduces === false;
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
