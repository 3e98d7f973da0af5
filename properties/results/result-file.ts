/** Reads and writes result files. Throws a `UsageError` that names the file and what is wrong with it. */
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { makeFolder } from '../jobs/make-folder.ts';
import { z } from 'zod';
import { UsageError } from '../jobs/usage-error.ts';
import { repeatedKey } from './repeated-key.ts';
import { RESULT_VERSION } from './result-head.ts';
import { resultSchema } from './result-schema.ts';
import type { Result } from './result-schema.ts';

export interface ResultFile {
  readonly path: string;
  readonly result: Result;
}

const versionSchema = z.object({ format: z.literal('colocheck-result'), version: z.number() });

export function readResult(path: string): ResultFile {
  const json = parse(path, textOf(path));
  const { success, data } = versionSchema.safeParse(json);
  if (!success) throw new UsageError(`${path} is no result file: write one with --results FILE`);
  if (data.version !== RESULT_VERSION) {
    throw new UsageError(
      `${path} is of version ${data.version}, this colocheck reads version ${RESULT_VERSION}: use the colocheck that wrote it`,
    );
  }
  const read = resultSchema.safeParse(json);
  if (read.success) {
    return { path, result: withTraces(read.data, (trace) => join(dirname(path), trace)) };
  }
  const [issue] = read.error.issues;
  const place = issue?.path.map(String).join('.') ?? '';
  throw new UsageError(
    `${path} is no sound result file: ${place === '' ? 'it' : place}: ${issue?.message ?? ''}`,
  );
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new UsageError(`cannot read the result file ${path}: ${reasonOf(error)}`);
  }
}

function parse(path: string, text: string): unknown {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new UsageError(`${path} is no JSON, it may have been cut off: ${reasonOf(error)}`);
  }
  const repeated = repeatedKey(text);
  if (repeated !== null) throw new UsageError(`${path} has two values for ${repeated}`);
  return json;
}

/** Traces are named from where the file lies, so that a folder with both can be moved. */
function withTraces(result: Result, place: (trace: string) => string): Result {
  const placed = <Finding extends { readonly trace: string }>(findings: readonly Finding[]): Finding[] =>
    findings.map((finding) => ({ ...finding, trace: place(finding.trace) }));
  switch (result.command) {
    case 'verify':
      return { ...result, findings: placed(result.findings) };
    case 'verify --in-flight':
      return { ...result, findings: placed(result.findings) };
    case 'explore':
    case 'tour':
      return { ...result, findings: placed(result.findings) };
    case 'mutants':
      return result;
  }
}

/** One property a line. What stood there before stays until all is written. */
export function writeResult(path: string, result: Result): void {
  const named = withTraces(result, (trace) => relative(dirname(path), trace));
  const lines = Object.entries(named).map(
    ([key, value]) => `${JSON.stringify(key)}: ${JSON.stringify(value)}`,
  );
  writeWhole(path, `{\n${lines.join(',\n')}\n}\n`);
}

/** Writes a file and the folders that it lies in. */
export function writeWhole(path: string, text: string): void {
  try {
    makeFolder(dirname(path));
    writeFileSync(`${path}.new`, text);
    renameSync(`${path}.new`, path);
  } catch (error) {
    throw new UsageError(`cannot write ${path}: ${reasonOf(error)}`);
  }
}

/** Fails before a job has run for nothing. */
export function requireWritableFile(path: string): void {
  try {
    makeFolder(dirname(path));
    writeFileSync(`${path}.new`, '');
    rmSync(`${path}.new`);
  } catch (error) {
    throw new UsageError(`cannot write ${path}: ${reasonOf(error)}`);
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
