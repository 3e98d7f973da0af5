/** What a search and a campaign found, saved and reported: counterexamples, witnesses, and how minimal a case is. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Operation } from '../../model/operations.ts';
import type { Finding } from '../../properties/campaign/campaign.ts';
import { signatureOf } from '../../properties/comparison/divergence.ts';
import { openSubject } from '../../properties/subjects/subjects.ts';
import { recordCounterexample, recordWitness } from './record-exploration.ts';
import { findingTrace, recordFinding } from './record-finding.ts';
import { caseOf } from '../replay/replay.ts';
import { readTrace } from '../format/trace-file.ts';

const broken = openSubject('mutant:no-copy-before-a-write');
const testCase = caseOf(readTrace('traces/saved/regressions/copy-before-write-hides-primary-write.json'));

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'colocheck-recorded-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function divergence() {
  const found = await broken.judge(testCase, 'full');
  if (found === null) throw new Error('the mutant agrees');
  return found;
}

describe('a counterexample', () => {
  test('is reported with how it was found, its trace, its page and the command that replays it', async () => {
    const found = await divergence();
    const { path, text } = recordCounterexample(broken, 'found by hand', testCase, found, folder);
    expect(path).toBe(join(folder, `${signatureOf(found)}.json`));
    expect(text).toContain(
      [
        'found by hand',
        `trace:  ${path}`,
        `page:   ${path.replace(/json$/, 'html')}`,
        `replay: npm run replay -- ${path} --system mutant:no-copy-before-a-write`,
      ].join('\n'),
    );
    const trace = readTrace(path);
    expect(trace).toMatchObject({
      signature: signatureOf(found),
      expects: 'divergence',
      comparison: 'qemu',
      found: { system: broken.name, step: found.index },
      setup: testCase.setup,
      operations: testCase.operations,
    });
    expect(trace.found?.divergence).toContain(broken.name);
    expect(trace.recorded?.outcomes).toHaveLength(found.index + 1);
  });

  test('keeps what it was judged by', async () => {
    const of = { ...broken, comparison: 'document' } as const;
    const { path } = recordCounterexample(of, 'found', testCase, await divergence(), folder);
    expect(readTrace(path).comparison).toBe('document');
    const { comparison: _, ...unjudged } = broken;
    const other = recordCounterexample(unjudged, 'found', testCase, await divergence(), join(folder, 'b'));
    expect(readTrace(other.path).comparison).toBe('qemu');
  });
});

describe('a witness', () => {
  const ways: readonly (readonly Operation[])[] = [
    [{ op: 'open' }],
    [{ op: 'open' }, { op: 'getError' }],
    [{ op: 'open' }, { op: 'close' }],
  ];
  const way = (index: number) => ({ setup: testCase.setup, operations: ways[index] ?? [] });

  test('takes the place of a longer one only', () => {
    const path = recordWitness('goal', 'it is open', way(1), folder);
    expect(path).toBe(join(folder, 'goal.json'));
    expect(readTrace(path)).toEqual({
      format: 'colocheck-trace',
      version: 2,
      note: 'The shortest way to a goal of the search: it is open.',
      expects: 'agreement',
      comparison: 'qemu',
      ...way(1),
    });
    expect(recordWitness('goal', 'it is open', way(2), folder)).toBe(path);
    expect(readTrace(path).operations).toEqual(ways[1]);
    recordWitness('goal', 'it is open', way(0), folder);
    expect(readTrace(path).operations).toEqual(ways[0]);
    recordWitness('goal', 'it is open', way(1), folder);
    expect(readTrace(path).operations).toEqual(ways[0]);
  });
});

describe('a finding', () => {
  async function finding(changes: Partial<Finding> = {}): Promise<Finding> {
    const found = await divergence();
    return {
      signature: signatureOf(found),
      minimal: testCase,
      divergence: found,
      candidates: 12,
      thoroughness: 'every',
      complete: true,
      originalOperations: 40,
      caseIndex: 3,
      ...changes,
    };
  }

  test.each([
    [{}, 'no operation can be dropped and no number lowered (12 candidates tried)'],
    [
      { thoroughness: 'halving' },
      'no operation can be dropped and no number lowered by halving (12 candidates tried)',
    ],
    [{ complete: false }, 'stopped after 12 candidates, it may not be minimal'],
  ] as const)('with %j says how minimal it is', async (changes, minimality) => {
    const { path, text } = recordFinding(broken, await finding(changes), 9, folder);
    expect(text).toContain(
      [
        `found in case 3 of seed 9; 40 operations shrunk to ${testCase.operations.length}: ${minimality}`,
        `trace:  ${path}`,
        `page:   ${path.replace(/json$/, 'html')}`,
        `replay: npm run replay -- ${path} --system mutant:no-copy-before-a-write`,
      ].join('\n'),
    );
  });

  test('is kept with where it was found, and what it was judged by', async () => {
    const { comparison: _, ...unjudged } = broken;
    expect(findingTrace(unjudged, await finding(), 9)).toMatchObject({
      comparison: 'qemu',
      found: { seed: 9, caseIndex: 3, shrink: { candidates: 12, from: 40, to: testCase.operations.length } },
    });
    expect(findingTrace({ ...unjudged, comparison: 'document' }, await finding(), 9).comparison).toBe(
      'document',
    );
  });
});
