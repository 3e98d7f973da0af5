/** What is found ends on one screen, with a trace that replays; and the names that a command line takes. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const root = join(import.meta.dirname, '..');

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'colocheck-red-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function colocheck(...args: string[]): { status: number | null; stdout: string; stderr: string } {
  return spawnSync(process.execPath, ['--import', 'tsx', 'cli/cli.ts', ...args], {
    cwd: root,
    encoding: 'utf8',
  });
}

describe('a broken implementation', () => {
  test('ends with 1, one screen, and a trace that replays', () => {
    const failures = join(folder, 'failures');
    const bug = 'mutant:no-copy-before-a-write';
    const found = colocheck(
      'verify',
      '--system',
      bug,
      '--seed',
      '1',
      '--no-recorded',
      '--max-findings',
      '1',
      '--failures',
      failures,
    );
    expect(found.status).toBe(1);
    expect(found.stdout).toMatch(
      /no operation can be dropped and no number lowered \(\d+ candidates tried\)/,
    );
    const lines = found.stdout.trimEnd().split('\n');
    expect(lines.length).toBeLessThanOrEqual(45);
    expect(lines.at(-1)).toMatch(/^replay: npm run replay -- /);
    expect(found.stdout).toContain('breaks isolation: while a secondary runs');
    expect(found.stdout).not.toContain('secondary mode  ');
    const saved = readdirSync(failures).toSorted();
    const name = saved.find((file) => file.endsWith('.json')) ?? '';
    expect(saved).toEqual([name.replace(/json$/, 'html'), name]);
    expect(found.stdout).toContain(`npm run replay -- ${join(failures, name)} --system ${bug}`);
    expect(colocheck('replay', join(failures, name), '--system', bug).status).toBe(1);
    expect(colocheck('replay', join(failures, name)).status).toBe(0);
  });

  test('is the same with any of the options that it once had, and in colour only where that is wanted', () => {
    const job = [
      'verify',
      '--system',
      'mutant:no-copy-before-a-write',
      '--seed',
      '1',
      '--no-replay',
      '--no-recorded',
    ];
    const found = spawnSync(
      process.execPath,
      ['--import', 'tsx', 'cli/cli.ts', ...job, '--max-failures', '1', '--failures', folder],
      { cwd: root, encoding: 'utf8', env: { ...process.env, FORCE_COLOR: '1', NO_COLOR: '' } },
    );
    expect(found.status).toBe(1);
    expect(found.stdout).toContain('\u001B[31m');
    const plain = spawnSync(
      process.execPath,
      ['--import', 'tsx', 'cli/cli.ts', ...job, '--max-findings', '1', '--failures', folder],
      { cwd: root, encoding: 'utf8', env: { ...process.env, FORCE_COLOR: '1', NO_COLOR: '1' } },
    );
    expect(plain.stdout).toContain('1 finding of 1 cause');
    expect(plain.stdout).not.toContain('\u001B');
  });

  test('is not even started where failures cannot be saved', () => {
    const { status, stderr } = colocheck('verify', '--cases', '1', '--failures', 'package.json/failures');
    expect(stderr).toMatch(
      /^colocheck: cannot save failures in package\.json\/failures: ENOTDIR.*\(--failures\)\.\n$/,
    );
    expect(status).toBe(2);
  });
});

test('a mutation run keeps the shrunk case of each failure, and its page', () => {
  const found = join(folder, 'mutation-run');
  const { status } = colocheck('mutants', 'status-is-a-qmp-error', '--seeds', '1', '--failures', found);
  expect(status).toBe(0);
  const [page = '', saved = ''] = readdirSync(found);
  expect(page).toBe(saved.replace('.json', '.html'));
  expect(colocheck('replay', join(found, saved), '--system', 'mutant:status-is-a-qmp-error').status).toBe(1);
});

test('--version, and the list of mutants', () => {
  const { status, stdout } = colocheck('--version');
  expect([status, stdout]).toEqual([0, expect.stringMatching(/^\d+\.\d+\.\d+\n$/)]);
  const listed = colocheck('mutants', '--list');
  expect([listed.status, listed.stdout]).toEqual([0, expect.stringMatching(/^commit-skips-zeroes {2,}\w/m)]);
});
