/** The same seed is the same run to the last observation: drawn twice, in another order, and in another process. */
import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createEfficientSystem } from '../../impl/efficient/efficient-system.ts';
import { createMutant } from '../../impl/mutants/mutant.ts';
import { mutants } from '../../impl/mutants/catalogue.ts';
import { caseArbitrary } from '../generation/case-arbitrary.ts';
import type { Case } from '../cases/case.ts';
import { everything } from '../cases/full-capabilities.ts';
import { runDigest } from '../comparison/run-digest.ts';

const seeds = [1, 2, 3, 4, 5, 6, 7, 8];

function casesOf(seed: number): Case[] {
  const arbitrary = caseArbitrary({ capabilities: everything, geometry: 'mixed', operationsMax: 60 });
  return fc.sample(arbitrary, { numRuns: 60, seed });
}

test('a second run, on a system that has run other cases since, shows the same', () => {
  const system = createEfficientSystem();
  const first = seeds.map((seed) => runDigest(system, casesOf(seed)));
  const second = seeds.toReversed().map((seed) => runDigest(system, casesOf(seed)));
  expect(second.toReversed()).toEqual(first);
  expect(new Set(first).size).toBe(seeds.length);
});

test('another process shows the same', () => {
  const verify = ['dist/cli/cli.js', 'verify', '--seed', '5', '--cases', '400', '--json'];
  const runs = [1, 2].map(() => spawnSync('node', verify, { encoding: 'utf8', timeout: 60_000 }));
  const [first, second] = runs.map(({ stdout }) =>
    stdout.replaceAll(/"(seconds|operationsPerSecond)": .*|"memory": \{[^}]*\{[^}]*\}[^]*$/g, ''),
  );
  expect(first).toContain('"cases": 400');
  expect(second).toBe(first);
});

test('the digest distinguishes a wrong system from the right one', () => {
  const cases = casesOf(1);
  const right = runDigest(createEfficientSystem(), cases);
  const [wrong] = mutants;
  if (wrong === undefined) throw new Error('there are no mutants');
  expect(runDigest(createMutant(wrong), cases)).not.toBe(right);
});
