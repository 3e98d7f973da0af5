/** How short a failing case can be at all, for each signature that random search has met. */
import type { System } from '../../impl/system.ts';
import type { Setup } from '../../model/vocabulary.ts';
import { ModelGraphs } from '../shrink/model-graph.ts';
import { smallSetups } from '../shrink/small-setups.ts';
import { shortestFailure } from '../shrink/shortest-failure.ts';
import type { ProvenLength, RandomKill } from './kill.ts';

/** A search of more transitions is given up, and nothing is proven by it. */
const TRANSITIONS_MAX = 12_000_000;

export function shortestLengths(system: System, kills: readonly RandomKill[]): ProvenLength[] {
  const shortest = new Map<string, RandomKill>();
  for (const kill of kills) {
    const known = shortest.get(kill.target.signature);
    if (known === undefined || kill.shrunkLength < known.shrunkLength) {
      shortest.set(kill.target.signature, kill);
    }
  }
  const graphs = new ModelGraphs();
  return [...shortest].map(([signature, { target, shrunkLength, nodes }]) => {
    // What one node shows needs no second.
    const nodeCounts = nodes === 1 ? [1] : [1, 2];
    const hosts = (operations: number): readonly Setup[] =>
      nodeCounts.flatMap((count) => smallSetups(system.capabilities, count, operations));
    const bounds = { target, graphs, operationsMax: shrunkLength - 1, transitionsMax: TRANSITIONS_MAX };
    const shorter = shortestFailure(system, hosts, bounds);
    const operations = shorter.found?.operations.length ?? shrunkLength;
    return { signature, operations, isProven: shorter.isComplete };
  });
}
