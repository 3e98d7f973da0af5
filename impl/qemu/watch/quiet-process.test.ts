/** A process that waits asleep is quiet, and so is one that asks again and again; one that says something is not. */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { afterEach, expect, test } from 'vitest';
import { untilQuiet } from './quiet-process.ts';

let child: ChildProcess | null = null;

afterEach(() => child?.kill('SIGKILL'));

function begin(script: string): ChildProcess {
  child = spawn('sh', ['-c', script], { stdio: ['pipe', 'pipe', 'ignore'] });
  return child;
}

test('a process that sleeps is quiet', async () => {
  const { pid } = begin('read -r line');
  const quiet = untilQuiet(
    pid,
    () => 0,
    () => false,
  );
  await expect(quiet).resolves.toBeUndefined();
});

test('one that computes without a sign is quiet in the end', async () => {
  const { pid } = begin('while :; do :; done');
  const quiet = untilQuiet(
    pid,
    () => 0,
    () => false,
  );
  await expect(quiet).resolves.toBeUndefined();
});

test('one that says something again and again is not, until it is enough', async () => {
  const { pid, stdout } = begin('while :; do echo something; done');
  const state = { bytes: 0 };
  stdout?.on('data', (bytes: Buffer) => {
    state.bytes += bytes.length;
  });
  await untilQuiet(
    pid,
    () => state.bytes,
    () => state.bytes > 2 ** 22,
  );
  expect(state.bytes).toBeGreaterThan(2 ** 22);
});
