/** Logs of requests that overlap: judged with the nearest explanation, and refused where they are none. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { head, LogFolder, open, setup } from './sound-log.ts';

let logs = new LogFolder('');
beforeEach(() => {
  logs = new LogFolder(mkdtempSync(join(tmpdir(), 'colocheck-logs-')));
});
afterEach(() => rmSync(logs.folder, { recursive: true, force: true }));

const ask = (id: number, operation: object) => ({ operation, id });
const tell = (id: number, answer: object = { kind: 'ok' }) => ({ answer, id });
const data = (...tags: number[]) => ({ kind: 'data', tags });
const overlapping = (rules: object = {}) => [{ ...head, system: 'my proxy', overlapping: rules }, setup];
const running = [ask(1, { op: 'open' }), tell(1), ask(2, { op: 'start', mode: 'secondary' }), tell(2)];
const write = { op: 'primaryWrite', sector: 3, count: 1, tag: 5 };
const read = { op: 'guestRead', sector: 3, count: 1 };
const crossing = [...running, ask(7, { op: 'checkpoint' }), ask(8, write), tell(8), tell(7), ask(9, read)];

describe('a log of requests that overlap', () => {
  test.each([1, 5])('agrees where some order explains it (tag %i)', async (tag) => {
    expect(await logs.judgeText([...overlapping(), ...crossing, tell(9, data(tag))])).toEqual({
      agreed: true,
      error: '',
      printed: ['1 case, 5 steps judged: all as the model allows (comparison: qemu)'],
    });
  });

  test('differs where none does, and says what comes nearest', async () => {
    const late = [...running, ask(8, write), tell(8), ask(7, { op: 'checkpoint' }), tell(7), ask(9, read)];
    const wrong = [...overlapping(), ...late, tell(9, data(1))];
    const { agreed, printed } = await logs.judgeText([
      ...wrong,
      ask(9, read),
      tell(9, data(1)),
      ...wrong.slice(1),
    ]);
    expect(agreed).toBe(false);
    expect(printed).toEqual([
      'a.log:12: step 5 (guestRead sector 3): my proxy answered tags 1, which no order of what was in flight explains (possible at sector 3: 5): as if checkpoint (request 7) had come before primaryWrite sector 3 tag 5 (request 8)',
      expect.stringMatching(/^a\.log:25: step 5 /),
      '2 cases, 10 steps judged: 2 cases differ (comparison: qemu)',
    ]);
  });

  test('holds what is shown while nothing is in flight', async () => {
    const shown = (tag: number) => ({
      ...tell(9, data(1)),
      shown: { nodes: [{ view: data(1, 1, 1, tag, 1, 1, 1, 1) }] },
    });
    expect(await logs.judgeText([...overlapping(), ...crossing, shown(1)])).toMatchObject({ agreed: true });
    expect((await logs.judgeText([...overlapping(), ...crossing, shown(5)])).printed[0]).toMatch(
      /^a\.log:12: .*my proxy showed what it did, which no order .* \(possible at sector 3: 1\)/,
    );
  });

  test('answers a failover ok where it is asked through QMP', async () => {
    const stop = [...running.slice(0, 2), ask(3, { op: 'stop', failover: true }), tell(3)];
    const [first, ...rest] = [...overlapping(), ...stop];
    expect(await logs.judgeText([{ ...first, control: 'qmp' }, ...rest])).toMatchObject({ agreed: true });
    expect(await logs.judgeText([first ?? {}, ...rest])).toMatchObject({ agreed: false });
  });

  test('says where a bound is met, and does not agree', async () => {
    const writes = Array.from({ length: 14 }, (_, id) =>
      ask(20 + id, { ...write, op: 'guestWrite', tag: 5 + id }),
    );
    const answers = writes.map((_, at) => tell(20 + at));
    const { agreed, printed } = await logs.judgeText([...overlapping(), ...running, ...writes, ...answers]);
    expect(agreed).toBe(false);
    expect(printed[0]).toMatch(/^a\.log:21: step 3 .*: not judged from here on: more than 20000 orders/);
  });
});

describe('what is no log of requests that overlap', () => {
  test.each([
    [
      'an answer twice',
      [...overlapping(), ...crossing, tell(8)],
      /^a\.log:12: request 8 is answered twice\./,
    ],
    ['no answer', [...overlapping(), ...crossing], /^a\.log:11: request 9 is never answered/],
    [
      'no answer before a case',
      [...overlapping(), ...crossing, setup],
      /^a\.log:12: request 9 is never answered/,
    ],
    [
      'an answer of nothing',
      [...overlapping(), tell(5)],
      /^a\.log:3: request 5 is answered and was not submitted\./,
    ],
    ['no number', [...overlapping(), ...open], /^a\.log:3: the operation has no "id": /],
    [
      'an overlap that is excluded',
      [...overlapping({ alone: ['checkpoint'] }), ...crossing],
      /^a\.log:8: request 8 overlaps request 7: /,
    ],
    [
      'too many',
      [...overlapping({ requestsMax: 1 }), ...crossing],
      /^a\.log:8: request 8 overlaps 1 others: at most 1 /,
    ],
    [
      'an undeclared overlap',
      [head, setup, ...running],
      /^a\.log:3: the first line does not say that requests overlap/,
    ],
    [
      'a loss',
      [...overlapping(), ...running, { lost: { how: 'hang', detail: '' } }],
      /^a\.log:7: "lost" is not judged/,
    ],
    [
      'a rule of no operation',
      [...overlapping({ drains: ['begin'] })],
      /^a\.log:1: overlapping\.drains\[0\] is "begin": must be one of /,
    ],
  ] as const)('%s', async (_, lines, error) => {
    expect(await logs.judgeText(lines)).toMatchObject({ agreed: null, error: expect.stringMatching(error) });
  });

  test('the document as judge', async () => {
    const { error } = await logs.judgeText([...overlapping(), ...running], 'document');
    expect(error).toMatch(/^a\.log:2: requests that overlap are judged as a version of QEMU does them/);
  });
});
