/** What a seeded bug of requests in flight is: as long as each request is awaited at once nothing is wrong. */
import { createEfficientSystem } from '../../efficient/efficient-system.ts';
import type { QueueClass, StepsClass } from '../../efficient/in-flight/request-queue.ts';
import type { System } from '../../system.ts';
import type { Described } from '../mutant.ts';

/** The bug is in what a request does step by step, or in which requests go side by side. */
export type InFlightMutant = Described & ({ readonly steps: StepsClass } | { readonly queue: QueueClass });

export function createInFlightMutant(mutant: InFlightMutant, name = `mutant:${mutant.name}`): System {
  return createEfficientSystem(undefined, name, undefined, mutant);
}
