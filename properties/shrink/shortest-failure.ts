/** The shortest case of a system that fails with a given signature: small hosts searched deeper and deeper. */
import type { System } from '../../impl/system.ts';
import { initialState } from '../../model/node.ts';
import type { Setup } from '../../model/vocabulary.ts';
import type { Case } from '../cases/case.ts';
import type { FailureTarget, SearchAim } from './failure-search.ts';
import { HostSearches } from './host-searches.ts';
import type { ModelGraphs } from './model-graph.ts';
import { operationsUntil } from './stage-distance.ts';

export interface ShortestFailure {
  readonly found: Case | null;
  readonly transitions: number;
  /** False where the transitions ran out before all had been looked at. */
  readonly isComplete: boolean;
}

export interface SearchBounds extends SearchAim {
  readonly target: FailureTarget;
  /** No case of more operations is looked for. */
  readonly operationsMax: number;
  readonly transitionsMax: number;
  /** Where the model's states are looked up, and kept for the next search. */
  readonly graphs: ModelGraphs;
}

/** Of at most `operationsMax` operations, on the hosts that are to be tried for each length: one of the shortest. */
export function shortestFailure(
  system: System,
  hosts: (operations: number) => readonly Setup[],
  bounds: SearchBounds,
): ShortestFailure {
  const { target, operationsMax, transitionsMax, graphs } = bounds;
  const searches = new HostSearches(system, bounds, graphs);
  let transitions = 0;
  for (let length = 1; length <= operationsMax; length++) {
    for (const setup of hosts(length)) {
      if (operationsUntil(target.stage, initialState(setup)) >= length) continue;
      const search = searches.on(setup);
      const before = search.transitions;
      const isThrough = search.upTo(length, before + transitionsMax - transitions);
      transitions += search.transitions - before;
      const found = search.failures.get(target.signature);
      if (found !== undefined) return { found, transitions, isComplete: true };
      if (!isThrough) return { found: null, transitions, isComplete: false };
    }
  }
  return { found: null, transitions, isComplete: true };
}
