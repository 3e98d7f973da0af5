/** Reads one line of a log: parsed, and held against the schema of its kind. */
import { z } from 'zod';
import { repeatedKey } from '../../properties/results/repeated-key.ts';
import { columnOfError } from '../format/json-place.ts';
import { describeIssue, wording } from '../format/trace-issue.ts';
import { isUsualLine } from './quick-line.ts';
import { lineSchemas, LOG_VERSION } from './log-schema.ts';
import type { LogLine } from './log-schema.ts';

/** What is wrong with a line, without its place; the message says what to do. */
export class LineProblem extends Error {}

const REMEDY = 'Edit the log or record it again.';

const kinds = ['answer', 'operation', 'setup', 'lost', 'format'] as const;

/** `isEnded` is false for a last line without a line end. Throws a `LineProblem`. */
export function parseLine(text: string, isEnded: boolean): LogLine {
  const json = parseJson(text, isEnded);
  const isUsual = isUsualLine(json);
  // What is written as it would be written again has each name once: the longer look is for other lines.
  const repeated = isUsual && JSON.stringify(json) === text ? null : repeatedKey(text);
  if (repeated !== null) throw new LineProblem(`has two values for ${repeated}. ${REMEDY}`);
  if (isUsual) return json;
  const kind =
    typeof json === 'object' && json !== null ? kinds.find((key) => Object.hasOwn(json, key)) : undefined;
  if (kind === undefined)
    throw new LineProblem(`is none of ${kinds.map((key) => `{"${key}": ...}`).join(', ')}. ${REMEDY}`);
  if (kind === 'format') requireVersion(json);
  const parsed = lineSchemas[kind].safeParse(json, { error: wording });
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new LineProblem(`${issue === undefined ? `is no ${kind}` : describeIssue(issue, json)}. ${REMEDY}`);
}

function parseJson(text: string, isEnded: boolean): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new LineProblem(
      isEnded
        ? `is no JSON (from column ${columnOfError(text)} on): write one object a line. ${REMEDY}`
        : 'the log is cut off in this line. Record the log again, or remove the line.',
    );
  }
}

const versionSchema = z.looseObject({ version: z.unknown() });

function requireVersion(json: unknown): void {
  const version = versionSchema.safeParse(json).data?.version;
  if (version === LOG_VERSION) return;
  const found = version === undefined ? 'missing' : JSON.stringify(version);
  throw new LineProblem(
    `version is ${found}: this colocheck reads version ${LOG_VERSION}. Record the log again.`,
  );
}
