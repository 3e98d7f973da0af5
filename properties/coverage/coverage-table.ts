/** The summary of a campaign: operations and outcomes by stage, with counts, so that a hole is seen. */
import type { Mode, Stage } from '../../model/vocabulary.ts';
import { cellName } from './coverage.ts';
import type { Cell, CountedCell } from './coverage.ts';
import { branchName } from '../seed-branches/seed-branch.ts';
import { seedBranches } from '../seed-branches/seed-branches.ts';

const stageTitles: Record<Stage, string> = {
  closed: 'closed',
  none: 'none',
  running: 'running',
  failover: 'failover',
  failoverFailed: 'failed',
  done: 'done',
  aborted: 'aborted',
};

const stages: readonly Stage[] = [
  'closed',
  'none',
  'running',
  'failover',
  'failoverFailed',
  'done',
  'aborted',
];

/** Cells that can be reached and were not, in the order of their names. */
export function missingCells(reachable: readonly Cell[], counted: readonly CountedCell[]): string[] {
  const reached = new Set(counted.map(cellName));
  return reachable
    .map(cellName)
    .filter((name) => !reached.has(name))
    .toSorted();
}

/** Branches of the seed that can be taken and were not. */
export function missingBranches(taken: ReadonlySet<string>): string[] {
  return seedBranches
    .filter((branch) => typeof branch.taken === 'function')
    .map(branchName)
    .filter((name) => !taken.has(name));
}

/** One table a mode: rows are operation and outcome, columns stages; `.` cannot be reached, `0` could and was not. */
export function printCoverage(reachable: readonly Cell[], counted: readonly CountedCell[]): string {
  const counts = new Map([
    ...reachable.map((cell) => [cellName(cell), 0] as const),
    ...counted.map((cell) => [cellName(cell), cell.count] as const),
  ]);
  const cells = [...reachable, ...counted];
  return (['secondary', 'primary'] as const)
    .filter((mode) => cells.some((cell) => cell.mode === mode))
    .map((mode) => printMode(mode, cells, counts))
    .join('\n\n');
}

const LABEL_WIDTH = 58;
const COLUMN_WIDTH = 10;

function printMode(mode: Mode, cells: readonly Cell[], counts: ReadonlyMap<string, number>): string {
  const rows = new Map<string, Cell>();
  for (const cell of cells) {
    if (cell.mode === mode) rows.set(rowLabel(cell), cell);
  }
  const used = stages.filter((stage) => cells.some((cell) => cell.mode === mode && cell.stage === stage));
  const head = `${`${mode} mode`.padEnd(LABEL_WIDTH)}${used.map((stage) => stageTitles[stage].padStart(COLUMN_WIDTH)).join('')}`;
  const lines = [...rows]
    .toSorted(([left], [right]) => left.localeCompare(right))
    .map(([label, row]) => {
      const columns = used.map((stage) => columnText(counts.get(cellName({ ...row, stage }))));
      return `${label.padEnd(LABEL_WIDTH)}${columns.join('')}`;
    });
  return [head, ...lines].join('\n');
}

function rowLabel({ operation, outcome }: Cell): string {
  const label = `${operation}: ${outcome}`;
  return label.length < LABEL_WIDTH ? label : `${label.slice(0, LABEL_WIDTH - 4)}...`;
}

function columnText(count: number | undefined): string {
  return (count === undefined ? '.' : shortCount(count)).padStart(COLUMN_WIDTH);
}

function shortCount(count: number): string {
  if (count < 10_000) return String(count);
  return count < 10_000_000 ? `${Math.floor(count / 1000)}k` : `${Math.floor(count / 1_000_000)}M`;
}
