/** The saved traces as a table: what each is, how long, and which systems diverge on it today. */
import { statSync } from 'node:fs';
import { signatureOf } from '../../properties/comparison/divergence.ts';
import { caseProblem } from '../../properties/cases/setup-problem.ts';
import type { Subject } from '../../properties/subjects/subject.ts';
import { listTraces } from './failure-folder.ts';
import { caseOf, judgeTrace } from './replay.ts';
import { TraceError } from '../format/trace-error.ts';
import { readTrace } from '../format/trace-file.ts';
import type { Trace } from '../format/trace-schema.ts';

export const TRACE_FOLDERS = ['failures', 'regressions', 'deviations', 'witnesses', 'unreachable'].map(
  (name) => `traces/saved/${name}`,
);

export interface TraceRow {
  readonly path: string;
  readonly signature: string | null;
  readonly comparison: Trace['comparison'];
  readonly operations: number;
  readonly nodes: number;
  readonly foundOn: string | null;
  /** By the name of each system that was asked: `agrees`, a signature, or why it could not be run. */
  readonly today: Readonly<Record<string, string>>;
}

export interface TraceTable {
  readonly rows: readonly TraceRow[];
  /** A line for each file that is no trace. */
  readonly broken: readonly string[];
}

/** A system by its name, and what judges a trace on it that says it is judged so; null where nothing does. */
export interface Asked {
  readonly name: string;
  by(comparison: Trace['comparison']): Subject | null | Promise<Subject>;
}

/**
 * `places` are folders and files; a trace is run on those of the systems that can be judged as it says. Throws a `TraceError` for a place that is not there.
 */
export async function tabulate(places: readonly string[], systems: readonly Asked[]): Promise<TraceTable> {
  const rows: TraceRow[] = [];
  const broken: string[] = [];
  for (const path of places.flatMap(tracesAt)) {
    try {
      const trace = readTrace(path);
      rows.push(await rowOf(path, trace, systems));
    } catch (error) {
      if (!(error instanceof TraceError)) throw error;
      broken.push(error.message);
    }
  }
  return { rows, broken };
}

function tracesAt(place: string): readonly string[] {
  const stats = statSync(place, { throwIfNoEntry: false });
  if (stats === undefined && !TRACE_FOLDERS.includes(place)) {
    throw new TraceError(`${place} is not there. Name a folder of traces or a trace file.`);
  }
  return stats?.isFile() === true ? [place] : listTraces(place);
}

async function rowOf(path: string, trace: Trace, systems: readonly Asked[]): Promise<TraceRow> {
  const testCase = caseOf(trace);
  const today: Record<string, string> = {};
  for (const system of systems) {
    const subject = await system.by(trace.comparison);
    if (subject === null) continue;
    const problem = caseProblem(testCase, subject.capabilities);
    const divergence = problem === null ? await judgeTrace(trace, subject) : null;
    today[system.name] = problem ?? (divergence === null ? 'agrees' : signatureOf(divergence));
  }
  return {
    path,
    signature: trace.signature ?? null,
    comparison: trace.comparison,
    operations: testCase.operations.length,
    nodes: testCase.setup.nodes.length,
    foundOn: trace.found?.system ?? null,
    today,
  };
}

export function describeTable({ rows, broken }: TraceTable, systems: readonly Asked[]): string {
  const names = systems.map(({ name }) => name);
  const heads = ['trace', 'operations', 'nodes', 'comparison', 'signature', 'found on', ...names];
  const lines = rows.map(({ path, operations, nodes, comparison, signature, foundOn, today }) => [
    path,
    String(operations),
    String(nodes),
    comparison,
    signature ?? 'agreement',
    foundOn ?? '-',
    ...names.map((name) => today[name] ?? '-'),
  ]);
  const table = [heads, ...lines];
  const widths = heads.map((_, column) => Math.max(...table.map((line) => line[column]?.length ?? 0)));
  const text = table.map((line) => line.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  '));
  return [...text.map((line) => line.trimEnd()), ...broken.map((message) => `broken: ${message}`)].join('\n');
}
