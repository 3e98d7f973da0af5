/** `verify` begins with the recorded traces: what they find is a finding, what a system cannot be given is counted. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';

const root = join(import.meta.dirname, '..');

function colocheck(...args: string[]) {
  return spawnSync(process.execPath, ['dist/cli/cli.js', ...args], {
    cwd: root,
    encoding: 'utf8',
  });
}

describe('verify and the recorded traces', () => {
  const job = ['verify', '--cases', '1', '--seed', '1', '--no-replay'];

  test('begins with them, and leaves them out where asked to', () => {
    const played = colocheck(...job);
    expect([played.status, played.stdout]).toEqual([
      0,
      expect.stringMatching(/^recorded traces: \d{3} played, all agree$/m),
    ]);
    const leftOut = colocheck(...job, '--no-recorded');
    expect([leftOut.status, leftOut.stdout]).toEqual([0, expect.not.stringContaining('recorded traces')]);
  });

  test('finds a bug by them alone, and counts those that the system cannot be given', () => {
    const folder = mkdtempSync(join(tmpdir(), 'colocheck-recorded-'));
    const broken = ['--system', 'mutant:no-copy-before-a-write', '--max-findings', '1', '--failures', folder];
    const { status, stdout } = colocheck(...job, ...broken);
    expect(status).toBe(1);
    expect(stdout).toMatch(/^found in traces\/\S+\.json; \d+ operations shrunk to \d+/m);
    expect(readdirSync(folder).filter((name) => name.endsWith('.json'))).toHaveLength(1);
    expect(stdout).toMatch(/^recorded traces: \d+ played, \d+ of them fail$/m);
    rmSync(folder, { recursive: true, force: true });
    const secondary = colocheck(...job, '--system', 'module:./impl/examples/secondary.ts');
    expect(secondary.stdout).toMatch(
      /^recorded traces: \d+ played, all agree, \d+ left out that secondary\.ts/m,
    );
  });
});
