/** From a line of the seed to the cells and traces that exercise it, and from a trace to the lines that it exercises. */
import { basename } from 'node:path';
import { walkOf } from '../../properties/cases/case.ts';
import type { Case } from '../../properties/cases/case.ts';
import { describeOutcome } from '../../properties/comparison/comparison.ts';
import { everything } from '../../properties/cases/full-capabilities.ts';
import { describeOperation } from '../../properties/cases/operation-text.ts';
import { cellsByBranch } from '../../properties/coverage/reachable-cells.ts';
import { branchName } from '../../properties/seed-branches/seed-branch.ts';
import type { SeedBranch } from '../../properties/seed-branches/seed-branch.ts';
import { branchesTaken, seedBranches } from '../../properties/seed-branches/seed-branches.ts';
import { UsageError } from '../../properties/jobs/usage-error.ts';
import { listTraces } from './failure-folder.ts';
import { caseOf } from './replay.ts';
import { readTrace } from '../format/trace-file.ts';

const LAST_LINE = 776;
const folders = ['traces/saved/regressions', 'traces/saved/deviations', 'traces/saved/unreachable'];

/** `subject` is a line number of the seed or the path of a trace. Throws `UsageError` and `TraceError`. */
export function explain(subject: string): string {
  return /^\d+$/.test(subject) ? explainLine(Number(subject)) : explainTrace(subject);
}

function explainLine(line: number): string {
  if (line < 1 || line > LAST_LINE) {
    throw new UsageError(`line ${line}: replication.c has lines 1 to ${LAST_LINE}`);
  }
  const branches = seedBranches.filter(({ lines: [first, last] }) => line >= first && line <= last);
  if (branches.length === 0) {
    return `replication.c:${line} is in no branch: ${neighbours(line)}`;
  }
  const isTaken = branches.some(({ taken }) => typeof taken !== 'string');
  const cells = isTaken ? allCells() : new Map<string, ReadonlySet<string>>();
  const traces = isTaken ? savedCases() : [];
  return branches.map((branch) => explainBranch(branch, cells, traces)).join('\n\n');
}

let cellsOfAll: ReturnType<typeof cellsByBranch> | null = null;

/** Takes seconds, and is the same each time. */
function allCells(): ReturnType<typeof cellsByBranch> {
  cellsOfAll ??= cellsByBranch(everything);
  return cellsOfAll;
}

function explainBranch(
  branch: SeedBranch,
  cells: ReadonlyMap<string, ReadonlySet<string>>,
  traces: readonly (readonly [string, Case])[],
): string {
  const name = branchName(branch);
  if (typeof branch.taken === 'string') return `replication.c:${name}\n  is never taken: ${branch.taken}`;
  const exercising = traces.filter(([, testCase]) => takenBy(testCase).some((taken) => taken.has(name)));
  return [
    `replication.c:${name}`,
    '  cells:',
    ...[...(cells.get(name) ?? [])].toSorted().map((cell) => `    ${cell}`),
    '  traces:',
    ...(exercising.length === 0 ? ['    none saved'] : exercising.map(([path]) => `    ${path}`)),
  ].join('\n');
}

function neighbours(line: number): string {
  const before = seedBranches.findLast(({ lines: [, last] }) => last < line);
  const after = seedBranches.find(({ lines: [first] }) => first > line);
  const near = [before, after].flatMap((branch) => (branch === undefined ? [] : [branchName(branch)]));
  return `the nearest are ${near.join(' and ')}`;
}

function explainTrace(path: string): string {
  const trace = readTrace(path);
  const testCase = caseOf(trace);
  const { steps } = walkOf(testCase);
  const taken = takenBy(testCase);
  const several = testCase.setup.nodes.length > 1;
  const lines = testCase.operations.flatMap((operation, index) => {
    const outcome = steps[index]?.outcome;
    const answer = outcome === undefined ? '' : describeOutcome(outcome);
    const branches = [...(taken[index] ?? [])].map((name) => `        replication.c:${name}`);
    return [`  ${String(index + 1).padStart(3)}  ${describeOperation(operation)}: ${answer}`, ...branches];
  });
  const note = several ? ['  (a host of several nodes: lines are known only of hosts with one)'] : [];
  return [`${basename(path)}: ${trace.note ?? 'a trace without a note'}`, ...note, ...lines].join('\n');
}

/** The names of the branches that each step takes. */
function takenBy(testCase: Case): ReadonlySet<string>[] {
  const { start, steps } = walkOf(testCase);
  let host = start;
  return testCase.operations.map((operation, index) => {
    const step = steps[index];
    if (step === undefined) return new Set<string>();
    const names = new Set(branchesTaken(host, operation, step).map(branchName));
    ({ host } = step);
    return names;
  });
}

function savedCases(): (readonly [string, Case])[] {
  return folders.flatMap(listTraces).map((path) => [path, caseOf(readTrace(path))] as const);
}
