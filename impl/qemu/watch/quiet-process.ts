/** Waits until a process does nothing any more by itself. */
import { setImmediate, setTimeout } from 'node:timers/promises';
import { isAsleep } from './idle-process.ts';

/** Before it is looked again at one that works. */
const LOOK_MS = 1;
/** So many looks in a row must find it asleep with nothing new from it; what it has written is read between two. */
const LOOKS_MIN = 4;
const SILENT_MS = 250;

/** `received` is another number than before where something has come from the process. Ends as well when it `isEnough`. */
export async function untilQuiet(
  pid: number | undefined,
  received: () => number,
  isEnough: () => boolean,
): Promise<void> {
  let known = received();
  for (let looks = 0; ;) {
    await (looks > 0 ? setImmediate() : setTimeout(LOOK_MS));
    if (isEnough()) return;
    const now = received();
    const asleep = isAsleep(pid);
    looks = now !== known || asleep === false ? 0 : looks + 1;
    known = now;
    if (looks >= LOOKS_MIN && asleep !== null) return;
    // Where the system does not say what threads do.
    if (asleep === null) {
      await setTimeout(SILENT_MS);
      if (isEnough() || received() === known) return;
    }
  }
}
