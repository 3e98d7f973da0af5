/**
 * Ctrl-C, SIGTERM and SIGHUP, one way down for all: what is awaited is given up, what was found so far is reported and
 * written, and two seconds later at the latest the process ends with everything that it started.
 */
import { existsSync, readFileSync } from 'node:fs';
import { exitCodes } from './exit-codes.ts';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** What is still being written by then is given up. */
const LATEST_MS = 1700;

/** A terminal, npm and the loader each hand on the same Ctrl-C: within so many milliseconds it is one. */
const SAME_MS = 200;

/** How often it is looked whether the loader is still there. */
const LOADER_MS = 300;

const controller = new AbortController();
let isRepeatable = false;
let hasDiverged = false;

/** Aborts when the user asks to end. */
export const interruption: AbortSignal = controller.signal;

export function isInterrupted(): boolean {
  return interruption.aborted;
}

/** A run that is cut off now has found something. */
export function noteDivergence(): void {
  hasDiverged = true;
}

/** A signal is noted for `work` to end by itself; a second one ends the process at once, and cleans up still. */
export async function untilInterrupted<Result>(work: () => Promise<Result>): Promise<Result> {
  for (const signal of SIGNALS) process.on(signal, interrupt);
  const watch = watchLoader();
  try {
    return await work();
  } finally {
    clearInterval(watch);
    if (!isInterrupted()) for (const signal of SIGNALS) process.removeListener(signal, interrupt);
  }
}

/** Who kills tsx means this process: nobody else would tell it. Other parents, such as a shell, may end before it. */
function watchLoader(): NodeJS.Timeout | undefined {
  const parent = process.ppid;
  const commands = `/proc/${parent}/cmdline`;
  if (!existsSync(commands) || !/\/tsx\0/.test(readFileSync(commands, 'latin1'))) return undefined;
  return setInterval(() => {
    if (process.ppid !== parent && !isInterrupted()) interrupt();
  }, LOADER_MS).unref();
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
