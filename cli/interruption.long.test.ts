/** How runs end that come to no ordinary end: signals, closed pipes, full disks, bounds, and nothing to check. */
import { spawn, spawnSync } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { formatTrace, readTrace } from '../traces/format/trace-file.ts';
import { soundTrace } from '../traces/record/sound-trace.ts';
import { processesWith } from './testing/left-behind.ts';

const root = join(import.meta.dirname, '..');
const words = ['dist/cli/cli.js'];

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'colocheck-ends-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function begun(mark: string, ...args: readonly string[]): { child: ChildProcess; said(): string } {
  const child = spawn(process.execPath, [...words, ...args], {
    cwd: root,
    env: { ...process.env, COLOCHECK_MARK: mark },
  });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => (text += String(data)));
  return { child, said: () => text };
}

function ended(child: ChildProcess): Promise<number | null> {
  return new Promise((resolve) => child.on('exit', resolve));
}

const isLinux = process.platform === 'linux';

/** Reads all that it is asked and never answers a checkpoint. */
const HANGING = `exec:python3 -c '
import json, sys, time
sys.path.insert(0, "impl/exec/examples")
from secondary import Secondary, answer
class Hangs(Secondary):
    def checkpoint(self):
        time.sleep(3600)
answer(Hangs, "hangs")'`;

describe.runIf(isLinux)('a system that hangs', () => {
  test(
    'is interrupted at once: its finding is kept, and its process is gone',
    { timeout: 120_000 },
    async () => {
      const failures = join(folder, 'hangs');
      const mark = `colocheck-hangs-${process.pid}.`;
      const args = ['--system', HANGING, '--timeout', '1', '--minutes', '5', '--seed', '1', '--no-recorded'];
      const { child, said } = begun(mark, 'verify', ...args, '--failures', failures);
      const end = ended(child);
      await vi.waitFor(() => expect(said()).toMatch(/^found: /m), { timeout: 60_000 });
      child.kill('SIGTERM');
      expect(await end).toBe(1);
      expect(said()).toMatch(/ended by (interrupted|findings)/);
      await vi.waitFor(() => expect(processesWith(mark)).toEqual([]), { timeout: 5000 });
      const traces = readdirSync(failures).filter((name) => name.endsWith('.json'));
      expect(traces.length).toBeGreaterThan(0);
      for (const name of traces) expect(readTrace(join(failures, name)).signature).toMatch(/^lost-.*-hang$/);
      expect(existsSync(join(failures, 'in-hand'))).toBe(false);
    },
  );

  test('leaves the cases in hand where colocheck is killed', { timeout: 120_000 }, async () => {
    const failures = join(folder, 'killed');
    const mark = `colocheck-killed-${process.pid}.`;
    const args = ['--system', HANGING, '--timeout', '100', '--minutes', '5', '--seed', '1', '--no-recorded'];
    const { child } = begun(mark, 'verify', ...args, '--failures', failures);
    const path = join(failures, 'in-hand', `${child.pid}.json`);
    await vi.waitFor(() => expect(existsSync(path)).toBe(true), { timeout: 60_000 });
    const end = ended(child);
    child.kill('SIGKILL');
    await end;
    expect(readTrace(path)).toMatchObject({ note: expect.stringMatching(/cases \d+ to \d+ of seed 1/) });
    await vi.waitFor(() => expect(processesWith(mark)).toEqual([]), { timeout: 5000 });
    const next = spawnSync(
      process.execPath,
      [...words, 'verify', '--cases', '1', '--seed', '1', '--no-recorded', '--failures', failures],
      { cwd: root, encoding: 'utf8' },
    );
    expect(next.stderr).toContain(`a run was killed: what it had in hand is in ${path}`);
    expect(next.status).toBe(0);
  });
});

test.runIf(isLinux)(
  'SIGHUP ends a campaign with its summary, and is no agreement',
  { timeout: 120_000 },
  async () => {
    const args = ['--minutes', '5', '--seed', '1', '--no-recorded', '--failures', join(folder, 'hup')];
    const { child, said } = begun('', 'verify', ...args);
    const end = ended(child);
    await vi.waitFor(() => expect(said()).toContain('operations checked'), { timeout: 60_000 });
    child.kill('SIGHUP');
    expect(await end).toBe(4);
    expect(said()).toContain('ended by interrupted');
  },
);

function shell(command: string): { status: number | null; stdout: string; stderr: string } {
  const node = [process.execPath, ...words].map((word) => `'${word}'`).join(' ');
  return spawnSync('bash', ['-c', command.replaceAll('COLOCHECK', node)], { cwd: root, encoding: 'utf8' });
}

test.runIf(isLinux).each([
  [
    'a reader that goes away',
    'COLOCHECK verify --cases 300 --seed 1 --no-recorded | head -1; exit ${PIPESTATUS[0]}',
    [0, 141],
    '',
  ],
  [
    'a reader that goes away from the help',
    'COLOCHECK verify --help | head -1; exit ${PIPESTATUS[0]}',
    [0, 141],
    '',
  ],
  [
    'a full disk',
    'COLOCHECK replay traces/saved/regressions/copy-covers-whole-unit.json > /dev/full',
    [3],
    'colocheck: cannot print: ENOSPC',
  ],
])('%s', { timeout: 120_000 }, (_what, command, codes, line) => {
  const { status, stderr } = shell(command);
  expect(codes).toContain(status);
  expect(stderr).not.toMatch(/^\s+at /m);
  expect(stderr).toContain(line);
});

describe('nothing to check is no agreement', () => {
  const skipped = (): string => {
    const path = join(folder, 'skipped.json');
    writeFileSync(path, formatTrace({ ...soundTrace, operations: [{ op: 'open', skip: true }] }));
    return path;
  };
  const twice = (): string => {
    const path = join(folder, 'twice.json');
    writeFileSync(path, formatTrace(soundTrace).replace(/\}\s*$/, ', "operations": []}'));
    return path;
  };
  const file = (): string => {
    const path = join(folder, 'file');
    writeFileSync(path, '');
    return path;
  };
  test.each([
    ['a trace without operations', () => ['replay', skipped()], 4, 'nothing was played'],
    ['two values of one name', () => ['replay', twice()], 2, 'has two values for "operations"'],
    [
      'a campaign without a case',
      () => ['verify', '--seed', '1', '--cases', '0', '--no-recorded'],
      4,
      'no case was run, and nothing is known',
    ],
    [
      'a search that stops at its bound',
      () => ['explore', 'primary', '--depth', '2', '--witnesses', join(folder, 'w')],
      4,
      'depth',
    ],
    ['a folder that is a file', () => ['verify', '--cases', '1', '--failures', file()], 2, 'it is no folder'],
  ])('%s', { timeout: 120_000 }, (_what, args, code, text) => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [...words, ...args()], {
      cwd: root,
      encoding: 'utf8',
    });
    expect(stdout + stderr).toContain(text);
    expect(stderr).not.toMatch(/^\s+at /m);
    expect(status).toBe(code);
  });
});
