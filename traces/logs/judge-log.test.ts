/** Logs held against the model: where they agree, and at which line they do not. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { observe } from '../../model/observe.ts';
import { writeModelLog } from './log-bench.ts';
import { data, head, LogFolder, logOf, ok, open, read, setup, sound } from './sound-log.ts';

let logs = new LogFolder('');
beforeEach(() => {
  logs = new LogFolder(mkdtempSync(join(tmpdir(), 'colocheck-logs-')));
});
afterEach(() => rmSync(logs.folder, { recursive: true, force: true }));

describe('a log that agrees', () => {
  test.each([
    ['answers alone', () => []],
    ['everything shown', observeAll],
  ] as const)('of the model itself: %s', async (_, show) => {
    const path = join(logs.folder, 'model.log');
    writeModelLog(path, 3000, show);
    const { agreed, printed } = await logs.judge([path]);
    expect(agreed).toBe(true);
    expect(printed).toEqual([
      expect.stringMatching(/^\d+ cases, 3\d{3} steps judged: all as the model allows/),
    ]);
  });

  test('of several files is summed up', async () => {
    const paths = [logs.save(sound), logs.save([...sound, setup, ...open], 'b.log')];
    expect(await logs.judge(paths)).toEqual({
      agreed: true,
      error: '',
      printed: ['3 cases, 9 steps judged: all as the model allows (comparison: qemu)'],
    });
  });

  test('may have other line ends, empty lines, a mark of the byte order, and no end of the last line', async () => {
    const text = `\uFEFF${logOf(sound).replaceAll('\n', '\r\n\r\n').trimEnd()}`;
    expect(await logs.judgeText(text)).toMatchObject({ agreed: true });
  });

  test('may be two logs one after the other, each judged as it says', async () => {
    const stop = { operation: { op: 'stop', failover: true } };
    const none = { answer: { kind: 'error', message: 'Block replication is not running' } };
    const twice = (control: string, answer: object) => [{ ...head, control }, setup, ...open, stop, answer];
    expect(await logs.judgeText([...twice('driver', none), ...twice('qmp', ok)])).toMatchObject({
      agreed: true,
    });
    expect((await logs.judgeText([...twice('driver', none), ...twice('driver', ok)])).printed[0]).toContain(
      'a.log:12: ',
    );
  });

  test('may show what it knows and no more', async () => {
    for (const shown of [{}, { nodes: [] }, { nodes: [{}] }, { nodes: [{ secondary: Array(8).fill(1) }] }])
      expect(await logs.judgeText([head, setup, open[0] ?? {}, { ...ok, shown }])).toMatchObject({
        agreed: true,
      });
  });
});

describe('a log that differs', () => {
  test('in an answer is reported with line, step and operation, and the next case is judged', async () => {
    const wrong = [...sound.slice(0, -1), data(2, 1)];
    const unjudged = [{ operation: { op: 'guestFlush' } }, data(9)];
    expect(await logs.judgeText([...wrong, ...unjudged, ...sound.slice(1), ...wrong.slice(1)])).toEqual({
      agreed: false,
      error: '',
      printed: [
        'a.log:10: step 4 (guestRead sectors 0..1): the system answered tags 2 1, the model tags 1 1',
        'a.log:30: step 4 (guestRead sectors 0..1): the system answered tags 2 1, the model tags 1 1',
        '3 cases, 12 steps judged: 2 cases differ (comparison: qemu)',
      ],
    });
  });

  test('in what is shown names part and sector, and the system', async () => {
    const shown = { nodes: [{ secondary: [1, 1, 1, 1, 1, 1, 1, 1] }] };
    const { printed } = await logs.judgeText([
      { ...head, system: 'my proxy' },
      ...sound.slice(1, 7),
      { ...ok, shown },
    ]);
    expect(printed).toEqual([
      'a.log:8: step 3 (primaryWrite sector 0 tag 2): secondary at sector 0 is 1 in my proxy, 2 in the model',
      '1 case, 3 steps judged: 1 case differs (comparison: qemu)',
    ]);
  });

  test('in what was lost', async () => {
    const lost = { lost: { how: 'crash', detail: 'killed by signal 11' } };
    const { printed } = await logs.judgeText([...sound.slice(0, -1), lost]);
    expect(printed[0]).toBe(
      'a.log:10: step 4 (guestRead sectors 0..1): the system was lost (crash): killed by signal 11',
    );
  });

  test('prints nothing that a terminal would act on, and each difference on one line', async () => {
    const message = 'no\n\u001B[2J\u0007\u009B31m\u202Eway';
    const system = 'evil\u001B]0;title\u0007';
    const { printed } = await logs.judgeText([
      { ...head, system },
      ...sound.slice(1, -1),
      { answer: { kind: 'error', message } },
    ]);
    expect(printed).toHaveLength(2);
    expect(printed.join('')).not.toMatch(/[\p{Cc}\p{Cf}]/u);
    expect(printed[0]).toContain(String.raw`answered error 'no\u000a\u001b[2J\u0007\u009b31m\u202eway'`);
    const { error } = await logs.judgeText([head, setup, { operation: { op: '\u001B[2J\u009B31m' } }]);
    expect(error).toMatch(/^a\.log:3: /);
    expect(error).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  });

  test('over many sectors stays short', async () => {
    const { printed } = await logs.judgeText([
      ...sound.slice(0, -1),
      data(...Array<number>(100_000).fill(7)),
    ]);
    expect(printed[0]?.length).toBeLessThan(700);
  });
});

describe('the comparison', () => {
  // The document has a discard read as zeroes then; QEMU 7.2 does nothing.
  const discarded = [
    head,
    ...sound.slice(1, 6),
    { operation: { op: 'guestDiscard', sector: 0, count: 2 } },
    ok,
    read,
    data(0, 0),
  ];

  test('is that of the log, or of the option', async () => {
    expect(await logs.judgeText(discarded)).toMatchObject({ agreed: false });
    expect(await logs.judgeText(discarded, 'document')).toMatchObject({
      agreed: true,
      printed: ['1 case, 4 steps judged: all as the model allows (comparison: document)'],
    });
    const documented = [{ ...head, comparison: 'document' }, ...discarded.slice(1)];
    expect(await logs.judgeText(documented)).toMatchObject({ agreed: true });
    expect(await logs.judgeText(documented, 'qemu')).toMatchObject({ agreed: false });
  });

  test('by the document still finds what it does not allow', async () => {
    const { printed } = await logs.judgeText([...discarded.slice(0, -1), data(0, 7)], 'document');
    expect(printed[0]).toContain('a.log:10: step 4 (guestRead sectors 0..1): ');
  });
});

function observeAll({ nodes, dead }: Parameters<Parameters<typeof writeModelLog>[2]>[0]) {
  return nodes.map((node) => observe(node, dead));
}
