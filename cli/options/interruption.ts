/**
 * Ctrl-C, SIGTERM and SIGHUP, one way down for all: what is awaited is given up, what was found so far is told and
 * written, and two seconds later at the latest the process ends with everything that it started.
 */
import { exitCodes } from './exit-codes.ts';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** What is still being written by then is given up. */
const LATEST_MS = 1700;

/** A terminal, npm and the loader each hand on the same Ctrl-C: within so many milliseconds it is one. */
const SAME_MS = 200;

const controller = new AbortController();
let isRepeatable = false;
let hasDiverged = false;

/** Aborts when the user asks to end. */
export const interruption = controller.signal;

export function isInterrupted(): boolean {
  return interruption.aborted;
}

/** A run that is cut off now has found something. */
export function noteDivergence(): void {
  hasDiverged = true;
}

/** A signal is noted for `work` to end by itself; a second one ends the process at once, and cleans up all the same. */
export async function untilInterrupted<Result>(work: () => Promise<Result>): Promise<Result> {
  for (const signal of SIGNALS) process.on(signal, interrupt);
  // The loader that started this process has been killed.
  process.on('disconnect', interrupt);
  process.channel?.unref();
  try {
    return await work();
  } finally {
    if (!isInterrupted()) {
      for (const signal of SIGNALS) process.removeListener(signal, interrupt);
      process.removeListener('disconnect', interrupt);
    }
  }
}

/** As a signal does. */
export function interrupt(): void {
  if (!isInterrupted()) {
    setTimeout(endNow, LATEST_MS).unref();
    setTimeout(() => {
      isRepeatable = true;
    }, SAME_MS).unref();
    controller.abort();
  } else if (isRepeatable) endNow();
}

/** What is to be killed and removed is so on `exit`. */
function endNow(): void {
  process.exit(hasDiverged ? exitCodes.diverged : exitCodes.incomplete);
}
