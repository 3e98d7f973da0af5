/** The campaign that shards of one campaign make together: every count is as if it had been run in one go. */
import { cellName, LOOKED_AT_CLOSELY } from '../coverage/coverage.ts';
import { MET_MAX } from '../coverage/situations.ts';
import { mergedTiming } from './merge-timing.ts';
import type { ResultHead, VerifyResult } from '../results/result-schema.ts';

type Cell = VerifyResult['cells'][number];
type Situations = VerifyResult['situations'];
type Branches = VerifyResult['branches'];
type Finding = VerifyResult['findings'][number];

/** `parts` are of one job and have no shard in common; there is at least one. */
export function mergeVerify(head: ResultHead, parts: readonly VerifyResult[]): VerifyResult {
  const [first] = parts;
  if (first === undefined) throw new Error('nothing to merge');
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
    situations: mergedSituations(parts.map(({ situations }) => situations)),
    documented: mergedCounts(parts.map(({ documented }) => documented)),
    lengths: first.lengths.map((_, length) => sum(parts.map(({ lengths }) => lengths[length] ?? 0))),
    ...mergedFailures(parts),
    // Only the first shard plays them.
    recorded: parts.find(({ recorded }) => recorded !== null)?.recorded ?? null,
    timing: mergedTiming(parts.map(({ timing }) => timing)),
  };
}

interface Failures<Found, Saved> {
  readonly findings: readonly Found[];
  readonly repeatedFindings: number;
  readonly savedFailures: { readonly run: number; readonly failing: readonly Saved[] };
}

/** A failure of a signature that another shard has found is a repeated one. */
export function mergedFailures<Found extends Pick<Finding, 'signature' | 'caseIndex'>, Saved>(
  parts: readonly Failures<Found, Saved>[],
): Failures<Found, Saved> {
  const failed = sum(parts.map(({ findings, repeatedFindings }) => findings.length + repeatedFindings));
  const findings = firstOfEach(parts.flatMap((part) => part.findings));
  return {
    findings,
    repeatedFindings: failed - findings.length,
    savedFailures: {
      run: sum(parts.map(({ savedFailures }) => savedFailures.run)),
      failing: parts.flatMap(({ savedFailures }) => savedFailures.failing),
    },
  };
}

export function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

function mergedCounts(parts: readonly VerifyResult['documented'][]): VerifyResult['documented'] {
  const names = [...new Set(parts.flatMap((part) => Object.keys(part)))].toSorted();
  return Object.fromEntries(names.map((name) => [name, sum(parts.map((part) => part[name] ?? 0))]));
}

function mergedSituations(parts: readonly Situations[]): Situations {
  const counts = mergedCounts(
    parts.map((part) => Object.fromEntries(part.map(({ name, count }) => [name, count]))),
  );
  const [first = []] = parts;
  return first.map(({ name }) => ({ name, count: Math.min(MET_MAX, counts[name] ?? 0) }));
}

/** One that ended early makes the whole one that did. */
export function worstEnd(parts: readonly Pick<VerifyResult, 'ended'>[]): VerifyResult['ended'] {
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
function firstOfEach<Found extends Pick<Finding, 'signature' | 'caseIndex'>>(
  findings: readonly Found[],
): readonly Found[] {
  const known = new Set<string>();
  return findings
    .toSorted((left, right) => (left.caseIndex ?? -1) - (right.caseIndex ?? -1))
    .filter(({ signature }) => {
      const isFirst = !known.has(signature);
      known.add(signature);
      return isFirst;
    });
}
