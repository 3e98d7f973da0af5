/** What a job and the processes of its system hold is reported from its start to its end. */
import { spawn } from 'node:child_process';
import { expect, test, vi } from 'vitest';
import { holdGroup } from '../../impl/held/guard.ts';
import { MemoryWatch, ofGroups } from './memory.ts';

test('it is looked at once a second, and kept as it was after a minute', () => {
  const watch = new MemoryWatch();
  for (const seconds of [0.5, 2, 59, 61, 120]) watch.look(seconds);
  const { start, warm, end, highest } = watch.end(180);
  expect(start).toMatchObject({ seconds: 0, own: expect.any(Number) });
  expect(warm?.seconds).toBe(61);
  expect(end.seconds).toBe(180);
  expect(highest).toBeGreaterThanOrEqual(Math.max(start.own, end.own, warm?.own ?? Infinity));
});

test('a job of less than a minute has no such point', () => {
  expect(new MemoryWatch().end(59).warm).toBeNull();
});

test.runIf(process.platform === 'linux')('processes that are held are counted, others are not', async () => {
  expect(ofGroups(new Set())).toBeNull();
  const child = spawn('sleep', ['600'], { detached: true });
  const { pid = 0 } = child;
  const forget = holdGroup(pid);
  await vi.waitFor(() => expect(new MemoryWatch().end(1).end.system).toBeGreaterThan(100_000));
  forget();
  child.kill('SIGKILL');
  await vi.waitFor(() => expect(ofGroups(new Set([pid]))).toBeNull());
});
