/** What is kept of each kind of divergence, and how today's model judges it. */
import { describe, expect, test } from 'vitest';
import type { Operation } from '../../model/operations.ts';
import type { Outcome } from '../../model/vocabulary.ts';
import type { Divergence } from '../../properties/comparison/divergence.ts';
import { walkOf } from '../../properties/cases/case.ts';
import { judgeRecorded, recordedOf } from './recorded.ts';
import { soundTrace } from '../record/sound-trace.ts';
import type { Recorded, Trace } from '../format/trace-schema.ts';

const open: Operation = { op: 'open' };
const start: Operation = { op: 'start', mode: 'secondary' };
const read: Operation = { op: 'guestRead', sector: 0, count: 1 };
const operations = [open, start, read];
const testCase = { setup: soundTrace.setup, operations };
const ok: Outcome = { kind: 'ok' };
const eio: Outcome = { kind: 'errno', errno: 'EIO' };
const content: Outcome = { kind: 'data', tags: [1] };

function at(index: number) {
  const operation = operations[index] ?? { op: 'open' };
  return { index, operation, stage: 'running' } as const;
}

describe('of a divergence is kept', () => {
  test('what was answered, and what was answered wrongly', () => {
    const divergence: Divergence = { kind: 'outcome', ...at(2), expected: content, actual: eio };
    expect(recordedOf(testCase, divergence)).toEqual({ outcomes: [ok, ok, eio] });
  });

  test('the answers, and what was shown of which node', () => {
    const difference = { part: 'stage', sector: null, expected: 'running', actual: 'done' } as const;
    const observed = { stage: 'done' } as const;
    const divergence: Divergence = { kind: 'observation', ...at(1), node: 0, ...difference, observed };
    expect(recordedOf(testCase, divergence)).toEqual({ outcomes: [ok, ok], node: 0, shown: observed });
  });

  test('a text of any length, up to a bound', () => {
    const actual: Outcome = { kind: 'error', message: 'x'.repeat(65_536) };
    const divergence: Divergence = { kind: 'outcome', ...at(2), expected: content, actual };
    expect(recordedOf(testCase, divergence).outcomes[2]).toEqual(actual);
    const huge: Outcome = { kind: 'error', message: 'x'.repeat(3_000_000) };
    const kept = recordedOf(testCase, { ...divergence, actual: huge }).outcomes[2];
    expect(kept).toEqual({ kind: 'error', message: `${actual.message}... (3000000 characters)` });
  });

  test.each([
    { kind: 'invariant', ...at(2), invariant: 'isolation', law: 'it is isolated' },
    { kind: 'lost', ...at(2), how: 'crash', detail: 'signal 11' },
  ] as const)('only the answers before it where it is $kind', (divergence) => {
    expect(recordedOf(testCase, divergence)).toEqual({ outcomes: [ok, ok] });
  });

  test('the way that the design document led, without what was left out', () => {
    const { steps } = walkOf(testCase);
    const documented = { adopted: [], steps: [undefined, ...steps.slice(1)] };
    const lost = { kind: 'lost', how: 'crash', detail: '', documented } as const;
    expect(recordedOf(testCase, { ...lost, ...at(2) })).toEqual({ outcomes: [ok] });
    const shown = { stage: 'done' } as const;
    const difference = { part: 'stage', sector: null, expected: '', actual: '', observed: shown } as const;
    const observation = { kind: 'observation', node: 0, ...difference, documented } as const;
    expect(recordedOf(testCase, { ...observation, ...at(0) })).toEqual({ outcomes: [], node: 0, shown });
  });
});

describe("today's model", () => {
  const judge = (recorded: Recorded, changes: Partial<Trace> = {}) =>
    judgeRecorded('a.json', { ...soundTrace, operations, recorded, ...changes });
  const found = { system: 'theirs', divergence: 'something', step: 0 };

  test('agrees with its own answers', () => {
    expect(judge({ outcomes: [ok, ok, content] })).toEqual({
      agreed: true,
      text: "a.json: today's model agrees with all that the system answered and showed",
    });
    expect(judge({ outcomes: [] }, { found }).text).toBe(
      "a.json: today's model agrees with all that theirs answered and showed",
    );
  });

  test('names the first answer that it would not give', () => {
    expect(judge({ outcomes: [ok, eio, eio] })).toEqual({
      agreed: false,
      text: "a.json: step 2 (start): the system answered EIO, today's model ok",
    });
    expect(judge({ outcomes: [ok, ok, eio] }, { found }).text).toMatch(
      /^a\.json: step 3 \(guestRead\): theirs answered EIO, today's model /,
    );
  });

  test('looks at what was shown after the last answer', () => {
    const shown = { stage: 'none' } as const;
    expect(judge({ outcomes: [ok], shown }).agreed).toBe(true);
    expect(judge({ outcomes: [], shown: { stage: 'closed' } }).agreed).toBe(true);
    expect(judge({ outcomes: [ok, ok], shown }, { found })).toEqual({
      agreed: false,
      text: "a.json: step 2: stage was none in theirs, is running in today's model",
    });
    expect(judge({ outcomes: [ok, ok], shown, node: 0 }).text).toContain('in the system, is running');
    expect(judge({ outcomes: [ok, ok], node: 0 }).agreed).toBe(true);
  });

  test('takes a swallowed error for the same, as one of its answers', () => {
    const twice = [open, start, start];
    const refused = { kind: 'error', message: 'Block replication is running or done' } as const;
    expect(judge({ outcomes: [ok, ok, refused] }, { operations: twice }).agreed).toBe(true);
    expect(judge({ outcomes: [ok, ok, ok] }, { operations: twice }).agreed).toBe(false);
    const again: Operation = { op: 'setReplication', enable: true, primary: false, failover: null };
    const throughQmp = [open, again, again];
    expect(judge({ outcomes: [ok, ok, refused] }, { operations: throughQmp }).agreed).toBe(true);
    expect(judge({ outcomes: [ok, ok, ok] }, { operations: throughQmp }).agreed).toBe(false);
  });

  test('has nothing to say where nothing was recorded', () => {
    expect(() => judgeRecorded('a.json', soundTrace)).toThrow(
      'a.json holds no recorded answers to be judged: run it on a system instead',
    );
  });

  test('leaves answers beyond the case alone', () => {
    expect(judge({ outcomes: [ok, ok, content, eio] }).agreed).toBe(true);
  });
});

describe('today', () => {
  const failover: Operation = { op: 'stop', failover: true };
  const trace = (steps: readonly Operation[], recorded: Recorded): Trace => ({
    ...soundTrace,
    operations: [...steps],
    recorded,
  });
  const refused: Outcome = { kind: 'error', message: 'Block replication is not running' };

  test.each([[refused], [ok]])('a failover may have been refused, or QMP hid that: %j', (answer) => {
    expect(judgeRecorded('it', trace([open, failover], { outcomes: [ok, answer] })).agreed).toBe(true);
  });

  test('what was answered after the operations that are left is not judged', () => {
    expect(judgeRecorded('it', trace([open], { outcomes: [ok, eio, eio] })).agreed).toBe(true);
  });
});
