/** The campaign: agrees with the shipped implementation, repeats exactly, finds seeded bugs and shrinks them. */
import { describe, expect, test } from 'vitest';
import { createEfficientSystem } from '../../impl/efficient/efficient-system.ts';
import { mutants } from '../../impl/mutants/catalogue.ts';
import { createMutant } from '../../impl/mutants/mutant.ts';
import { firstShrunk, search } from './testing/quick-search.ts';

describe('a campaign on the efficient implementation', () => {
  // That it reaches every cell is for the standard run, and for other seeds in the long tests.
  test('finds no difference', async () => {
    const statistics = await search(createEfficientSystem());
    expect(statistics.findings.map(({ signature }) => signature)).toEqual([]);
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

describe('a seeded bug', () => {
  test.each(mutants.filter((_, place) => place % 20 === 0))(
    '$name is found and shrunk until nothing is left to drop',
    async (mutant) => {
      const { operations, fails, simplerFailing } = await firstShrunk(createMutant(mutant));
      expect(operations).toBeLessThanOrEqual(12);
      expect([fails, simplerFailing]).toEqual([true, 0]);
    },
  );
});
