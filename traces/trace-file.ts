/** Reads and writes trace files: whole or not at all, with one clear line for everything that is wrong. */
import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import type { z } from 'zod';
import { TraceError } from './trace-error.ts';
import { TRACE_VERSION, traceSchema } from './trace-schema.ts';
import type { Trace } from './trace-schema.ts';

const REMEDY = 'Edit the file or record the trace again.';

/** Throws a `TraceError` that names the file and the place in it. */
export function readTrace(path: string): Trace {
  return parseTrace(readText(path), path);
}

export function parseTrace(text: string, path: string): Trace {
  const json = parseJson(text, path);
  requireVersion(json, path);
  const parsed = traceSchema.safeParse(json);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new TraceError(
    `${path}: ${issue === undefined ? 'is not a trace' : describeIssue(issue, json)}. ${REMEDY}`,
  );
}

/** One operation a line, so that a diff reads well. */
export function formatTrace({ operations, ...head }: Trace): string {
  const lines = JSON.stringify(head, null, 2).split('\n').slice(1, -1);
  const steps = operations.map((operation) => `    ${spaced(operation)}`).join(',\n');
  return [
    '{',
    `${lines.join('\n')},`,
    '  "operations": [',
    ...(steps === '' ? [] : [steps]),
    '  ]',
    '}',
    '',
  ].join('\n');
}

/** Writes beside and renames, so that a file is never half written. Throws a `TraceError` where it cannot. */
export function writeTrace(path: string, trace: Trace): void {
  const beside = `${path}.${process.pid}.tmp`;
  try {
    mkdirSync(dirname(path), { recursive: true });
    const file = openSync(beside, 'w');
    try {
      writeSync(file, formatTrace(trace));
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(beside, path);
  } catch (error) {
    removeQuietly(beside);
    throw new TraceError(`cannot write ${path}: ${reason(error)}. Name a folder that can be written.`);
  }
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new TraceError(`cannot read ${path}: ${reason(error)}. Name an existing trace file.`);
  }
}

function parseJson(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new TraceError(`${path}: is not JSON (${reason(error)}${placeIn(text, error)}). ${REMEDY}`);
  }
}

/** Node names a position in the text; people look for a line. */
function placeIn(text: string, error: unknown): string {
  const position = error instanceof Error ? /position (\d+)/.exec(error.message)?.[1] : undefined;
  const before = text.slice(0, position === undefined ? text.length : Number(position)).split('\n');
  return `; line ${before.length}, column ${(before.at(-1)?.length ?? 0) + 1}`;
}

function requireVersion(json: unknown, path: string): void {
  if (typeof json !== 'object' || json === null || !('format' in json) || json.format !== 'colocheck-trace') {
    throw new TraceError(
      `${path}: is no colocheck trace ("format": "colocheck-trace" is missing). ${REMEDY}`,
    );
  }
  const version = 'version' in json ? json.version : undefined;
  if (version === TRACE_VERSION) return;
  throw new TraceError(
    `${path}: version is ${String(version)}: this colocheck reads version ${TRACE_VERSION}. Record the trace again.`,
  );
}

function describeIssue(issue: z.core.$ZodIssue, json: unknown): string {
  const place = issue.path
    .map(String)
    .reduce((text, key) => (/^\d+$/.test(key) ? `${text}[${key}]` : `${text}.${key}`), '')
    .replace(/^\./, '');
  const value = issue.path.reduce<unknown>(entryOf, json);
  const shown = value === undefined ? 'missing' : cut(JSON.stringify(value));
  return `${place === '' ? 'the trace' : `${place} is ${shown}`}: ${issue.message}`;
}

function entryOf(value: unknown, key: PropertyKey): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  return Object.entries(value).find(([name]) => name === String(key))?.[1];
}

function cut(text: string): string {
  return text.length <= 60 ? text : `${text.slice(0, 57)}...`;
}

function spaced(operation: object): string {
  return `{ ${Object.entries(operation)
    .map(([key, value]) => `${JSON.stringify(key)}: ${JSON.stringify(value)}`)
    .join(', ')} }`;
}

function reason(error: unknown): string {
  return error instanceof Error ? error.message.replace(/\s+/g, ' ') : String(error);
}

function removeQuietly(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch {
    // The folder itself is out of reach: there is nothing to clean up.
  }
}
