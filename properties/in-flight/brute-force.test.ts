/** The judge and the plainest one, which tries all orders, are of one mind. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Operation } from '../../model/operations.ts';
import type { NodeSetup, Setup } from '../../model/vocabulary.ts';
import type { HistoryEvent } from './history.ts';
import { judgeHistory } from './judge-history.ts';
import { firstUnexplained } from './testing/brute-force.ts';
import { HistoryArbitrary } from './testing/history-arbitrary.ts';
import type { HistoryOptions } from './testing/random-history.ts';
import { secondary } from './testing/small-histories.ts';

const SEED = 20_241;
/** In all 10,000 have been compared so; each run compares some. */
const HISTORIES = 150;
const options = { requests: 10, inFlightMax: 3, callEvery: 4, countMax: 2 };

/** With units of one sector a piece touches nothing but its sector, and both judges mean the same. */
const setups: readonly (readonly [name: string, setup: Setup])[] = [
  ['one sector', { nodes: [secondary(1)] }],
  ['two sectors', { nodes: [secondary(2)] }],
  ['a primary', { nodes: [secondary(2, 1, { mode: 'primary' })] }],
  ['two nodes', { nodes: [secondary(1), secondary(1)] }],
  ['a start that fails', { nodes: [secondary(2, 1, { defects: ['topIdInvalid'] })] }],
  ['a commit that cannot start', { nodes: [secondary(2, 1, { defects: ['hiddenExported'] })] }],
  ['a disk that unmaps', { nodes: [secondary(2, 1, { defects: ['secondaryUnmaps'] })] }],
];

function drawn(setup: Setup, isWrong: boolean, more: Partial<HistoryOptions> = {}) {
  const drawing = { ...options, ...more };
  const arbitrary = new HistoryArbitrary([setup], drawing, isWrong);
  return fc.sample(arbitrary, { seed: SEED, numRuns: HISTORIES });
}

function commitUnits(commitUnitSectors: number): Partial<NodeSetup> {
  return { geometry: { ...secondary(4).geometry, commitUnitSectors } };
}

function submits(history: readonly HistoryEvent[], op: Operation['op']): boolean {
  return history.some((event) => event.kind === 'submit' && event.operation.op === op);
}

function firstWrong(
  setup: Setup,
  history: ReturnType<typeof drawn>[number]['history'],
): number | null | string {
  const verdict = judgeHistory(setup, history);
  if (verdict.kind === 'right') return null;
  return verdict.kind === 'wrong' ? verdict.index : verdict.kind;
}

describe.each(setups)('on %s', (_, setup) => {
  test(`histories of the model are right (seed ${SEED})`, () => {
    for (const { history } of drawn(setup, false)) {
      expect(firstUnexplained(setup, history)).toBeNull();
      expect(firstWrong(setup, history)).toBeNull();
    }
  });

  test(`with one answer changed both judges find the same (seed ${SEED})`, () => {
    let wrong = 0;
    for (const { history } of drawn(setup, true)) {
      const expected = firstUnexplained(setup, history);
      if (expected !== null) wrong++;
      expect(firstWrong(setup, history)).toBe(expected);
    }
    expect(wrong).toBeGreaterThan(HISTORIES / 2);
  });
});

/** What a write brings along in its unit may come at another instant than the rest of it. */
describe.each([
  ['units of two sectors', secondary(2, 2)],
  ['units of three sectors, the last of two', secondary(5, 3)],
])('on %s', (_, node) => {
  test(`the judge finds nothing wrong that some order explains (seed ${SEED})`, () => {
    const setup = { nodes: [node] };
    let same = 0;
    for (const { history } of drawn(setup, true)) {
      const expected = firstUnexplained(setup, history);
      const found = firstWrong(setup, history);
      if (found === expected) same++;
      else
        expect([found, expected]).toEqual([found === null ? null : expect.any(Number), expect.any(Number)]);
    }
    expect(same).toBeGreaterThan(HISTORIES * 0.98);
  });
});

/** Which unit a step of a commit writes and reads is left open, sector by sector. */
describe.each([
  ['two sectors', secondary(2, 1, { commitRequestsMax: 1 })],
  ['units of two sectors', secondary(4, 2, { commitRequestsMax: 1 })],
])('commits that go on by steps, on %s', (_, node) => {
  const setup = { nodes: [node] };
  const steps = { stepsCommits: true, requests: 14, callEvery: 2 } as const;

  test(`histories of the model are right (seed ${SEED})`, () => {
    let advanced = 0;
    for (const { history } of drawn(setup, false, steps)) {
      advanced += history.filter(
        (event) => event.kind === 'submit' && event.operation.op === 'commitAdvance',
      ).length;
      expect(firstWrong(setup, history)).toBeNull();
    }
    expect(advanced).toBeGreaterThan(HISTORIES / 4);
  });

  test(`the judge finds nothing wrong that some order explains (seed ${SEED})`, () => {
    let found = 0;
    let wrong = 0;
    for (const { history } of drawn(setup, true, steps)) {
      const expected = firstUnexplained(setup, history);
      const at = firstWrong(setup, history);
      if (expected !== null) wrong++;
      if (at !== null) found++;
      if (at !== expected)
        expect([at, expected]).toEqual([at === null ? null : expect.any(Number), expect.any(Number)]);
    }
    expect(found).toBeGreaterThan(wrong * 0.9);
  });
});

/** Nothing is copied any more, and a failover still commits what is allocated, by units. */
describe.each([
  ['two sectors', secondary(2)],
  ['units of two sectors', secondary(4, 2)],
  ['commit units of two clusters', secondary(4, 1, commitUnits(2))],
])('backup jobs that end by themselves, on %s', (_, node) => {
  const setup = { nodes: [node] };
  const ending = { endsBackups: true, callEvery: 3 } as const;

  test(`histories of the model are right (seed ${SEED})`, () => {
    const failovers = drawn(setup, false, { ...ending, requests: 40 }).filter(({ history }) => {
      expect(firstWrong(setup, history)).toBeNull();
      return submits(history, 'endJob') && submits(history, 'commitSettle');
    });
    expect(failovers.length).toBeGreaterThan(HISTORIES / 3);
  });

  test(`the judge finds nothing wrong that some order explains (seed ${SEED})`, () => {
    let found = 0;
    let wrong = 0;
    for (const { history } of drawn(setup, true, { ...ending, requests: 14 })) {
      const expected = firstUnexplained(setup, history);
      const at = firstWrong(setup, history);
      if (expected !== null) wrong++;
      if (at !== null) found++;
      if (at !== expected)
        expect([at, expected]).toEqual([at === null ? null : expect.any(Number), expect.any(Number)]);
    }
    expect(found).toBeGreaterThan(wrong * 0.9);
  });
});
