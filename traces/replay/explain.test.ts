/** What `explain` says of lines of the seed and of traces, word for word. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { explain } from './explain.ts';
import { replayCommand } from '../format/replay-command.ts';
import { soundTrace } from '../record/sound-trace.ts';
import { writeTrace } from '../format/trace-file.ts';

describe('a line', () => {
  test.each([1, 117, 195, 326, 568])('%i of the seed', async (line) => {
    await expect(`${explain(String(line))}\n`).toMatchFileSnapshot(`fixtures/explain/line-${line}.txt`);
  });

  test.each([
    [1, '91-94: the file below cannot be opened'],
    [
      95,
      '91-94: the file below cannot be opened and 98-100: the options are refused before they are looked at',
    ],
  ])('%i is in no branch, and the nearest are named', (line, near) => {
    expect(explain(String(line))).toBe(`replication.c:${line} is in no branch: the nearest are ${near}`);
  });

  test('94 is the last of its branch', () => {
    expect(explain('94')).toMatch(/^replication\.c:91-94: the file below cannot be opened\n/);
  });

  test('776 is the last of the seed', () => expect(explain('776')).toMatch(/^replication\.c:/));

  test('520 is in several branches, each named', () => {
    expect(explain('520').split('\n\n').length).toBeGreaterThan(1);
  });

  test.each(['0', '777'])('%s is not in the seed', (line) => {
    expect(() => explain(line)).toThrow(`line ${line}: replication.c has lines 1 to 776`);
  });
});

describe('a trace', () => {
  test.each(['traces/saved/deviations/failed-start-runs', 'traces/saved/regressions/nodes-newest-first'])(
    '%s',
    async (path) => {
      const name = path.replace(/.*\//, '');
      await expect(`${explain(`${path}.json`)}\n`).toMatchFileSnapshot(`fixtures/explain/${name}.txt`);
    },
  );

  test('without a note', () => {
    const folder = mkdtempSync(join(tmpdir(), 'colocheck-explain-'));
    try {
      const path = join(folder, 'mute.json');
      writeTrace(path, soundTrace);
      expect(explain(path)).toMatch(/^mute\.json: a trace without a note\n {4}1 {2}open: ok\n/);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test('that is not there', () => {
    expect(() => explain('7.json')).toThrow('7.json');
    expect(() => explain('x7')).toThrow('x7');
  });
});

test('the command that replays a trace quotes what a shell would take apart', () => {
  const command = (option: string) => replayCommand('a/b.json', { name: 'any', option });
  expect(command('mutant:no-copy')).toBe('replay: npm run replay -- a/b.json --system mutant:no-copy');
  expect(command("exec:a b's")).toBe(`replay: npm run replay -- a/b.json --system 'exec:a b'\\''s'`);
  const qemu = { name: 'qemu', option: 'qemu', settings: ['--qemu', '/my builds/qemu'] };
  expect(replayCommand('a b.json', qemu)).toBe(
    `replay: npm run replay -- 'a b.json' --system qemu --qemu '/my builds/qemu'`,
  );
  expect(command('')).toBe(`replay: npm run replay -- a/b.json --system ''`);
});
