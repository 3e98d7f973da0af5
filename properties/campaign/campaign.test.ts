/** The campaign: agrees with the shipped implementation, finds every seeded bug, and shrinks it to a 1-minimal case. */
import { describe, expect, test } from 'vitest';
import { createEfficientSystem } from '../../impl/efficient/efficient-system.ts';
import type { System } from '../../impl/system.ts';
import { runCampaign } from './campaign.ts';
import type { CampaignOptions, Statistics } from './campaign.ts';
import { missingBranches, missingCells } from '../coverage/coverage-table.ts';
import { reachableCells } from '../coverage/reachable-cells.ts';
import { mutants } from '../../impl/mutants/catalogue.ts';
import { createMutant } from '../../impl/mutants/mutant.ts';
import { caseProblem } from '../cases/setup-problem.ts';
import { lowerNumbers, simplerSetups, withoutOperations } from '../shrink/simpler-cases.ts';
import { syncSubject } from '../subjects/subject.ts';
import { signatureOf } from '../comparison/divergence.ts';

const quick: CampaignOptions = {
  seed: 1,
  casesMax: 3000,
  secondsMax: Infinity,
  operationsMax: 100,
  geometry: 'mixed',
  depth: 'full',
  findingsMax: 1,
};

const silent = { progress: () => {}, finding: () => {}, interrupted: () => false };

function search(system: System, options: Partial<CampaignOptions> = {}): Promise<Statistics> {
  return runCampaign(syncSubject(system), { ...quick, ...options }, silent);
}

describe('a campaign on the efficient implementation', () => {
  test.each([1, 2, 3])('finds no difference and reaches every cell (seed %i)', async (seed) => {
    const system = createEfficientSystem();
    const statistics = await search(system, { seed, casesMax: 30_000 });
    expect(statistics.findings.map(({ signature }) => signature)).toEqual([]);
    // Those that take two nodes are for the standard run, which is longer.
    const ofOneNode = reachableCells({ ...system.capabilities, nodesMax: 1 });
    expect(missingCells(ofOneNode, statistics.coverage.list())).toEqual([]);
    expect(missingBranches(statistics.coverage.branches)).toEqual([]);
  });

  test.each(['sampled', 'full'] as const)("finds none at QEMU's own sizes, %s", async (depth) => {
    const statistics = await search(createEfficientSystem(), { geometry: 'real', depth, casesMax: 60 });
    expect(statistics.findings.map(({ signature }) => signature)).toEqual([]);
  });

  test('says when the first failure was found', async () => {
    const [mutant] = mutants;
    if (mutant === undefined) throw new Error('there are no mutants');
    const { firstFailure, findings, coverage } = await search(createMutant(mutant));
    expect(findings).toHaveLength(1);
    expect(firstFailure?.operations).toBeGreaterThan(0);
    expect(firstFailure?.operations).toBeLessThanOrEqual(coverage.operations);
    expect((await search(createEfficientSystem(), { casesMax: 64 })).firstFailure).toBeNull();
  });

  test('repeats exactly for the same seed', async () => {
    const runs = await Promise.all([search(createEfficientSystem()), search(createEfficientSystem())]);
    const [first, second] = runs.map(({ coverage, lengths }) => ({ cells: coverage.list(), lengths }));
    expect(first).toEqual(second);
  });
});

/**
 * Disks of real sizes end with a whole unit, within one L2 slice and within one copy, a split write seldom fails on them,
 * and a disk is seldom opened read-only: these need other disks, mostly small ones, of which there are many more.
 */
const seldomOnBigDisks = new Set([
  'commit-skips-the-last-partial-unit',
  'unit-counts-as-copied-when-part-of-it-is',
  'last-partial-unit-is-not-copied',
  'emptying-keeps-an-unaligned-last-cluster',
  'last-unit-is-copied-past-the-end',
  'split-write-goes-on-after-an-error',
  'split-write-hides-errors',
  'split-write-is-not-cut-at-slices',
  'split-write-is-cut-at-slices-of-active-alone',
  'split-write-is-cut-at-slices-of-hidden-alone',
  'second-start-notes-the-setup',
  'long-copies-are-not-cut',
  'new-clusters-are-finished-first-to-last',
  'new-clusters-before-a-failing-run-are-kept',
  'new-clusters-are-not-cut-at-slices',
  'read-past-the-end-is-not-joined',
]);

describe('a seeded bug', () => {
  test.each(mutants)('$name is found and shrunk until nothing is left to drop', async (mutant) => {
    const system = createMutant(mutant);
    const statistics = await search(system, { casesMax: 30_000 });
    const [finding] = statistics.findings;
    if (finding === undefined) throw new Error(`not found in ${statistics.cases} cases`);
    const { minimal, signature } = finding;
    expect(minimal.operations.length).toBeLessThanOrEqual(12);
    const subject = syncSubject(system);
    const stillFails = (simpler: typeof minimal): boolean => {
      const found = subject.judge(simpler, 'full');
      return found !== null && signatureOf(found) === signature;
    };
    expect(stillFails(minimal)).toBe(true);
    for (const index of minimal.operations.keys())
      expect(stillFails(withoutOperations(minimal, index, 1))).toBe(false);
    for (const simpler of [...simplerSetups(minimal), ...lowerNumbers(minimal, 'every')]) {
      if (caseProblem(simpler, system.capabilities) === null) expect(stillFails(simpler)).toBe(false);
    }
  });

  test.each(mutants.filter(({ name }) => !seldomOnBigDisks.has(name)))(
    '$name is found by the sampled comparison of big disks, too',
    async (mutant) => {
      const options = { geometry: 'real', depth: 'sampled', casesMax: 800 } as const;
      const statistics = await search(createMutant(mutant), options);
      expect(statistics.findings.length).toBe(1);
    },
  );
});
