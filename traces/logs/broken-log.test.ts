/** What is no log is reported in one line with its place, and what was judged before. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { data, head, LogFolder, logOf, open, read, setup, sound } from './sound-log.ts';

let logs = new LogFolder('');
beforeEach(() => {
  logs = new LogFolder(mkdtempSync(join(tmpdir(), 'colocheck-logs-')));
});
afterEach(() => rmSync(logs.folder, { recursive: true, force: true }));

describe('what is no log is reported in one line with its place, and what was judged before', () => {
  const summary = (steps: number): string[] => [
    expect.stringMatching(`^1 cases?, ${steps} steps judged: all as the`),
  ];
  const nothing = [expect.stringContaining('0 steps judged: nothing was judged')];

  test.each([
    ['an empty file', '', /^a\.log: there is no operation in it, so nothing was judged\. /, nothing],
    ['a head alone', [head], /^a\.log: there is no operation in it/, nothing],
    ['a case without operations', [head, setup], /^a\.log: there is no operation in it/, nothing],
    [
      'no head',
      sound.slice(1),
      /^a\.log:1: the first line must say what this is: \{"format":"colocheck-log"/,
      nothing,
    ],
    [
      'two values of one name',
      logOf(sound).replace('{"op":', '{"op":"open","op":'),
      /^a\.log:3: has two values for "op" /,
      nothing,
    ],
    ['a trace', '{\n  "format": "colocheck-trace",\n', /^a\.log:1: is no JSON \(from column 2 on\)/, nothing],
    [
      'another format',
      [{ format: 'colocheck-trace', version: 1 }],
      /^a\.log:1: format is "colocheck-trace": must be "colocheck-log"/,
      nothing,
    ],
    [
      'another version',
      [{ ...head, version: 2 }],
      /^a\.log:1: version is 2: this colocheck reads version 1\. Record/,
      nothing,
    ],
    [
      'no control',
      [{ ...head, control: undefined }],
      /^a\.log:1: control is missing: must be one of driver, qmp/,
      nothing,
    ],
    [
      'no setup',
      [head, ...open],
      /^a\.log:2: no case has begun yet: write a line \{"setup": \.\.\.\} before/,
      nothing,
    ],
    [
      'a setup that is none',
      [head, { setup: { nodes: [] } }],
      /^a\.log:2: setup\.nodes is \[\]: must have at least one node/,
      nothing,
    ],
    [
      'a line that is no JSON',
      `${logOf(sound)}none\n`,
      /^a\.log:11: is no JSON \(from column 2 on\): write one object a line/,
      summary(4),
    ],
    [
      'a line that is a number',
      `${logOf(sound)}7\n`,
      /^a\.log:11: is none of \{"answer": \.\.\.\}, /,
      summary(4),
    ],
    ['a line of another kind', [...sound, { question: 1 }], /^a\.log:11: is none of /, summary(4)],
    [
      'a key too many',
      [...sound, { operation: { op: 'open' }, time: 3 }],
      /^a\.log:11: there is no "time" here/,
      summary(4),
    ],
    [
      'an unknown operation',
      [...sound, { operation: { op: 'begin' } }],
      /^a\.log:11: operation\.op is "begin": must be one of open, start, /,
      summary(4),
    ],
    [
      'a mark of traces',
      [...sound, { operation: { op: 'open', skip: true } }],
      /^a\.log:11: .*there is no "skip" here/,
      summary(4),
    ],
    [
      'a node that is not there',
      [...sound, { operation: { op: 'open', node: 1 } }],
      /^a\.log:11: operation cannot be asked in this case: there is no node 1/,
      summary(4),
    ],
    [
      'an answer that is none',
      [...sound, read, { answer: 'ok' }],
      /^a\.log:12: answer is "ok": must be an object/,
      summary(4),
    ],
    [
      'a tag that is no number',
      [...sound, read, data(0.5)],
      /^a\.log:12: answer\.tags\[0\] is 0\.5: must be an int/,
      summary(4),
    ],
    [
      'more nodes than there are',
      [...sound, read, { ...data(1, 1), shown: { nodes: [{}, {}] } }],
      /^a\.log:12: 2 nodes are shown: the setup has 1\. /,
      summary(4),
    ],
    [
      'an answer missing',
      [...sound, read, read],
      /^a\.log:12: the operation of line 11 has no answer: write /,
      summary(4),
    ],
    [
      'an answer missing before a case',
      [...sound, read, setup],
      /^a\.log:12: the operation of line 11 has no answer/,
      summary(4),
    ],
    [
      'an answer missing before another log',
      [...sound, read, head],
      /^a\.log:12: the operation of line 11 has no answer/,
      summary(4),
    ],
    [
      'an answer too many',
      [...sound, data(1)],
      /^a\.log:11: "answer" has no operation before it: /,
      summary(4),
    ],
    [
      'a loss too many',
      [...sound, { lost: { how: 'hang', detail: '' } }],
      /^a\.log:11: "lost" has no operation before it: /,
      summary(4),
    ],
    [
      'no answer at the end',
      [...sound, read],
      /^a\.log:11: the log is cut off: the last operation has no answer\. Record/,
      summary(4),
    ],
    [
      'half a line at the end',
      `${logOf(sound)}{"operation"`,
      /^a\.log:11: the log is cut off in this line\. Record/,
      summary(4),
    ],
  ] as const)('%s', async (_, text, error, printed) => {
    expect(await logs.judgeText(text)).toEqual({
      agreed: null,
      error: expect.stringMatching(error),
      printed,
    });
  });

  test('an answer that is nested deeper than it can be shown', async () => {
    const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
    const { error } = await logs.judgeText(`${logOf([...sound, read])}{"answer":${deep}}\n`);
    expect(error).toMatch(/^a\.log:12: answer is nested too deep to be shown: must be an object/);
  });

  test('a file that is not there, or a folder, after one that agrees', async () => {
    for (const path of [join(logs.folder, 'none.log'), logs.folder]) {
      const { agreed, error, printed } = await logs.judge([logs.save(sound), path]);
      expect([agreed, printed]).toEqual([null, summary(4)]);
      expect(error).toMatch(
        /^cannot read .*: E(NOENT|ISDIR): .*\. Name an existing log, or - for standard input\.$/,
      );
    }
  });

  test('wherever a log is cut off, it is noticed or whole up to an answer', async () => {
    const text = logOf(sound);
    const whole = new Set<number>();
    for (let length = 0; length < text.length; length++) {
      const { agreed } = await logs.judgeText(text.slice(0, length));
      if (agreed === true) whole.add(length);
      else expect([length, agreed]).toEqual([length, null]);
    }
    const ends = [4, 6, 8, 10].map((lines) => logOf(sound.slice(0, lines)).length);
    expect([...whole]).toEqual(ends.flatMap((end) => [end - 1, end]).filter((end) => end < text.length));
  });
});
