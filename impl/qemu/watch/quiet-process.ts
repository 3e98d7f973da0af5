/** Waits until a process does nothing any more by itself. */
import { readFileSync } from 'node:fs';
import { setImmediate, setTimeout } from 'node:timers/promises';
import { isAsleep } from './idle-process.ts';

/** Before it is looked again at one that works. */
const LOOK_MS = 1;
/** So many looks in a row must find it asleep with nothing new from it; what it has written is read between two. */
const LOOKS_MIN = 4;
const SILENT_MS = 250;
/** A fifth of a second, in units of the clock that the system counts processor time by (USER_HZ). */
const BUSY_TICKS_MAX = 20;

/**
 * `received` is another number than before where something has come from the process. Ends as well when it `isEnough`, and
 * where it has computed for a fifth of a second without a sign: while QEMU drains within a drain its NBD server asks again and
 * again whether a request has ended that is held (nbd_drained_poll, nbd/server.c, 7.2), and never sleeps.
 */
export async function untilQuiet(
  pid: number | undefined,
  received: () => number,
  isEnough: () => boolean,
): Promise<void> {
  let known = received();
  /** What the process had used when it was last seen to do anything else than compute. */
  let since: number | null = null;
  for (let looks = 0; ;) {
    await (looks > 0 ? setImmediate() : setTimeout(LOOK_MS));
    if (isEnough()) return;
    const now = received();
    const asleep = isAsleep(pid);
    const isSame = now === known;
    known = now;
    looks = !isSame || asleep === false ? 0 : looks + 1;
    if (looks >= LOOKS_MIN && asleep !== null) return;
    const used = isSame && asleep === false ? processorTicks(pid) : null;
    since = used === null ? null : (since ?? used);
    if (used !== null && since !== null && used - since > BUSY_TICKS_MAX) return;
    // Where the system does not say what threads do.
    if (asleep === null) {
      await setTimeout(SILENT_MS);
      if (isEnough() || received() === known) return;
    }
  }
}

/** What all its threads have used (proc(5): utime and stime); 0 where the system does not say. */
function processorTicks(pid: number | undefined): number {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return Number(fields[11]) + Number(fields[12]);
  } catch {
    return 0;
  }
}
