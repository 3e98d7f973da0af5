/** A system that can be stopped in the middle of a case: by a signal, or after a time. */
import { EnvironmentError } from '../../impl/environment-error.ts';
import { isAsyncSystem } from '../../impl/module/system-shape.ts';
import type { AsyncSystem, PlainSystem } from '../../impl/system.ts';
import { stopwatch } from '../jobs/stopwatch.ts';

/** Comes in the place of an answer: the campaign keeps what it has found, and ends. */
export class Stopped extends EnvironmentError {
  readonly by: 'signal' | 'limit';

  constructor(by: 'signal' | 'limit') {
    super(by === 'signal' ? 'stopped by the signal' : 'stopped at the time limit');
    this.by = by;
  }
}

export interface Stop {
  /** What stopped it; null while it goes on. */
  reason(): Stopped | null;
  /** `work`, or the reason as an error where that comes first: an answer may never come. */
  orStopped<Result>(work: Promise<Result>): Promise<Result>;
  /** Nothing is listened to any more. */
  release(): void;
}

/** Timers hold no more milliseconds than these. */
const TIMER_MAX = 2 ** 31 - 1;

export function stopOf(signal: AbortSignal | null, limitSeconds: number): Stop {
  const seconds = stopwatch();
  const waiting = new Set<(reason: Stopped) => void>();
  const reason = (): Stopped | null => {
    if (signal?.aborted === true) return new Stopped('signal');
    // A system that answers at once keeps timers from being served.
    return seconds() >= limitSeconds ? new Stopped('limit') : null;
  };
  const stop = (by: Stopped['by']) => (): void => {
    for (const each of waiting) each(new Stopped(by));
  };
  const onAbort = stop('signal');
  signal?.addEventListener('abort', onAbort);
  const timer = setTimeout(stop('limit'), Math.min(limitSeconds * 1000, TIMER_MAX));
  return {
    reason,
    orStopped: (work) => {
      // It may fail after nobody waits for it any more.
      work.catch(() => {});
      const now = reason();
      if (now !== null) return Promise.reject(now);
      return new Promise((resolve, reject) => {
        waiting.add(reject);
        work.then(resolve, reject).finally(() => waiting.delete(reject));
      });
    },
    release: () => {
      signal?.removeEventListener('abort', onAbort);
      clearTimeout(timer);
    },
  };
}

/** `system` has the shape of one. */
export function stoppable(system: PlainSystem | AsyncSystem, stop: Stop): PlainSystem | AsyncSystem {
  return isAsyncSystem(system) ? stoppableAsync(system, stop) : stoppablePlain(system, stop);
}

function stoppablePlain(system: PlainSystem, stop: Stop): PlainSystem {
  const unlessStopped = (): void => {
    const reason = stop.reason();
    if (reason !== null) throw reason;
  };
  return {
    ...namesOf(system),
    load: (setup) => {
      unlessStopped();
      system.load(setup);
    },
    apply: (operation) => {
      unlessStopped();
      return system.apply(operation);
    },
    observe: () => system.observe(),
    unload: () => system.unload(),
  };
}

function stoppableAsync(system: AsyncSystem, stop: Stop): AsyncSystem {
  return {
    ...namesOf(system),
    load: (setup, operations) => stop.orStopped(system.load(setup, operations)),
    apply: (operation) => stop.orStopped(system.apply(operation)),
    observe: () => stop.orStopped(system.observe()),
    accepts: (operation, stages, setup) => system.accepts(operation, stages, setup),
    ...(system.playAll === undefined
      ? {}
      : {
          playAll: (cases, shows) => stop.orStopped(system.playAll?.(cases, shows) ?? Promise.resolve([])),
        }),
    ...(system.finish === undefined
      ? {}
      : { finish: () => stop.orStopped(system.finish?.() ?? Promise.resolve(null)) }),
    ...(system.renew === undefined
      ? {}
      : { renew: () => stop.orStopped(system.renew?.() ?? Promise.resolve()) }),
    unload: () => stop.orStopped(system.unload()),
    shutdown: () => system.shutdown(),
  };
}

function namesOf({ name, version, capabilities }: PlainSystem | AsyncSystem) {
  return { name, capabilities, ...(version === undefined ? {} : { version }) };
}
