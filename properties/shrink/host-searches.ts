/** The searches of one aim on many hosts, each begun once and gone on with from length to length. */
import type { System } from '../../impl/system.ts';
import type { Setup } from '../../model/vocabulary.ts';
import { FailureSearch } from './failure-search.ts';
import type { SearchAim } from './failure-search.ts';
import type { ModelGraphs } from './model-graph.ts';

export class HostSearches {
  readonly #system: System;
  readonly #aim: SearchAim;
  readonly #graphs: ModelGraphs;
  readonly #searches = new Map<string, FailureSearch>();

  constructor(system: System, aim: SearchAim, graphs: ModelGraphs) {
    this.#system = system;
    this.#aim = aim;
    this.#graphs = graphs;
  }

  on(setup: Setup): FailureSearch {
    const key = JSON.stringify(setup);
    const known = this.#searches.get(key);
    if (known !== undefined) return known;
    const graph = this.#graphs.of(setup, this.#system.capabilities);
    const search = new FailureSearch(this.#system, graph, this.#aim);
    this.#searches.set(key, search);
    return search;
  }

  /** Of all searches together. */
  get transitions(): number {
    return [...this.#searches.values()].reduce((sum, { transitions }) => sum + transitions, 0);
  }
}
