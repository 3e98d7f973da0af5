/** What a process holds is gone when it is, also where it was killed; what it has let go stays. */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { BEGUN_BY_A_LINE } from './guard.ts';

const holder = join(import.meta.dirname, 'testing/holder.ts');

interface Held {
  readonly child: ChildProcess;
  readonly leader: number;
  readonly folder: string;
}

async function held(...words: readonly string[]): Promise<Held> {
  const child = spawn(process.execPath, ['--import', 'tsx', holder, ...words], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const line = await new Promise<string>((resolve) =>
    child.stdout?.once('data', (data) => resolve(String(data))),
  );
  const [, leader = '', folder = ''] = /^(\d+) (.*)\n$/.exec(line) ?? [];
  return { child, leader: Number(leader), folder };
}

/** The processes of a group that have not ended. */
function group(leader: number): number {
  return readdirSync('/proc').filter((pid) => {
    try {
      const [, state, , pgrp] =
        /^\d+ \(.*\) (\S) (\d+) (\d+)/.exec(readFileSync(`/proc/${pid}/stat`, 'utf8')) ?? [];
      return Number(pgrp) === leader && state !== 'Z';
    } catch {
      return false;
    }
  }).length;
}

const isLinux = process.platform === 'linux';

test.runIf(isLinux).each(['SIGKILL', 'SIGTERM', 'SIGINT', 'SIGHUP'] as const)(
  '%s ends the group and removes the folder',
  async (signal) => {
    const { child, leader, folder } = await held();
    await vi.waitFor(() => expect(group(leader)).toBe(3), { timeout: 10_000 });
    expect(existsSync(folder)).toBe(true);
    child.kill(signal);
    await vi.waitFor(
      () => {
        expect(group(leader)).toBe(0);
        expect(existsSync(folder)).toBe(false);
      },
      { timeout: 10_000 },
    );
  },
);

test.runIf(isLinux)('what was let go stays', async () => {
  const { child, leader, folder } = await held('let-go');
  const other = await held();
  child.kill('SIGKILL');
  other.child.kill('SIGKILL');
  await vi.waitFor(() => expect(group(other.leader)).toBe(0), { timeout: 10_000 });
  expect(group(leader)).toBe(3);
  expect(existsSync(folder)).toBe(true);
  process.kill(-leader, 'SIGKILL');
  rmSync(folder, { recursive: true });
});

test.runIf(isLinux)('what is begun by a line never begins where none comes', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'colocheck begun '));
  const said = async (line: string): Promise<[code: number | null, begun: boolean]> => {
    const path = join(folder, 'begun');
    const child = spawn('sh', ['-c', BEGUN_BY_A_LINE, 'sh', 'touch', path], {
      stdio: ['pipe', 'ignore', 'ignore'],
    });
    child.stdin.end(line);
    const code = await new Promise<number | null>((resolve) => child.once('exit', resolve));
    return [code, existsSync(path)];
  };
  try {
    // The one that should say the line was killed before it could.
    expect(await said('')).toEqual([1, false]);
    expect(await said('begin\n')).toEqual([0, true]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
