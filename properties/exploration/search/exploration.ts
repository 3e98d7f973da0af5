/** Searches a small world with one system: breadth first, to a fixpoint or to a bound. */
import { setImmediate } from 'node:timers/promises';
import type { System } from '../../../impl/system.ts';
import type { Case } from '../../cases/case.ts';
import { prepareWorld, skeletonWords, stateWords } from '../product/product-world.ts';
import type { Reduction } from '../product/product-world.ts';
import { reserveControl, SearchControl } from './search-control.ts';
import { runSearchThreads } from './search-threads.ts';
import { SearchWorker } from './search-worker.ts';
import type { SearchBounds, SearchMemory } from './search-worker.ts';
import { caseBeyond, caseTo } from './shortest-case.ts';
import { reserveStore } from '../product/state-store.ts';
import type { World } from '../worlds/world.ts';

export interface ExplorationOptions extends SearchBounds {
  /** By which further threads open a system of their own. */
  readonly systemName: string;
  /** 1 works in this thread. */
  readonly workers: number;
  /** Several begin only when this thread has searched for so long alone; left out: at once. */
  readonly aloneSeconds?: number;
  readonly memoryBytes: number;
  readonly secondsMax: number;
  readonly reduction: Reduction;
  /** Where a search that was stopped is kept, and gone on with; null keeps none. */
  readonly checkpoint: SearchCheckpoint | null;
}

/** Keeps the memory of a search between runs. */
export interface SearchCheckpoint {
  /** True where there was something to go on from. */
  load(memory: SearchMemory): boolean;
  save(memory: SearchMemory): void;
  remove(): void;
}

export type Ending = 'complete' | 'divergence' | 'depth' | 'states' | 'memory' | 'time' | 'interrupted';

export interface ExplorationStatistics {
  readonly states: number;
  readonly skeletons: number;
  readonly transitions: number;
  readonly depth: number;
  /** States of the present depth that are not expanded yet. */
  readonly waiting: number;
  readonly seconds: number;
  /** Of all threads. */
  readonly cpuSeconds: number;
  readonly bytes: number;
}

export interface Exploration extends ExplorationStatistics {
  readonly ended: Ending;
  /** The shortest case that shows the divergence. */
  readonly counterexample: Case | null;
  /** The shortest case that reaches each goal of the world; null where it was not reached. */
  readonly witnesses: ReadonlyMap<string, Case | null>;
}

export interface ExplorationObserver {
  progress(statistics: ExplorationStatistics): void;
  interrupted(): boolean;
}

export const silent: ExplorationObserver = { progress: () => {}, interrupted: () => false };

/** In this thread the search pauses so often, for signals and progress. */
const SLICE_SECONDS = 0.1;

/** Which of several shortest cases some workers find first is chance: they are taken from a search by one of them. */
export async function explore(
  world: World,
  system: System,
  options: ExplorationOptions,
  observer: ExplorationObserver = silent,
): Promise<Exploration> {
  const { hasShared, ...found } = await searched(world, system, options, observer);
  const cases = [found.counterexample, ...found.witnesses.values()];
  const lengths = cases.flatMap((each) => each?.operations.length ?? []);
  if (!hasShared || lengths.length === 0) return found;
  const depthMax = Math.min(options.depthMax, Math.max(...lengths) + 2);
  const alone = { ...options, workers: 1, depthMax, secondsMax: Infinity, checkpoint: null };
  const { hasShared: _hasShared, ...again } = await searched(world, system, alone, {
    ...observer,
    progress: () => {},
  });
  if (again.ended === 'interrupted') return found;
  const seconds = found.seconds + again.seconds;
  const cpuSeconds = found.cpuSeconds + again.cpuSeconds;
  return found.counterexample === null
    ? { ...found, seconds, cpuSeconds, witnesses: again.witnesses }
    : { ...again, seconds, cpuSeconds };
}

async function searched(
  world: World,
  system: System,
  options: ExplorationOptions,
  observer: ExplorationObserver,
): Promise<Exploration & { readonly hasShared: boolean }> {
  const prepared = prepareWorld(world, system, options.reduction);
  const { workers, aloneSeconds = 0 } = options;
  const isAloneFirst = workers === 1 || aloneSeconds > 0;
  const memory: SearchMemory = {
    states: reserveStore(stateWords(prepared), options.memoryBytes * 0.9),
    skeletons: reserveStore(skeletonWords(prepared), options.memoryBytes * 0.1),
    control: reserveControl(isAloneFirst ? 1 : workers, world.goals.length),
  };
  let held = memory;
  let worker = new SearchWorker(prepared, memory, 0, options);
  const clock = new SearchClock(() => worker);
  const resumed = options.checkpoint?.load(memory) === true;
  if (resumed) worker.resume();
  else begin(worker);
  const watch = (): void => {
    if (observer.interrupted()) worker.control.stop('interrupted');
    if (clock.seconds > options.secondsMax) worker.control.stop('time');
    observer.progress(clock.statistics());
  };
  let isOver = worker.control.stopReason !== 'none';
  if (!isOver && isAloneFirst)
    isOver = await runInThisThread(worker, clock, watch, workers === 1 ? Infinity : aloneSeconds);
  if (!isOver) {
    held = isAloneFirst ? handedOver(worker, memory, workers) : memory;
    worker = new SearchWorker(prepared, held, 0, options);
    const { systemName, reduction } = options;
    await runSearchThreads({ world, systemName, reduction, memory: held, bounds: options }, watch);
  }
  const ended = endingOf(worker);
  if (ended === 'complete' || ended === 'divergence') options.checkpoint?.remove();
  else options.checkpoint?.save(held);
  return { ...clock.statistics(), ended, ...casesOf(world, worker), hasShared: !isOver };
}

/** The same search for several workers, of whom the first has done what was done. */
function handedOver(
  { store, skeletons, control }: SearchWorker,
  { states, skeletons: known, control: before }: SearchMemory,
  workers: number,
): SearchMemory {
  // As at a meeting: nobody has a block of his own.
  store.seal();
  skeletons.seal();
  const after = { ...reserveControl(workers, 0), goals: before.goals };
  new SearchControl(after).countTransitions(0, control.transitions);
  return { states, skeletons: known, control: after };
}

function begin({ search, store, skeletons, control }: SearchWorker): void {
  if (!search.begin()) control.stumble(0, -1);
  store.seal();
  skeletons.seal();
  store.advance();
}

/** False where it is not over after so many seconds. */
async function runInThisThread(
  worker: SearchWorker,
  clock: SearchClock,
  watch: () => void,
  secondsMax: number,
): Promise<boolean> {
  const slice = Math.min(SLICE_SECONDS, secondsMax);
  let next = clock.seconds + slice;
  while (worker.proceed()) {
    if (clock.seconds < next) continue;
    watch();
    await setImmediate();
    next = clock.seconds + slice;
    if (clock.seconds > secondsMax && worker.control.stopReason === 'none') return false;
  }
  return true;
}

function endingOf({ control }: SearchWorker): Ending {
  const { phase, stopReason } = control;
  if (phase === 'closed') return 'complete';
  if (phase === 'deep') return 'depth';
  if (stopReason === 'none' || stopReason === 'failed') throw new Error('the search ended without a reason');
  return stopReason;
}

function casesOf(world: World, { search, store, control }: SearchWorker) {
  const found = control.stumbled;
  const witnesses = world.goals.map((name, goal) => {
    const state = control.goalState(goal);
    return [name, state === null ? null : caseTo(world, search, store, state)] as const;
  });
  return {
    counterexample: found === null ? null : caseBeyond(world, search, store, found.state),
    witnesses: new Map(witnesses),
  };
}

class SearchClock {
  readonly #worker: () => SearchWorker;
  readonly #began = performance.now();
  readonly #cpuBegan = process.cpuUsage();

  constructor(worker: () => SearchWorker) {
    this.#worker = worker;
  }

  get seconds(): number {
    return (performance.now() - this.#began) / 1000;
  }

  statistics(): ExplorationStatistics {
    const { store, skeletons, control } = this.#worker();
    const { user, system } = process.cpuUsage(this.#cpuBegan);
    return {
      states: store.size.states,
      skeletons: skeletons.size.states,
      transitions: control.transitions,
      depth: store.depth,
      waiting: store.waiting,
      seconds: this.seconds,
      cpuSeconds: (user + system) / 1e6,
      bytes: store.size.bytes + skeletons.size.bytes,
    };
  }
}
