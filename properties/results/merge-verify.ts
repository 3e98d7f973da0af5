/** The campaign that shards of one campaign make together: every count is as if it had been run in one go. */
import { cellName, LOOKED_AT_CLOSELY } from '../coverage.ts';
import { mergedTiming } from './merge-timing.ts';
import { inOrder } from './verify-result.ts';
import type { ResultHead, VerifyResult } from './result-schema.ts';

type Cell = VerifyResult['cells'][number];
type Branches = VerifyResult['branches'];
type Failure = VerifyResult['failures'][number];

/** `parts` are of one job and have no shard in common; there is at least one. */
export function mergeVerify(head: ResultHead, parts: readonly VerifyResult[]): VerifyResult {
  const [first] = parts;
  if (first === undefined) throw new Error('nothing to merge');
  const failed = sum(parts.map(({ failures, repeatedFailures }) => failures.length + repeatedFailures));
  const failures = firstOfEach(parts.flatMap((part) => part.failures));
  return {
    ...head,
    command: 'verify',
    options: first.options,
    ended: worstEnd(parts),
    trouble: parts.find(({ trouble }) => trouble !== null)?.trouble ?? null,
    cases: sum(parts.map(({ cases }) => cases)),
    operations: sum(parts.map(({ operations }) => operations)),
    cells: mergedCells(parts.flatMap(({ cells }) => cells)),
    branches: mergedBranches(
      first.branches,
      parts.map(({ branches }) => branches),
    ),
    documented: mergedCounts(parts.map(({ documented }) => documented)),
    lengths: first.lengths.map((_, length) => sum(parts.map(({ lengths }) => lengths[length] ?? 0))),
    failures,
    repeatedFailures: failed - failures.length,
    savedFailures: {
      run: sum(parts.map(({ savedFailures }) => savedFailures.run)),
      failing: parts.flatMap(({ savedFailures }) => savedFailures.failing),
    },
    timing: mergedTiming(parts.map(({ timing }) => timing)),
  };
}

function mergedCounts(parts: readonly VerifyResult['documented'][]): VerifyResult['documented'] {
  const merged = new Map<string, number>();
  for (const [name, count] of parts.flatMap((counts) => Object.entries(counts))) {
    merged.set(name, count + (merged.get(name) ?? 0));
  }
  return inOrder(merged);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

/** One that ended early makes the whole one that did. */
function worstEnd(parts: readonly VerifyResult[]): VerifyResult['ended'] {
  const ends = (['trouble', 'interrupted', 'findings', 'time'] as const).find((end) =>
    parts.some(({ ended }) => ended === end),
  );
  return ends ?? 'cases';
}

function mergedCells(cells: readonly Cell[]): readonly Cell[] {
  const merged = new Map<string, Cell>();
  for (const cell of cells) {
    const name = cellName(cell);
    merged.set(name, { ...cell, count: cell.count + (merged.get(name)?.count ?? 0) });
  }
  return [...merged].toSorted(([left], [right]) => (left < right ? -1 : 1)).map(([, cell]) => cell);
}

/** The first steps of a cell in the whole campaign are among the first of each shard. */
function mergedBranches({ names, areRequired }: Branches, parts: readonly Branches[]): Branches {
  const looks = new Map<string, Branches['first'][number]['looks'][number][]>();
  for (const { cell, looks: some } of parts.flatMap(({ first }) => first)) {
    looks.set(cell, [...(looks.get(cell) ?? []), ...some]);
  }
  return {
    names,
    areRequired,
    sampled: [...new Set(parts.flatMap(({ sampled }) => sampled))].toSorted((left, right) => left - right),
    first: [...looks]
      .toSorted(([left], [right]) => (left < right ? -1 : 1))
      .map(([cell, some]) => ({
        cell,
        looks: some.toSorted((left, right) => left.batch - right.batch).slice(0, LOOKED_AT_CLOSELY),
      })),
  };
}

/** Of each signature the case that one machine would have met first. */
function firstOfEach(failures: readonly Failure[]): readonly Failure[] {
  const known = new Set<string>();
  return failures
    .toSorted((left, right) => left.caseIndex - right.caseIndex)
    .filter(({ signature }) => {
      const isFirst = !known.has(signature);
      known.add(signature);
      return isFirst;
    });
}
