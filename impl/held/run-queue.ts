/** How long processes were ready and had to wait for a processor: silence of one that could not run says nothing. */
import { readdirSync, readFileSync } from 'node:fs';
import { heldGroups } from './guard.ts';

/** Milliseconds until now, of this process and the leaders of all groups that it holds; 0 where the system does not say. */
export function queuedMs(): number {
  let nanoseconds = 0;
  for (const pid of [process.pid, ...heldGroups()]) nanoseconds += queuedNanoseconds(pid);
  return nanoseconds / 1e6;
}

/** `schedstat` of a thread (Linux, Documentation/scheduler/sched-stats.rst): time run, time queued, turns. */
function queuedNanoseconds(pid: number): number {
  try {
    const threads = readdirSync(`/proc/${pid}/task`);
    return threads.reduce((sum, thread) => {
      const [, queued] = readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'latin1').split(' ');
      return sum + Number(queued ?? 0);
    }, 0);
  } catch {
    // Ended meanwhile, or no Linux.
    return 0;
  }
}
