/** One thread of a search; see search-threads.ts. */
import { workerData } from 'node:worker_threads';
import { openSystem } from '../../subjects/subjects.ts';
import { prepareWorld } from '../product/product-world.ts';
import type { ThreadTask } from './search-threads.ts';
import { SearchWorker } from './search-worker.ts';

function run({ world, systemName, reduction, memory, bounds, index }: ThreadTask): void {
  const worker = new SearchWorker(
    prepareWorld(world, openSystem(systemName), reduction),
    memory,
    index,
    bounds,
  );
  worker.resume();
  while (worker.proceed());
}

const task: ThreadTask = workerData;
run(task);
