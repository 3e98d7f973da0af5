/** How long a failure may be shrunk: until its time is over, or the user asks to end. */
import { stopwatch } from '../jobs/stopwatch.ts';

export interface Budget {
  /**
   * Asked before each candidate; may let signal handlers run. True where no further one may be tried; with `reserve`, as
   * part of the whole, where no more than that is left.
   */
  isOver(reserve?: number): Promise<boolean>;
}

/** Of tests and of mutation runs, which bound their work otherwise. */
export const endless: Budget = { isOver: () => Promise.resolve(false) };

/** A system that never waits would keep signals waiting: they are let in so often. */
const PAUSE_EVERY_SECONDS = 0.05;

export function budgetOf(secondsMax: number, interrupted: () => boolean): Budget {
  const seconds = stopwatch();
  let paused = 0;
  return {
    isOver: async (reserve = 0) => {
      if (seconds() - paused > PAUSE_EVERY_SECONDS) {
        await new Promise((resolve) => setImmediate(resolve));
        paused = seconds();
      }
      return interrupted() || seconds() >= secondsMax * (1 - reserve);
    },
  };
}
