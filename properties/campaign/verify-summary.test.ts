/** The summary of a campaign: under twenty lines where all agree, and the failure last where something was found. */
import pc from 'picocolors';
import { describe, expect, test } from 'vitest';
import type { VerifyResult } from '../results/result-schema.ts';
import { verifySummary } from './verify-summary.ts';

const green: VerifyResult = {
  format: 'colocheck-result',
  version: 3,
  repeat: 'npm run verify',
  versions: { colocheck: '1', node: '2', platform: '3' },
  system: { name: 'mine', option: 'module:./mine.ts' },
  comparison: 'qemu',
  shards: { count: 1, done: [1] },
  command: 'verify',
  options: {
    seed: 7,
    cases: 9,
    seconds: null,
    operations: 100,
    geometry: 'mixed',
    depth: 'full',
    maxFindings: 5,
  },
  ended: 'cases',
  trouble: null,
  cases: 9,
  operations: 90,
  cells: [
    { mode: 'primary', operation: 'open', stage: 'closed', outcome: 'ok', count: 1, isReachable: true },
    { mode: 'primary', operation: 'close', stage: 'none', outcome: 'ok', count: 0, isReachable: true },
  ],
  branches: { names: ['1: one'], areRequired: true, sampled: [0], first: [] },
  documented: {},
  lengths: [0, 9],
  findings: [],
  repeatedFindings: 0,
  situations: [],
  recorded: { played: 3, diverged: 0, notRun: 0, leftOut: 1 },
  savedFailures: { run: 0, failing: [] },
  timing: {
    seconds: 2,
    longest: 2,
    split: { drawing: 1, model: null, system: null, judging: 1, shrinking: 0, rest: 0 },
    firstFailure: null,
    curve: [],
  },
};

const finding = {
  signature: 'outcome-open',
  sentence: 'it says no',
  operations: 3,
  trace: 'f/a.json',
  cause: 'open',
  law: null,
  originalOperations: 9,
  candidates: 1,
  caseIndex: 2,
};
const red: VerifyResult = {
  ...green,
  ended: 'findings',
  findings: [
    {
      ...finding,
      signature: 'outcome-start',
      cause: 'start',
      operations: 4,
      sentence: 'it starts',
      trace: 'b',
    },
    finding,
    { ...finding, signature: 'outcome-again' },
  ],
  repeatedFindings: 6,
};
const plain = pc.createColors(false);
const lines = (result: VerifyResult, asked = {}) => verifySummary(result, asked, plain).split('\n');

describe('where all agree', () => {
  test('says what was done, and keeps the tables for those who ask', () => {
    expect(lines(green)).toEqual([
      'recorded traces: 3 played, all agree, 1 left out that mine cannot be given',
      '1 of 2 cells and 1 of 1 branches of replication.c were reached (--coverage says which)',
      'situations: 0 of 0: none can be met on such a system',
      '9 cases, 90 operations checked in 2.0 s (45/s), seed 7, ended by cases',
      'mine and the model agree (comparison: qemu)',
    ]);
    const tables = lines(green, { listsCoverage: true });
    expect(tables[0]).toMatch(/^primary mode +closed +none$/);
    expect(tables).toContain('  primary close in none: ok');
    expect(tables.at(-1)).toBe('mine and the model agree (comparison: qemu)');
  });

  test('names what had to be reached, last', () => {
    expect(lines(green, { requiresCoverage: true }).slice(-2)).toEqual([
      '1 of the 2 cells and of the branches of replication.c were not reached:',
      '  primary close in none: ok',
    ]);
  });

  test('takes nothing for agreement where nothing was run', () => {
    const none = { ...green, cases: 0, recorded: null };
    expect(lines(none).at(-1)).toBe('no case was run, and nothing is known');
    expect(lines({ ...green, cases: 0 }).at(-1)).toBe(
      'mine and the model agree in the recorded traces; no case was run',
    );
    expect(lines({ ...green, ended: 'interrupted' }).at(-1)).toBe(
      'mine and the model agree as far as it was run, and it was interrupted',
    );
    const stopped = { ...green, ended: 'trouble', trouble: 'no disk' } as const;
    expect(lines(stopped).at(-1)).toBe('it could not go on; nothing differed until then');
  });
});

describe('where something was found', () => {
  test('ends with the report of the shortest, and counts the others by their cause', () => {
    const reports = new Map([['f/a.json', 'the report\nreplay: this']]);
    expect(lines(red, { reports })).toEqual([
      'recorded traces: 3 played, all agree, 1 left out that mine cannot be given',
      '9 cases, 90 operations checked in 2.0 s (45/s), seed 7, ended by findings',
      '3 findings of 2 causes, and 6 failures more with the same signatures (comparison: qemu); beside the one below:',
      '  it starts',
      '    4 operations: b',
      'the one below stands for 1 finding more: outcome-again',
      '',
      'the report',
      'replay: this',
    ]);
  });

  test('says as much as a result file knows where there is no report', () => {
    expect(lines(red).slice(-4)).toEqual([
      'it says no',
      '3 operations',
      'trace:  f/a.json',
      'replay: npm run replay -- f/a.json --system module:./mine.ts',
    ]);
  });

  test('does not say that all agree where a saved failure still fails', () => {
    const failing = [{ signature: 'x', operations: 1, path: 'b.json' }];
    expect(lines({ ...green, savedFailures: { run: 2, failing } }).slice(-3)).toEqual([
      'saved failures: 1 of 2 still fail',
      '  x, 1 operations: b.json',
      'replay: npm run replay -- b.json --system module:./mine.ts',
    ]);
  });

  test('counts causes beyond what a screen holds', () => {
    const many = Array.from({ length: 9 }, (_, index) => ({ ...finding, cause: `cause ${index}` }));
    const told = lines({ ...red, findings: many });
    expect(told).toContain('  and 4 causes more');
    expect(told.length).toBeLessThan(20);
  });
});
