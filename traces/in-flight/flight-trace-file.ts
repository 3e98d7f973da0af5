/** Reads and writes traces in which requests overlap, and keeps the smallest of each signature. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { z } from 'zod';
import type { FlightCase } from '../../properties/in-flight/cases/flight-case.ts';
import { TraceError } from '../format/trace-error.ts';
import { formatTrace, readTraceJson, REMEDY, writeTraceText } from '../format/trace-file.ts';
import { describeIssue, wording } from '../format/trace-issue.ts';
import { FLIGHT_TRACE_VERSION } from '../format/trace-schema.ts';
import { failureFileName } from '../replay/failure-folder.ts';
import { flightTraceSchema, stepSchemaFor } from './flight-trace-schema.ts';
import type { FlightTrace } from './flight-trace-schema.ts';

/** Within the folder of failures, whose other traces have no overlap. */
const FOLDER = 'in-flight';

/** Whether it is of the version in which requests overlap. Throws a `TraceError` where the file is no JSON. */
export function isFlightTrace(path: string): boolean {
  const json = readTraceJson(path);
  return (
    typeof json === 'object' && json !== null && 'version' in json && json.version === FLIGHT_TRACE_VERSION
  );
}

/** Throws a `TraceError` that names the file and the place in it. */
export function readFlightTrace(path: string): FlightTrace {
  const json = readTraceJson(path);
  const parsed = flightTraceSchema.safeParse(json, { error: wording });
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new TraceError(
    `${path}: ${issue === undefined ? 'is not a trace' : describeIssue(closer(issue, json), json)}. ${REMEDY}`,
  );
}

/** What is wrong with a step is said of the kind of step that it is meant to be. */
function closer(issue: z.core.$ZodIssue, json: unknown): z.core.$ZodIssue {
  const [list, index, ...rest] = issue.path;
  if (list !== 'operations' || typeof index !== 'number' || rest.length > 0 || issue.code !== 'invalid_union')
    return issue;
  const operations: unknown =
    typeof json === 'object' && json !== null && 'operations' in json ? json.operations : [];
  const given: unknown = Array.isArray(operations) ? operations[index] : undefined;
  const [inner] = stepSchemaFor(given).safeParse(given, { error: wording }).error?.issues ?? [];
  return inner === undefined ? issue : { ...inner, path: [list, index, ...inner.path] };
}

export function flightCaseOf({ setup, operations }: FlightTrace): FlightCase {
  return { setup, steps: operations };
}

export interface SavedFlight {
  readonly path: string;
  /** False where a smaller one was there and has been kept. */
  readonly isWritten: boolean;
}

/** Saves it under its signature unless a smaller one is there of the same system. Throws a `TraceError`. */
export function saveFlight(folder: string, trace: FlightTrace): SavedFlight {
  const signature = trace.signature ?? 'unsigned';
  const usual = join(folder, FOLDER, failureFileName(signature));
  const kept = existsSync(usual) ? readOrNull(usual) : null;
  const isOfAnother =
    kept !== null && (kept.found?.system !== trace.found?.system || kept.comparison !== trace.comparison);
  const path = isOfAnother
    ? join(folder, FOLDER, failureFileName(`${signature} on ${trace.found?.system ?? 'another'}`))
    : usual;
  const smaller = existsSync(path) ? readOrNull(path) : null;
  const isWritten = smaller === null || smaller.operations.length >= trace.operations.length;
  if (isWritten) writeTraceText(path, formatTrace(trace));
  return { path, isWritten };
}

function readOrNull(path: string): FlightTrace | null {
  try {
    return readFlightTrace(path);
  } catch (error) {
    // What can no longer be read makes room for today's.
    if (error instanceof TraceError) return null;
    throw error;
  }
}

/** Of the failures that are saved there. */
export function listFlightTraces(folder: string): string[] {
  const place = join(folder, FOLDER);
  if (!existsSync(place)) return [];
  return readdirSync(place)
    .filter((name) => name.endsWith('.json'))
    .toSorted()
    .map((name) => join(place, name));
}
