/** Reads and writes trace files: whole or not at all, with one clear line for everything that is wrong. */
import { closeSync, fsyncSync, openSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { makeFolder } from '../../properties/jobs/make-folder.ts';
import { repeatedKey } from '../../properties/results/repeated-key.ts';
import { given } from '../../impl/module/given.ts';
import { visible } from '../../impl/printed-text.ts';
import { placeOfError } from './json-place.ts';
import { shippedPlace } from './shipped-place.ts';
import { TraceError } from './trace-error.ts';
import { describeIssue, shown, wording } from './trace-issue.ts';
import { FLIGHT_TRACE_VERSION, TRACE_VERSION, traceSchema } from './trace-schema.ts';
import type { Trace } from './trace-schema.ts';

export const REMEDY = 'Edit the file or record the trace again.';

/** Some editors put it before the text; JSON does not allow it. */
const BYTE_ORDER_MARK = /^\uFEFF/;

/** Throws a `TraceError` that names the file and the place in it. */
export function readTrace(path: string): Trace {
  return parseTrace(readText(path), path);
}

/** What a trace file holds, of whatever version. Throws a `TraceError` where it is no JSON. */
export function readTraceJson(path: string): unknown {
  return parseJson(readText(path), path);
}

export function parseTrace(text: string, path: string): Trace {
  const json = parseJson(text, path);
  requireVersion(json, path);
  const parsed = traceSchema.safeParse(json, { error: wording });
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new TraceError(
    `${path}: ${issue === undefined ? 'is not a trace' : describeIssue(issue, json)}. ${REMEDY}`,
  );
}

/** One operation a line, so that a diff reads well. */
export function formatTrace({ operations, ...head }: { readonly operations: readonly object[] }): string {
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

/**
 * Writes beside and renames, so that a file is never half written. What could not be read again is not written: what a
 * system answered is left out then, and where the rest is no trace that is a defect of colocheck. Throws a `TraceError`.
 */
export function writeTrace(path: string, trace: Trace): void {
  writeTraceText(path, formatTrace(readable(given(trace), path)));
}

/** Throws a `TraceError`. */
export function writeTraceText(path: string, text: string): void {
  const beside = `${path}.${process.pid}.tmp`;
  try {
    makeFolder(dirname(path));
    const file = openSync(beside, 'w');
    try {
      // Unlike one `writeSync` this goes on after a short write, and throws when the disk is full.
      writeFileSync(file, text);
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

function readable(trace: Trace, path: string): Trace {
  if (traceSchema.safeParse(trace).success) return trace;
  const { recorded: _recorded, ...rest } = trace;
  const [issue] = traceSchema.safeParse(rest, { error: wording }).error?.issues ?? [];
  if (issue === undefined) return rest;
  throw new TraceError(
    `cannot write ${path}: ${describeIssue(issue, rest)}, which is a defect of colocheck: please report it.`,
  );
}

function readText(path: string): string {
  try {
    return readFileSync(shippedPlace(path), 'utf8').replace(BYTE_ORDER_MARK, '');
  } catch (error) {
    throw new TraceError(`cannot read ${path}: ${reason(error)}. Name an existing trace file.`);
  }
}

function parseJson(text: string, path: string): unknown {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new TraceError(
      `${path}: is not JSON (${visible(reason(error))}; ${placeOfError(text)}). ${REMEDY}`,
    );
  }
  const repeated = repeatedKey(text);
  if (repeated !== null) throw new TraceError(`${path}: has two values for ${visible(repeated)}. ${REMEDY}`);
  return json;
}

function requireVersion(json: unknown, path: string): void {
  if (typeof json !== 'object' || json === null || !('format' in json) || json.format !== 'colocheck-trace') {
    throw new TraceError(
      `${path}: is no colocheck trace ("format": "colocheck-trace" is missing). ${REMEDY}`,
    );
  }
  const version = 'version' in json ? json.version : undefined;
  if (version === TRACE_VERSION) return;
  if (version === FLIGHT_TRACE_VERSION)
    throw new TraceError(
      `${path}: requests overlap in it (version ${FLIGHT_TRACE_VERSION}), which npm run replay and npm run view read. Name another trace.`,
    );
  throw new TraceError(
    `${path}: version is ${visible(shown(version))}: this colocheck reads version ${TRACE_VERSION}. Record the trace again.`,
  );
}

function spaced(operation: object): string {
  return `{ ${Object.entries(operation)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => `${JSON.stringify(key)}: ${spacedValue(value)}`)
    .join(', ')} }`;
}

function spacedValue(value: unknown): string {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? spaced(value)
    : JSON.stringify(value);
}

function reason(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.replace(/[\p{Cc}\s]+/gu, ' ');
}

function removeQuietly(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch {
    // The folder itself is out of reach: there is nothing to clean up.
  }
}
