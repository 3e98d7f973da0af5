/** Checks of results: none fails where all was well, and one does wherever the command ends with 1. */
import { describe, expect, test } from 'vitest';
import { mutants } from '../../impl/mutants/catalogue.ts';
import type {
  ExploreResult,
  MutantsResult,
  Result,
  TourResult,
  VerifyResult,
} from '../results/result-schema.ts';
import { isSound } from '../report/result-summary.ts';
import { problemsIn } from './check.ts';
import { checksOf } from './result-checks.ts';

const head = {
  format: 'colocheck-result',
  version: 2,
  repeat: 'npm run this',
  versions: { colocheck: '1', node: '2', platform: '3' },
  system: { name: 'efficient', option: 'impl' },
  comparison: 'qemu',
  shards: { count: 1, done: [1] },
} as const;

const found = { signature: 'outcome-open', sentence: 'it says no', operations: 3, trace: 'f/a.json' };

const verify: VerifyResult = {
  ...head,
  command: 'verify',
  options: {
    seed: 1,
    cases: 9,
    seconds: null,
    operations: 100,
    geometry: 'mixed',
    depth: 'full',
    maxFailures: 5,
  },
  ended: 'cases',
  trouble: null,
  cases: 9,
  operations: 90,
  cells: [
    { mode: 'primary', operation: 'open', stage: 'closed', outcome: 'ok', count: 1, isReachable: true },
  ],
  branches: { names: [], areRequired: true, sampled: [], first: [] },
  documented: {},
  lengths: [],
  failures: [],
  repeatedFailures: 0,
  situations: [],
  recorded: null,
  savedFailures: { run: 0, failing: [] },
  timing: {
    seconds: 2,
    longest: 2,
    split: { drawing: 1, model: null, system: null, judging: 1, shrinking: 0, rest: 0 },
    curve: [],
  },
};
const failure = { ...found, originalOperations: 9, candidates: 1, caseIndex: 2 };
const unreached = verify.cells.map((cell) => ({ ...cell, count: 0 }));

const searched = {
  world: 'one',
  ended: 'complete',
  states: 5,
  transitions: 9,
  depth: 3,
  waiting: 0,
  seconds: 1,
  cpuSeconds: 1,
  bytes: 10,
  goals: { far: 3 },
} as const;
const explore: ExploreResult = {
  ...head,
  command: 'explore',
  options: {
    worlds: ['one'],
    reduction: 'reduced',
    depth: null,
    states: null,
    seconds: null,
    memoryBytes: 1,
  },
  searched: [searched],
  failures: [],
};

const tour: TourResult = {
  ...head,
  command: 'tour',
  options: { world: 'one', seconds: null },
  ended: 'complete',
  transitions: 9,
  covered: 9,
  excluded: 0,
  unentered: 0,
  walks: 1,
  operations: 9,
  otherwise: 0,
  seconds: 1,
  failures: [],
};

const kill = { by: 'x', operations: 1, seconds: 1, length: 1 };
const row = {
  mutant: 'one',
  origin: 'slip',
  seeds: 0,
  random: [],
  laws: null,
  exhaustive: kill,
  traces: kill,
  shortest: [],
} as const;
const mutationRun: MutantsResult = {
  ...head,
  command: 'mutants',
  options: { mutants: ['one'], seeds: 0, cases: 1, proves: false },
  rows: [row],
};
const whole = mutants.map(({ name }) => ({ ...row, mutant: name }));

function told(result: Result, requiresCoverage = false, reports = new Map<string, string>()) {
  return problemsIn(checksOf(result, { requiresCoverage, reports })).map(({ name, verdict }) => [
    verdict.kind,
    name,
    verdict.message,
  ]);
}

test.each([verify, explore, tour, mutationRun])(
  'nothing is wrong with a sound result: $command',
  (result) => {
    expect(isSound(result, { requiresCoverage: true })).toBe(true);
    expect(told(result, true)).toEqual([]);
  },
);

describe('what makes a command end with 1 is a check that did not pass', () => {
  const inWorld = { ...found, world: 'one' };
  const cases: readonly (readonly [string, Result, readonly (readonly string[])[]])[] = [
    ['a finding', { ...verify, failures: [failure] }, [['failed', 'outcome-open', 'it says no']]],
    ['trouble', { ...verify, trouble: 'no' }, [['error', 'campaign, geometry mixed', 'no']]],
    [
      'a saved failure',
      { ...verify, savedFailures: { run: 1, failing: [{ signature: 'x', operations: 1, path: 'b.json' }] } },
      [['failed', 'saved failure b.json', 'still fails: x']],
    ],
    [
      'a cell',
      { ...verify, cells: unreached },
      [['failed', 'coverage', '1 cells or branches were not reached']],
    ],
    [
      'a goal',
      { ...explore, searched: [{ ...searched, goals: { far: null, near: 1 } }] },
      [['failed', 'world one', 'goals were not reached: far']],
    ],
    [
      'an interruption',
      { ...explore, searched: [{ ...searched, ended: 'interrupted', goals: { far: null } }] },
      [['error', 'world one', 'the search was interrupted']],
    ],
    [
      'a divergence',
      { ...explore, searched: [{ ...searched, ended: 'divergence', goals: {} }], failures: [inWorld] },
      [['failed', 'world one', 'it says no']],
    ],
    [
      'a world left out',
      { ...explore, options: { ...explore.options, worlds: ['one', 'two'] } },
      [['error', 'world two', 'it was not searched']],
    ],
    [
      'a tour stopped',
      { ...tour, ended: 'stopped', covered: 4 },
      [['failed', 'world one: every transition is walked', '4 of 9 transitions were walked (stopped)']],
    ],
    [
      'a tour with a finding',
      { ...tour, failures: [inWorld] },
      [['failed', 'world one: outcome-open', 'it says no']],
    ],
    [
      'a survivor',
      { ...mutationRun, rows: [{ ...row, seeds: 2, traces: null }] },
      [['failed', 'mutant one', 'one: random search missed it in 2 seeds']],
    ],
    [
      'a mutant left out',
      { ...mutationRun, options: { ...mutationRun.options, mutants: ['one', 'two'] } },
      [['failed', 'all mutants are analysed and all laws at work', 'two was not analysed']],
    ],
  ];
  test.each(cases)('%s', (_what, result, problems) => {
    expect(isSound(result, { requiresCoverage: true })).toBe(false);
    expect(told(result, true)).toEqual(problems);
  });

  test('idle laws, where all mutants were analysed', () => {
    const result = { ...mutationRun, rows: whole, options: { ...mutationRun.options, mutants: [] } };
    expect(isSound(result, { requiresCoverage: true })).toBe(false);
    expect(told(result)).toEqual([
      [
        'failed',
        'all mutants are analysed and all laws at work',
        expect.stringMatching(/^the law .* no mutant$/),
      ],
    ]);
  });
});

test('a cell that was not reached is not reported where nobody asked', () => {
  expect(told({ ...verify, cells: unreached })).toEqual([]);
});

test('a failure shows its report where there is one, else its sentence; and how it was found', () => {
  const result = { ...verify, failures: [failure] };
  const details = (reports: ReadonlyMap<string, string>) =>
    problemsIn(checksOf(result, { requiresCoverage: false, reports }))[0]?.verdict;
  expect(details(new Map([['f/a.json', 'one screen']]))).toMatchObject({
    details: 'one screen\nfound by: npm run this',
    trace: 'f/a.json',
  });
  expect(details(new Map())).toMatchObject({
    details: 'it says no\n3 operations, trace: f/a.json\nfound by: npm run this',
  });
});

describe('of shards', () => {
  const shards = { count: 3, done: [1, 3] };
  const names = (result: Result) =>
    checksOf(result, { requiresCoverage: false, reports: new Map() }).checks.map(
      ({ name, verdict }) => `${verdict.kind} ${name}`,
    );

  test('those that are missing from a merge are skipped', () => {
    expect(names({ ...verify, shards })).toEqual(['passed campaign, geometry mixed', 'skipped shard 2 of 3']);
    expect(names({ ...verify, shards: { count: 3, done: [2] } })).toEqual([
      'passed campaign, geometry mixed',
    ]);
  });

  test('the worlds of others are not asked for', () => {
    const options = { ...explore.options, worlds: ['one', 'two', 'three'] };
    expect(names({ ...explore, options, shards: { count: 3, done: [1] } })).toEqual(['passed world one']);
    expect(names({ ...explore, options, shards })).toEqual([
      'passed world one',
      'error world three',
      'skipped shard 2 of 3',
    ]);
  });
});
