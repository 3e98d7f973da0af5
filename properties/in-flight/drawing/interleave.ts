/**
 * Draws the order in which the requests of a bout go on. A request is a number of moves: it is submitted, advanced as often
 * as it is thought to have stations, and awaited.
 */
import type { RequestNumber } from '../../../impl/in-flight.ts';
import type { Dice } from '../../cases/dice.ts';
import type { FlightStep } from '../cases/flight-case.ts';
import type { NumberedRequest } from './flight-program.ts';

/**
 * `weighted`: who has more moves left is more likely to go on, so that all orders of the moves are equally likely (uniform
 * random walks, as in Selectively Uniform Concurrency Testing, Zhao et al. 2025). `uniform`: each is equally likely, so
 * that short requests nearly always end before long ones. `priorities`: the first in a random order goes on until it ends,
 * but for a few places at which it becomes the last (Probabilistic Concurrency Testing, Burckhardt et al. 2010).
 */
export const strategies = ['weighted', 'uniform', 'priorities'] as const;
export type Strategy = (typeof strategies)[number];

interface Moving {
  readonly operation: NumberedRequest['operation'];
  readonly request: RequestNumber;
  readonly moves: number;
  left: number;
}

/** One in so many requests is awaited before it has come to its last station. */
const CUT_ONE_IN = 4;
const CHANGES = 2;

export function interleave(
  requests: readonly NumberedRequest[],
  stationsOf: (request: RequestNumber) => number,
  inFlightMax: number,
  strategy: Strategy,
  dice: Dice,
): FlightStep[] {
  const moving = requests.map(({ request, operation }): Moving => {
    const stations = stationsOf(request);
    const advances = dice.oneIn(CUT_ONE_IN) ? dice.below(stations + 1) : stations;
    return { request, operation, moves: advances + 2, left: advances + 2 };
  });
  const choose = chooserOf(strategy, moving, dice);
  const steps: FlightStep[] = [];
  let inFlight = 0;
  while (moving.length > 0) {
    const able = inFlight < inFlightMax ? moving : moving.filter(({ left, moves }) => left < moves);
    const one = choose(able);
    if (one.left === one.moves) inFlight++;
    steps.push(moveOf(one));
    one.left--;
    if (one.left > 0) continue;
    inFlight--;
    moving.splice(moving.indexOf(one), 1);
  }
  return steps;
}

function moveOf({ request, operation, left, moves }: Moving): FlightStep {
  if (left === moves) return { op: 'submit', request, operation };
  return { op: left === 1 ? 'await' : 'advance', request };
}

type Chooser = (able: readonly Moving[]) => Moving;

function chooserOf(strategy: Strategy, all: readonly Moving[], dice: Dice): Chooser {
  const [first] = all;
  if (first === undefined) throw new Error('there is nothing to interleave');
  switch (strategy) {
    case 'uniform':
      return (able) => able[dice.below(able.length)] ?? first;
    case 'weighted':
      return (able) => {
        let total = 0;
        for (const { left } of able) total += left;
        let place = dice.below(total);
        for (const one of able) if ((place -= one.left) < 0) return one;
        return first;
      };
    case 'priorities':
      return byPriority(all, first, dice);
  }
}

function byPriority(all: readonly Moving[], first: Moving, dice: Dice): Chooser {
  const priorities = shuffled(all, dice);
  const total = all.reduce((sum, { moves }) => sum + moves, 0);
  const changes = new Set(Array.from({ length: CHANGES }, () => dice.below(total)));
  let place = 0;
  return (able) => {
    if (changes.has(place++)) {
      const running = priorities.findIndex((one) => able.includes(one));
      priorities.push(...priorities.splice(Math.max(0, running), 1));
    }
    return priorities.find((one) => able.includes(one)) ?? first;
  };
}

function shuffled<Item>(items: readonly Item[], dice: Dice): Item[] {
  const left = [...items];
  const order: Item[] = [];
  while (left.length > 0) order.push(...left.splice(dice.below(left.length), 1));
  return order;
}
