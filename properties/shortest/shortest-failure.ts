/** The shortest case of a system that fails with a given signature: small hosts searched deeper and deeper. */
import type { System } from '../../impl/system.ts';
import type { Setup } from '../../model/vocabulary.ts';
import type { Case } from '../case.ts';
import { FailureSearch } from './failure-search.ts';
import type { FailureTarget, SearchBounds } from './failure-search.ts';
import { ModelGraph } from './model-graph.ts';
import { wholeAlphabet } from './whole-alphabet.ts';

export interface ShortestFailure {
  readonly found: Case | null;
  readonly transitions: number;
  /** False where the transitions ran out before all had been looked at. */
  readonly isComplete: boolean;
}

/** Of at most `operationsMax` operations, on the hosts that are to be tried for each length: one of the shortest. */
export function shortestFailure(
  system: System,
  hosts: (operations: number) => readonly Setup[],
  bounds: SearchBounds & { readonly target: FailureTarget },
): ShortestFailure {
  const { target, operationsMax, transitionsMax } = bounds;
  let transitions = 0;
  for (let length = 1; length <= operationsMax; length++) {
    for (const setup of hosts(length)) {
      const left = transitionsMax - transitions;
      const search = new FailureSearch(system, graphOf(system, setup), {
        ...bounds,
        operationsMax: length,
        transitionsMax: left,
      });
      search.run();
      transitions += search.transitions;
      const found = search.failures.get(target.signature);
      if (found !== undefined) return { found, transitions, isComplete: true };
      if (!search.isComplete) return { found: null, transitions, isComplete: false };
    }
  }
  return { found: null, transitions, isComplete: true };
}

const GRAPHS_MAX = 400;
const graphs = new Map<string, ModelGraph>();

/** Of the model alone, so one serves every system that can be given the same; the latest are kept. */
export function graphOf({ capabilities }: System, setup: Setup): ModelGraph {
  const key = JSON.stringify([setup, capabilities.operations]);
  const known = graphs.get(key);
  if (known !== undefined) return known;
  const graph = new ModelGraph(setup, wholeAlphabet(setup, capabilities));
  graphs.set(key, graph);
  if (graphs.size > GRAPHS_MAX) {
    const [oldest] = graphs.keys();
    if (oldest !== undefined) graphs.delete(oldest);
  }
  return graph;
}
