/** The shrinker: its results are 1-minimal, checked by trying every simpler case once more. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { caseArbitrary } from '../generation/case-arbitrary.ts';
import type { NodeSetup } from '../../model/vocabulary.ts';
import type { Case } from '../cases/case.ts';
import { everything } from '../cases/full-capabilities.ts';
import { minimise } from './minimise.ts';
import type { Minimised } from './minimise.ts';
import { setupProblem } from '../cases/setup-problem.ts';
import { lowerNumbers, simplerSetups, withoutOperations } from './simpler-cases.ts';

type Predicate = (testCase: Case) => boolean;

function shrink(failing: Case, fails: Predicate): Minimised {
  const steps = minimise(failing, everything, 'every');
  let next = steps.next();
  while (next.done !== true) next = steps.next(fails(next.value));
  return next.value;
}

function* simplerByOne(testCase: Case): Generator<Case> {
  for (const index of testCase.operations.keys()) yield withoutOperations(testCase, index, 1);
  yield* simplerSetups(testCase);
  yield* lowerNumbers(testCase, 'every');
}

const PLAIN: NodeSetup = {
  mode: 'secondary',
  geometry: {
    lengthSectors: 1,
    sectorBytes: 4,
    activeClusterSectors: 1,
    hiddenClusterSectors: 1,
    copyUnitSectors: 1,
    commitUnitSectors: 1,
  },
  initialContent: [],
  readOnly: [],
  badSectors: [],
  defects: [],
  commitRequestsMax: 1,
};

const isWrite = ({ op }: { op: string }): boolean => op === 'guestWrite' || op === 'primaryWrite';

/** Stand-ins for bugs, each with the length of its shortest case. */
const bugs: readonly (readonly [string, Predicate, number])[] = [
  [
    'two writes that meet',
    ({ operations }) =>
      operations
        .filter(isWrite)
        .some((one, index, all) =>
          all.some(
            (other, at) =>
              at > index &&
              'count' in one &&
              'sector' in other &&
              one.sector === other.sector &&
              one.count > 1,
          ),
        ),
    2,
  ],
  [
    'a write beyond sector 3',
    ({ operations }) => operations.some((one) => isWrite(one) && 'sector' in one && one.sector > 3),
    1,
  ],
  [
    'an open and a close, only together or not at all',
    ({ operations }) =>
      operations.some(isWrite) &&
      operations.filter(({ op }) => op === 'open').length ===
        operations.filter(({ op }) => op === 'close').length,
    1,
  ],
];

describe('minimal cases', () => {
  test.each(bugs)('of %s cannot be made simpler', (_name, fails, shortest) => {
    const arbitrary = caseArbitrary({ capabilities: everything, geometry: 'mixed', operationsMax: 40 });
    const failing = fc.sample(arbitrary, { numRuns: 3000, seed: 23 }).filter(fails).slice(0, 25);
    expect(failing.length).toBe(25);
    for (const testCase of failing) {
      const { minimal, candidates } = shrink(testCase, fails);
      expect(fails(minimal)).toBe(true);
      expect(minimal.operations.length).toBe(shortest);
      expect(candidates).toBeGreaterThan(0);
      for (const simpler of simplerByOne(minimal)) {
        if (setupProblem(simpler.setup, everything) === null) expect(fails(simpler)).toBe(false);
      }
    }
  });

  test('are not reached where the candidates run out, and the result says so', () => {
    const failing: Case = {
      setup: { nodes: [PLAIN] },
      operations: Array.from({ length: 9 }, () => ({ op: 'checkpoint' as const })),
    };
    const after = (candidatesMax: number): Minimised => {
      const steps = minimise(failing, everything, 'halving', candidatesMax);
      let next = steps.next();
      while (next.done !== true) next = steps.next(next.value.operations.length > 0);
      return next.value;
    };
    const all = after(Infinity);
    expect(all).toMatchObject({ complete: true, thoroughness: 'halving' });
    expect(all.minimal.operations).toHaveLength(1);
    expect(after(2)).toMatchObject({ candidates: 2, complete: false });
    expect(after(2).minimal.operations.length).toBeGreaterThan(1);
    expect(after(all.candidates)).toMatchObject({ candidates: all.candidates, complete: false });
    expect(after(all.candidates + 1)).toEqual(all);
  });

  test('lower large numbers by halves, or one by one where that is asked for', () => {
    const failing: Case = {
      setup: { nodes: [{ ...PLAIN, geometry: { ...PLAIN.geometry, lengthSectors: 100 } }] },
      operations: [{ op: 'guestRead', sector: 91, count: 1 }],
    };
    // Any multiple of seven fails: halving finds only some of them.
    const sectorAfter = (thoroughness: 'every' | 'halving'): number => {
      const steps = minimise(failing, everything, thoroughness);
      const fails: Predicate = ({ operations: [one] }) =>
        one !== undefined && 'sector' in one && one.sector % 7 === 0 && one.sector > 40;
      let next = steps.next();
      while (next.done !== true) next = steps.next(fails(next.value));
      const [one] = next.value.minimal.operations;
      return one !== undefined && 'sector' in one ? one.sector : -1;
    };
    expect(sectorAfter('every')).toBe(42);
    expect(sectorAfter('halving')).toBeGreaterThan(42);
  });

  test('are reached by fast-check itself, too, from a case read from a file', () => {
    const arbitrary = caseArbitrary({ capabilities: everything, geometry: 'mixed', operationsMax: 40 });
    const fails: Predicate = ({ operations }) => operations.filter(isWrite).length >= 3;
    const saved = fc.sample(arbitrary, { numRuns: 200, seed: 29 }).find(fails);
    if (saved === undefined) throw new Error('no sampled case has three writes');
    const reloaded: Case = { setup: saved.setup, operations: saved.operations };
    const details = fc.check(
      fc.property(arbitrary, (testCase) => !fails(testCase)),
      { examples: [[reloaded]], numRuns: 1, seed: 1 },
    );
    expect(details.counterexample?.[0]?.operations.length).toBe(3);
  });
});
