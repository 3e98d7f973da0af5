/** A process that computes is seen to, and still counts once it has ended. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { once } from 'node:events';
import { expect, test, vi } from 'vitest';
import { ChildrenCpu } from './children-cpu.ts';

const isTold = existsSync(`/proc/self/task/${process.pid}/children`);

test.skipIf(!isTold)('what a child computes counts, also when it has ended', async () => {
  const children = new ChildrenCpu();
  const before = children.microseconds();
  const child = spawn(process.execPath, ['-e', 'for (;;);'], { stdio: 'ignore' });
  await vi.waitFor(() => expect(children.microseconds() - before).toBeGreaterThan(50_000), {
    timeout: 10_000,
  });
  const seen = children.microseconds();
  child.kill('SIGKILL');
  await once(child, 'exit');
  expect(children.microseconds()).toBeGreaterThanOrEqual(seen);
});
