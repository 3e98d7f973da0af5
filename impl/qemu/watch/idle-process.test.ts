/** A process that waits for us is distinguished from one that has something to do. */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { expect, test } from 'vitest';
import { answerOf } from './idle-process.ts';

function nextOutput(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    child.stdout?.setEncoding('utf8').once('data', resolve);
    child.once('error', reject);
  });
}

const nothingReceived = (): number => 0;

test('a process that waits is found to, and answers when it is given what it waits for', async () => {
  const child = spawn('cat', { stdio: ['pipe', 'pipe', 'ignore'] });
  let calls = 0;
  const onIdle = (): boolean => {
    calls++;
    child.stdin.end('given');
    return true;
  };
  const answer = answerOf(nextOutput(child), { pid: child.pid, received: nothingReceived, onIdle });
  expect([await answer, calls]).toEqual(['given', 1]);
});

test('one that computes is not', async () => {
  const work = 'for (let i = 0; i < 2e8; i++); console.log("done")';
  const child = spawn(process.execPath, ['-e', work], { stdio: ['ignore', 'pipe', 'ignore'] });
  let calls = 0;
  const onIdle = (): boolean => {
    calls++;
    return true;
  };
  const answer = answerOf(nextOutput(child), { pid: child.pid, received: nothingReceived, onIdle });
  expect([await answer, calls]).toEqual(['done\n', 0]);
});

test('one that is given nothing is still waited for', async () => {
  const child = spawn('sh', ['-c', 'sleep 0.3; echo late'], { stdio: ['ignore', 'pipe', 'ignore'] });
  let calls = 0;
  const onIdle = (): boolean => {
    calls++;
    return false;
  };
  const answer = answerOf(nextOutput(child), { pid: child.pid, received: nothingReceived, onIdle });
  expect([await answer, calls]).toEqual(['late\n', 1]);
});
