/** Checks of a campaign with overlap: none fails where all was well, and one does wherever the command does not end with 0. */
import { describe, expect, test } from 'vitest';
import { verdictOf } from '../report/result-summary.ts';
import type { FlightResult } from '../results/result-schema.ts';
import { problemsIn } from './check.ts';
import { checksOf } from './result-checks.ts';

const sound: FlightResult = {
  format: 'colocheck-result',
  version: 3,
  command: 'verify --in-flight',
  repeat: 'npm run this',
  versions: { colocheck: '1', node: '2', platform: '3' },
  system: { name: 'impl', option: 'impl' },
  comparison: 'qemu',
  shards: { count: 1, done: [1] },
  options: { seed: 1, cases: 9, seconds: null, operations: 100, geometry: 'mixed', maxFindings: 5 },
  ended: 'cases',
  trouble: null,
  cases: 9,
  operations: 90,
  overlaps: 9,
  stations: 9,
  mostInFlight: 2,
  undecided: 0,
  whyUndecided: null,
  orders: 9,
  orderHashes: null,
  findings: [],
  repeatedFindings: 0,
  savedFailures: { run: 0, failing: [] },
  seconds: 2,
  longestSeconds: 1,
};
const finding = {
  signature: 'in-flight-shown',
  sentence: 'it shows',
  operations: 3,
  trace: 'f/a.json',
  cause: 'in-flight-shown',
  originalOperations: 9,
  candidates: 1,
  caseIndex: 2,
};
const campaign = 'campaign in which requests overlap, geometry mixed';

function checked(result: FlightResult) {
  const { checks } = checksOf(result, { requiresCoverage: false, reports: new Map() });
  return {
    verdict: verdictOf(result, { requiresCoverage: false }),
    names: checks.map(({ name }) => name),
    problems: problemsIn({ name: '', properties: {}, checks }).map(({ name, verdict }) => [
      verdict.kind,
      name,
      verdict.message,
    ]),
  };
}

test('nothing is wrong with a sound result, and its checks are there', () => {
  const names = [campaign, 'every case is decided'];
  expect(checked(sound)).toEqual({ verdict: true, names, problems: [] });
});

describe('a check did not pass', () => {
  test.each([
    ['a finding', { findings: [finding] }, false, ['failed', 'in-flight-shown', 'it shows']],
    [
      'a saved failure',
      { savedFailures: { run: 1, failing: ['b.json'] } },
      false,
      ['failed', 'saved failure b.json', 'it still fails'],
    ],
    [
      'undecided cases',
      { undecided: 2, whyUndecided: 'too many' },
      'incomplete',
      ['error', 'every case is decided', '2 of 9 cases are undecided: too many'],
    ],
    [
      'an interruption',
      { ended: 'interrupted' },
      'incomplete',
      ['error', campaign, 'the campaign was interrupted'],
    ],
    ['nothing that was played', { cases: 0 }, 'incomplete', ['error', campaign, 'no case was played']],
    [
      'a system that is lost',
      { ended: 'trouble', trouble: 'gone' },
      'incomplete',
      ['error', campaign, 'gone'],
    ],
  ] as const)('for %s', (_what, change, verdict, problem) => {
    const found = checked({ ...sound, ...change });
    expect(found.verdict).toBe(verdict);
    expect(found.problems.at(-1)).toEqual(problem);
    if (verdict === false) expect(found.problems.every(([kind]) => kind === 'failed')).toBe(true);
  });

  test('for the campaign as well where something was found', () => {
    expect(checked({ ...sound, findings: [finding] }).problems[0]).toEqual([
      'failed',
      campaign,
      '1 finding of 1 cause',
    ]);
  });
});
