/** Kills and removes what a run holds outside this process when the process ends, also by a signal. */

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

const cleanups = new Set<() => void>();

/** Runs `cleanup`, which must be synchronous, when this process ends; the returned function forgets it. */
export function onProcessEnd(cleanup: () => void): () => void {
  if (cleanups.size === 0) {
    process.on('exit', runAll);
    for (const signal of SIGNALS) process.on(signal, endBySignal);
  }
  cleanups.add(cleanup);
  return () => {
    cleanups.delete(cleanup);
    if (cleanups.size > 0) return;
    process.removeListener('exit', runAll);
    for (const signal of SIGNALS) process.removeListener(signal, endBySignal);
  };
}

function runAll(): void {
  for (const cleanup of cleanups) cleanup();
  cleanups.clear();
}

// Whoever else listens to the signal decides how the process ends; 'exit' then cleans up. Without such a listener the
// signal is raised again, so that the parent sees the process die of it.
function endBySignal(signal: NodeJS.Signals): void {
  if (process.listenerCount(signal) > 1) return;
  runAll();
  process.removeListener(signal, endBySignal);
  process.kill(process.pid, signal);
}
