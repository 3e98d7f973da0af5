/** One worker of a search: claims blocks of states and expands them, and meets the others at the end of each depth. */
import { goals } from '../worlds/goals.ts';
import type { Goal } from '../worlds/goals.ts';
import { ProductSearch } from './product-search.ts';
import type { SearchListener } from './product-search.ts';
import type { ProductWorld } from '../product/product-world.ts';
import { SearchControl } from './search-control.ts';
import type { ControlMemory } from './search-control.ts';
import { StateStore, STATES_PER_BLOCK } from '../product/state-store.ts';
import type { StoreMemory } from '../product/state-store.ts';

/** More new skeletons in one block are not to be expected. */
const SKELETONS_PER_BLOCK = 256;

export interface SearchMemory {
  readonly states: StoreMemory;
  readonly skeletons: StoreMemory;
  readonly control: ControlMemory;
}

export interface SearchBounds {
  /** No state is expanded that is so many operations away from the first. */
  readonly depthMax: number;
  readonly statesMax: number;
}

export class SearchWorker {
  readonly search: ProductSearch;
  readonly store: StateStore;
  readonly skeletons: StateStore;
  readonly control: SearchControl;
  readonly #index: number;
  readonly #bounds: SearchBounds;
  /** States that may still be added when a worker sees that room is scarce. */
  readonly #reserve: number;
  readonly #skeletonReserve: number;

  constructor(
    world: ProductWorld,
    memory: SearchMemory,
    index: number,
    bounds: SearchBounds,
    listener: SearchListener = {},
  ) {
    this.store = new StateStore(memory.states);
    this.skeletons = new StateStore(memory.skeletons);
    this.control = new SearchControl(memory.control);
    this.#index = index;
    this.#bounds = bounds;
    this.#reserve = memory.control.workers * STATES_PER_BLOCK * (world.world.alphabet.length + 1);
    this.#skeletonReserve = memory.control.workers * SKELETONS_PER_BLOCK;
    const wanted = world.world.goals.map(goalNamed);
    this.search = new ProductSearch(world, this.store, this.skeletons, {
      ...listener,
      ...(wanted.length > 0 && { expanding: (state, host) => this.#look(wanted, state, host, listener) }),
    });
  }

  /** Goes on counting where an earlier run of this worker has ended. */
  resume(): void {
    this.search.transitions = this.control.transitionsOf(this.#index);
  }

  /** Expands one block, or meets the others; false when the search is over. */
  proceed(): boolean {
    const block = this.#mustMeet() ? -1 : this.store.claim();
    if (block < 0) {
      this.store.seal();
      this.skeletons.seal();
      this.control.meet(() => this.#lead());
      return this.control.phase === 'running';
    }
    const found = this.search.expandBlock(block);
    this.control.countTransitions(this.#index, this.search.transitions);
    if (found?.kind === 'divergence') this.control.stumble(found.state, found.operation);
    if (found?.kind === 'no room') this.control.stop('memory');
    return true;
  }

  #mustMeet(): boolean {
    const { control, store, skeletons } = this;
    return control.stopReason !== 'none' || store.mustGrow || skeletons.mustGrow || this.#isAtBound();
  }

  #isAtBound(): boolean {
    const { store, skeletons } = this;
    if (store.size.states >= this.#bounds.statesMax) return true;
    return store.isFullFor(this.#reserve) || skeletons.isFullFor(this.#skeletonReserve);
  }

  /** What is done for all, by one, while no other worker touches anything. */
  #lead(): void {
    const { control, store, skeletons } = this;
    if (control.stopReason !== 'none') {
      control.phase = 'stopped';
      return;
    }
    if (store.mustGrow) store.grow();
    if (skeletons.mustGrow) skeletons.grow();
    if (store.size.states >= this.#bounds.statesMax) control.stop('states');
    else if (store.isFullFor(this.#reserve) || skeletons.isFullFor(this.#skeletonReserve))
      control.stop('memory');
    else if (store.isLevelDone && !store.advance()) control.phase = 'closed';
    else if (store.depth >= this.#bounds.depthMax) control.phase = 'deep';
  }

  #look(
    wanted: readonly Goal[],
    state: number,
    host: () => Parameters<Goal['holds']>[0],
    listener: SearchListener,
  ): void {
    listener.expanding?.(state, host);
    for (const [index, goal] of wanted.entries()) {
      if (this.control.goalState(index) === null && goal.holds(host())) this.control.reachGoal(index, state);
    }
  }
}

function goalNamed(name: string): Goal {
  const goal = goals.find((known) => known.name === name);
  if (goal === undefined) throw new RangeError(`there is no goal ${name}`);
  return goal;
}
