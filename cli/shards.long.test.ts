/** Jobs on many machines: what shards do in processes of their own is, merged, what one process does. */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { colocheck } from './testing/ended-command.ts';
import type { Ended } from './testing/ended-command.ts';
import { readResult } from '../properties/results/result-file.ts';
import type { Result } from '../properties/results/result-schema.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'colocheck-shards-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Runs the job whole and in `count` processes; `name` is that of its files. */
async function runBoth(name: string, count: number, job: readonly string[]) {
  const place = (part: string): readonly string[] => [
    '--results',
    join(folder, name, part, 'result.json'),
    ...(job[0] === 'mutants' ? [] : ['--failures', join(folder, name, part, 'failures')]),
  ];
  const whole = await colocheck(...job, ...place('whole'));
  const shards = Array.from({ length: count }, (_, place_) => place_ + 1);
  const parts = await Promise.all(
    shards.map((shard) => colocheck(...job, '--shard', `${shard}/${count}`, ...place(String(shard)))),
  );
  const files = shards.map((shard) => join(folder, name, String(shard), 'result.json'));
  // In another order than that of the shards.
  const merged = await colocheck(
    'merge',
    ...files.toReversed(),
    '--coverage',
    '--results',
    join(folder, name, 'merged.json'),
  );
  return {
    whole,
    parts,
    merged,
    files,
    wholeResult: readResult(join(folder, name, 'whole/result.json')).result,
    mergedResult: readResult(join(folder, name, 'merged.json')).result,
  };
}

/** All but how long it took, and in which folder of failures a trace lies. */
function lasting(result: Result): unknown {
  const kept = (key: string, value: unknown): unknown => {
    // How much memory a search had reserved depends on who found which state first.
    if (key === 'timing' || key === 'bytes' || /seconds$/i.test(key)) return undefined;
    if (typeof value !== 'string') return value;
    if (key === 'trace') return value.replace(/^.*\/failures\//, '');
    return key === 'repeat' ? value.replace(/ --failures \S+/, '') : value;
  };
  return JSON.parse(JSON.stringify(result, kept));
}

/** The table of a summary, and every line that no clock has a part in. */
function withoutSeconds({ stdout }: Ended): string[] {
  return stdout
    .split('\n')
    .filter((line) => /^(secondary|primary|operations a case|\d+ of|all |situations| {2}\w)/.test(line));
}

/** Six processes each, on a machine that may have other work. */
const TIMEOUT_MS = 300_000;

describe('the merge of four processes is the campaign of one', { timeout: TIMEOUT_MS }, () => {
  test('where system and model agree', async () => {
    const job = ['verify', '--seed', '3', '--cases', '400', '--max-findings', '99', '--coverage'];
    const { whole, parts, merged, wholeResult, mergedResult } = await runBoth('agree', 4, job);
    expect([whole, ...parts, merged].map(({ status }) => status)).toEqual([0, 0, 0, 0, 0, 0]);
    expect(lasting(mergedResult)).toEqual(lasting(wholeResult));
    expect(withoutSeconds(merged)).toEqual(withoutSeconds(whole));
    expect(wholeResult).toMatchObject({ command: 'verify', cases: 400, ended: 'cases' });
    expect(merged.stdout).toContain('400 cases, ');
  });

  test('where failures are found, each by its first case', async () => {
    const system = 'mutant:commit-skips-zeroes';
    const job = ['verify', '--system', system, '--seed', '1', '--cases', '320', '--max-findings', '99'];
    const { whole, parts, merged, wholeResult, mergedResult } = await runBoth('differ', 4, job);
    expect([whole, merged].map(({ status }) => status)).toEqual([1, 1]);
    expect(parts.map(({ status }) => status)).toContain(1);
    expect(lasting(mergedResult)).toEqual(lasting(wholeResult));
    if (mergedResult.command !== 'verify') throw new Error('another command');
    expect(mergedResult.findings.length).toBeGreaterThan(1);
    expect(mergedResult.repeatedFindings).toBeGreaterThan(0);
    for (const { trace } of mergedResult.findings) expect(existsSync(trace), trace).toBe(true);
  });

  test.each([
    ['where requests overlap', 'impl', 0],
    ['where requests overlap and failures are found', 'mutant:copy-in-flight-is-not-seen', 1],
  ])('%s', async (_what, system, code) => {
    const options = ['--seed', '1', '--cases', '320', '--max-findings', '99'];
    const job = ['verify', '--in-flight', '--system', system, ...options];
    const { whole, merged, wholeResult, mergedResult } = await runBoth(`overlap-${code}`, 4, job);
    expect([whole, merged].map(({ status }) => status)).toEqual([code, code]);
    expect(lasting(mergedResult)).toEqual(lasting(wholeResult));
    if (mergedResult.command !== 'verify --in-flight') throw new Error('another command');
    expect(mergedResult.findings.length > 0).toBe(code === 1);
    for (const { trace } of mergedResult.findings) expect(existsSync(trace), trace).toBe(true);
  });

  test('where cases are on the way to an adapter ahead of their answers', async () => {
    const system = 'exec:python3 impl/exec/examples/wrong.py no-copy';
    const job = ['verify', '--system', system, '--seed', '1', '--cases', '100', '--max-findings', '99'];
    const { wholeResult, mergedResult } = await runBoth('ahead', 4, job);
    expect(lasting(mergedResult)).toEqual(lasting(wholeResult));
    if (mergedResult.command !== 'verify') throw new Error('another command');
    expect(mergedResult.findings.length).toBeGreaterThan(0);
  });
});

describe('other jobs are split as well', { timeout: TIMEOUT_MS }, () => {
  test('explore: whole worlds', async () => {
    const job = [
      'explore',
      'primary',
      'wrong-top-id',
      'two-clusters',
      '--witnesses',
      join(folder, 'witnesses'),
    ];
    const { whole, parts, merged, wholeResult, mergedResult } = await runBoth('worlds', 2, job);
    expect([whole, ...parts, merged].map(({ status }) => status)).toEqual([0, 0, 0, 0]);
    // How much memory was reserved when a thread stopped differs.
    expect(lasting(mergedResult)).toEqual(lasting(wholeResult));
    expect(parts[1]?.stdout).toMatch(/^wrong-top-id: explored completely/);
    expect(merged.stdout).toContain('two-clusters: explored completely: 6052 states, 175508 transitions');
  });

  test('mutants: each in one shard', async () => {
    // Those that every method finds at once.
    const names = [
      'one-bit-of-a-read-is-flipped',
      'start-empties-nothing',
      'write-past-the-end-is-applied-in-part',
    ];
    const job = ['mutants', ...names, '--seeds', '1'];
    const { whole, parts, merged, wholeResult, mergedResult } = await runBoth('mutants', 3, job);
    expect([whole, ...parts, merged].map(({ status }) => status)).toEqual([0, 0, 0, 0, 0]);
    expect(lasting(mergedResult)).toEqual(lasting(wholeResult));
  });

  test('tour: every transition in one shard', async () => {
    const job = ['tour', 'one-cluster', '--system', 'exec:python3 impl/exec/examples/secondary.py'];
    const { merged, wholeResult, mergedResult } = await runBoth('tour', 3, job);
    expect(merged.status).toBe(0);
    if (wholeResult.command !== 'tour') throw new Error('another command');
    const { transitions, covered, excluded, ended } = wholeResult;
    expect(mergedResult).toMatchObject({ transitions, covered, excluded, ended, findings: [] });
    expect(covered).toBe(transitions);
  });
});
