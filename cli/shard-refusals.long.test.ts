/** Jobs on many machines: what cannot be split or merged. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { mergeResults } from '../properties/merge/merge-results.ts';
import { colocheck } from './testing/ended-command.ts';
import { readResult } from '../properties/results/result-file.ts';
import { UsageError } from '../properties/jobs/usage-error.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'colocheck-shards-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('what cannot be split or merged is refused with one line', () => {
  test.each([
    [['--shard', '5/4', '--seed', '1', '--cases', '9'], "argument '5/4' is invalid. It must be I/N"],
    [['--shard', '0/4', '--seed', '1', '--cases', '9'], 'I from 1 to N'],
    [['--shard', 'one', '--seed', '1', '--cases', '9'], 'as in 2/4'],
    [['--shard', '1/4', '--cases', '999'], '--shard needs --seed'],
    [['--shard', '1/4', '--seed', '1'], '--shard needs --cases'],
    [['--shard', '3/4', '--seed', '1', '--cases', '100'], 'use at least 193 cases, or at most 2 shards'],
    [['--shard', '1/2', '--seed', '1', '--cases', '999', '--require-coverage'], 'give it to npm run merge'],
    [['--results', 'README.md/result.json', '--cases', '1'], 'cannot write README.md/result.json'],
    [['--report', 'README.md/report.html', '--cases', '1'], 'cannot write README.md/report.html'],
  ])('verify %j', async (args, message) => {
    const { status, stderr } = await colocheck('verify', ...args);
    expect(status).toBe(2);
    expect(stderr).toContain(message);
    expect(stderr.trim().split('\n')).toHaveLength(1);
  });

  test.each([
    [['explore', 'primary', '--shard', '2/2'], 'there are 1 worlds for 2 shards'],
    [['mutants', 'start-empties-nothing', '--shard', '2/2'], 'there are 1 mutants for 2 shards'],
  ])('%j', async (args, message) => {
    const { status, stderr } = await colocheck(...args);
    expect(status).toBe(2);
    expect(stderr).toContain(message);
  });

  describe('merge', () => {
    let shards: readonly string[] = [];
    beforeAll(async () => {
      shards = [1, 2, 3].map((shard) => join(folder, `part-${shard}.json`));
      const job = ['verify', '--seed', '1', '--cases', '192', '--no-replay'];
      await Promise.all(
        shards.map((path, place) => colocheck(...job, '--shard', `${place + 1}/3`, '--results', path)),
      );
    }, 120_000);

    /** A shard whose file was changed. */
    function changed(name: string, change: (text: string) => string): string {
      const path = join(folder, name);
      writeFileSync(path, change(readFileSync(shards[1] ?? '', 'utf8')));
      return path;
    }

    function refusal(...paths: readonly string[]): string {
      try {
        mergeResults(paths.map(readResult), { isPartial: false });
      } catch (error) {
        if (error instanceof UsageError) return error.message;
        throw error;
      }
      throw new Error('these can be merged');
    }

    test('shards are missing', async () => {
      const { status, stdout, stderr } = await colocheck('merge', shards[0] ?? '');
      expect(status).toBe(2);
      expect(stdout).toBe('');
      expect(stderr).toMatch(/^colocheck: .*part-1\.json belongs to 2, 3 are missing.*\n$/);
      const partial = await colocheck('merge', ...shards.slice(1), '--partial');
      expect(partial.status).toBe(0);
      expect(partial.stdout).toContain('(shards 2, 3 of 3)');
      expect(partial.stdout).toContain('128 cases');
    });

    test('a shard is there twice', () => {
      const message = refusal(...shards, shards[2] ?? '');
      expect(message).toMatch(/part-3\.json holds shard 3 of 3, and so does .*part-3\.json/);
    });

    test.each([
      ['seed', '"seed":1', '"seed":2', 'seed is 2 there and 1 here'],
      ['geometry', '"geometry":"mixed"', '"geometry":"real"', 'geometry is "real" there'],
      ['system', '"name":"impl"', '"name":"other"', 'system is "other" there'],
      ['count', '"count":3', '"count":4', 'the number of shards is 4 there and 3 here'],
      ['colocheck', '"colocheck":"0', '"colocheck":"9', 'the version of colocheck is "9.1.0" there'],
    ])('parts of different jobs: %s', (name, from, to, message) => {
      const other = changed(`${name}.json`, (text) => text.replace(from, to));
      const told = refusal(shards[0] ?? '', other, shards[2] ?? '');
      expect(told).toContain(`${other} is no part of the same job as ${shards[0]}: ${message}`);
    });

    test('files that are no sound results', () => {
      const cut = changed('cut.json', (text) => text.slice(0, 900));
      expect(refusal(cut)).toContain(`${cut} is no JSON`);
      const trace = 'traces/saved/regressions/copy-covers-whole-unit.json';
      expect(refusal(trace)).toContain(`${trace} is no result file`);
      const later = changed('later.json', (text) => text.replace('"version": 3', '"version": 7'));
      expect(refusal(later)).toContain('is of version 7');
      const odd = changed('odd.json', (text) => text.replace('"cases": 64', '"cases": -64'));
      expect(refusal(odd)).toMatch(/odd\.json is no sound result file: cases: /);
      expect(refusal(join(folder, 'nowhere.json'))).toContain('cannot read the result file');
    });

    test('coverage can be required of the whole', async () => {
      expect((await colocheck('merge', ...shards)).status).toBe(0);
      expect((await colocheck('merge', ...shards, '--require-coverage')).status).toBe(1);
    });
  });
});
