/** A search by several threads over one shared store. */
import { Worker } from 'node:worker_threads';
import type { Reduction } from '../product/product-world.ts';
import { SearchControl } from './search-control.ts';
import type { SearchBounds, SearchMemory } from './search-worker.ts';
import type { World } from '../worlds/world.ts';

/** All that a thread is given; it opens a system of its own by its name. */
export interface SearchTask {
  readonly world: World;
  readonly systemName: string;
  readonly reduction: Reduction;
  readonly memory: SearchMemory;
  readonly bounds: SearchBounds;
}

export interface ThreadTask extends SearchTask {
  readonly index: number;
}

const WATCH_MS = 100;

/** Resolves when all threads have ended. `watch` is called now and then. */
export async function runSearchThreads(task: SearchTask, watch: () => void): Promise<void> {
  const control = new SearchControl(task.memory.control);
  const { world, systemName, reduction, memory, bounds } = task;
  const plain = {
    world,
    systemName,
    reduction,
    memory,
    bounds: { depthMax: bounds.depthMax, statesMax: bounds.statesMax },
  };
  // As JavaScript it needs nobody to register anything first.
  const source = new URL('search-thread-entry.mjs', import.meta.url);
  const entry = import.meta.filename.endsWith('.js') ? new URL('search-thread.js', source) : source;
  const threads = Array.from(
    { length: memory.control.workers },
    (_, index) => new Worker(entry, { workerData: { ...plain, index } satisfies ThreadTask }),
  );
  const watching = setInterval(watch, WATCH_MS);
  try {
    await Promise.all(threads.map((thread) => ended(thread)));
  } finally {
    clearInterval(watching);
    // Of those that a failed one has left waiting.
    control.stop('failed');
    await Promise.all(threads.map((thread) => thread.terminate()));
  }
}

function ended(thread: Worker): Promise<void> {
  return new Promise((resolve, reject) => {
    thread.once('error', reject);
    thread.once('exit', (code) => {
      if (code === 0) resolve();
      else reject(new Error(`a thread of the search ended with code ${code}`));
    });
  });
}
