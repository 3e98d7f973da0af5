/** Goes through all orders of all combinations of requests of a small world, up to the first that nothing explains. */
import type { Follow } from '../../../model/deviations.ts';
import type { System } from '../../../impl/system.ts';
import type { FlightCase } from '../cases/flight-case.ts';
import type { FlightDivergence } from '../running/flight-divergence.ts';
import { allOrders } from './all-orders.ts';
import { combinationsOf } from './flight-worlds.ts';
import type { Combination, FlightWorld, Reduction } from './flight-worlds.ts';
import type { OrderedSystem, OrderRun } from './schedule-run.ts';

export interface FlightFound {
  readonly failing: FlightCase;
  readonly divergence: FlightDivergence;
}

export interface FlightWorldResult {
  readonly world: string;
  combinations: number;
  /** Played to their end. */
  orders: number;
  /** Left where they lead to nothing that another one does not. */
  givenUp: number;
  /** Different ones of one combination, all added up: answers and what is shown at the end. */
  outcomes: number;
  undecided: number;
  found: FlightFound | null;
  ended: 'all' | 'found' | 'stopped';
}

/** Null where the system says nothing of requests that wait, or has no stations. */
export function orderedSystem(system: System, follow: Follow): OrderedSystem | null {
  const { inFlight } = system;
  if (inFlight?.isWaiting === undefined || !inFlight.capabilities.stations) return null;
  return { system, inFlight, isWaiting: (request) => inFlight.isWaiting?.(request) === true, follow };
}

export function exploreFlights(
  given: OrderedSystem,
  world: FlightWorld,
  reduction: Reduction = world.reduction ?? 'sleep sets',
  isStopped: () => boolean = () => false,
  combinations: Iterable<Combination> = combinationsOf(world),
): FlightWorldResult {
  const result: FlightWorldResult = {
    world: world.name,
    combinations: 0,
    orders: 0,
    givenUp: 0,
    outcomes: 0,
    undecided: 0,
    found: null,
    ended: 'all',
  };
  for (const combination of combinations) {
    if (isStopped()) {
      result.ended = 'stopped';
      break;
    }
    result.combinations++;
    if (goThrough(given, world, combination, reduction, result)) {
      result.ended = 'found';
      break;
    }
  }
  return result;
}

/** True where something was found. */
function goThrough(
  given: OrderedSystem,
  world: FlightWorld,
  combination: Combination,
  reduction: Reduction,
  result: FlightWorldResult,
): boolean {
  const outcomes = new Set<string>();
  const runs = allOrders(given, world, combination, reduction);
  let next = runs.next();
  for (; next.done !== true; next = runs.next()) {
    const { found, steps, outcome }: OrderRun = next.value;
    result.orders++;
    if (found === 'undecided') result.undecided++;
    else if (found === null) outcomes.add(outcome);
    else {
      const failing = { setup: world.setup, steps };
      result.found = { failing, divergence: { ...found, index: steps.length - 1 } };
      return true;
    }
  }
  result.givenUp += next.value.givenUp;
  result.outcomes += outcomes.size;
  return false;
}
