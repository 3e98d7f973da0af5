/** The kill matrix as a table for people, and what falls short in it. */
import { invariants } from '../invariants/invariants.ts';
import { isShortest, median } from './kill.ts';
import type { Kill, MutantRow } from './kill.ts';
import { alignedTable, markdownTable, randomCells, span } from './table-text.ts';

const columns = [
  'mutant',
  'origin',
  'random',
  'median s',
  'worst s',
  'operations',
  'first',
  'shrunk',
  'shortest',
  'laws alone',
  'exhaustive',
  'traces',
] as const;

function cells(row: MutantRow): readonly string[] {
  const { mutant, origin, seeds, random, laws, exhaustive, traces } = row;
  return [
    mutant,
    origin,
    ...randomCells(random, seeds, 4),
    shortestOf(row),
    laws === null ? '-' : `${laws.by} ${laws.seconds.toFixed(3)} s`,
    told(exhaustive),
    traces === null ? '-' : `${traces.length} operations`,
  ];
}

/** Of all signatures that were met; a question mark where a search was given up. */
function shortestOf({ shortest }: MutantRow): string {
  if (shortest.length === 0) return '-';
  return `${span(shortest.map(({ operations }) => operations))}${shortest.every(({ isProven }) => isProven) ? '' : '?'}`;
}

function told(kill: Kill | null): string {
  return kill === null ? '-' : `${kill.length} in ${kill.by}, ${kill.seconds.toFixed(3)} s`;
}

export function matrixText(rows: readonly MutantRow[]): string {
  return alignedTable(columns, rows.map(cells));
}

export function matrixMarkdown(rows: readonly MutantRow[]): string {
  return [...markdownTable(columns, rows.map(cells)), '', ...summary(rows), ''].join('\n');
}

/** Upper ends of the buckets of the ETNA evaluation, in seconds. */
const BUCKETS = [0.1, 1, 10, 60];

/** What the whole comes to, a line each. */
export function summary(rows: readonly MutantRow[]): readonly string[] {
  const kills = rows.flatMap(({ random }) => random);
  const shrinking = kills.map(({ shrinkSeconds }) => shrinkSeconds);
  const proven = rows.flatMap(({ random, shortest }) =>
    shortest.length === 0 ? [] : random.map((kill) => isShortest(kill, shortest)),
  );
  return [
    bucketLine('random, median', rows, ({ random, seeds }) =>
      random.length < seeds ? Infinity : median(random.map(({ seconds }) => seconds)),
    ),
    bucketLine('random, worst', rows, ({ random, seeds }) =>
      random.length < seeds ? Infinity : Math.max(...random.map(({ seconds }) => seconds)),
    ),
    bucketLine('laws alone', rows, ({ laws }) => laws?.seconds ?? Infinity),
    bucketLine('exhaustive', rows, ({ exhaustive }) => exhaustive?.seconds ?? Infinity),
    bucketLine('traces', rows, ({ traces }) => traces?.seconds ?? Infinity),
    `shrinking: median ${(median(shrinking) * 1000).toFixed(0)} ms, worst ${(Math.max(0, ...shrinking) * 1000).toFixed(0)} ms`,
    ...(proven.length === 0
      ? []
      : [`shrunk to the shortest: ${proven.filter(Boolean).length} of ${proven.length} failures`]),
  ];
}

function bucketLine(method: string, rows: readonly MutantRow[], seconds: (row: MutantRow) => number): string {
  const shares = BUCKETS.map(
    (bucket) => `${rows.filter((row) => seconds(row) <= bucket).length} within ${bucket} s`,
  );
  return `${method}: of ${rows.length} mutants ${shares.join(', ')}`;
}

/** Everything that should not be, a line each: nobody's prey, one seed too few, a case too long, an idle law. */
export function shortcomings(rows: readonly MutantRow[], isWhole: boolean): readonly string[] {
  const lawsAtWork = new Set(rows.map(({ laws }) => laws?.by));
  return [
    ...rows.flatMap(shortcomingsOf),
    ...invariants
      .filter(({ name }) => isWhole && !lawsAtWork.has(name))
      .map(({ name }) => `the law ${name} is the first to kill no mutant`),
  ];
}

function shortcomingsOf({ mutant, seeds, random, exhaustive, traces, shortest }: MutantRow): string[] {
  const long = shortest.length === 0 ? [] : random.filter((kill) => !isShortest(kill, shortest));
  return [
    ...(random.length < seeds
      ? [`${mutant}: random search missed it in ${seeds - random.length} seeds`]
      : []),
    ...(exhaustive === null ? [`${mutant}: exhaustive search missed it`] : []),
    ...(traces === null ? [`${mutant}: no recorded trace shows it`] : []),
    ...long.map(
      ({ target, seed, shrunkLength }) =>
        `${mutant}: seed ${seed} was shrunk to ${shrunkLength} operations, there is a shorter case of ${target.signature}`,
    ),
    ...shortest
      .filter(({ isProven }) => !isProven)
      .map(
        ({ signature, operations }) =>
          `${mutant}: not proven that ${signature} takes ${operations} operations`,
      ),
  ];
}
