/**
 * Goes through every order of the moves of some requests: depth first, each from the beginning (stateless search). With
 * sleep sets (Godefroid 1996) of orders that differ only in neighbouring moves of independent requests one is played.
 */
import { independentOf } from './independence.ts';
import type { Combination, FlightWorld, Reduction } from './flight-worlds.ts';
import { ScheduleRun } from './schedule-run.ts';
import type { Chooser, OrderedSystem, OrderRun } from './schedule-run.ts';

/** A place on the way at which something was chosen. */
interface Fork {
  choice: number;
  /** What is yet to be chosen here, and what need not be, as bits of requests. */
  open: number;
  sleep: number;
}

/** Runs that were played to their end; `given up` are those that lead nowhere new. */
export interface OrdersGone {
  orders: number;
  givenUp: number;
}

export function* allOrders(
  given: OrderedSystem,
  world: FlightWorld,
  combination: Combination,
  reduction: Reduction,
): Generator<OrderRun, OrdersGone> {
  const independent =
    reduction === 'none' ? combination.map(() => 0) : independentOf(combination, world.setup);
  const gone: OrdersGone = { orders: 0, givenUp: 0 };
  const forks: Fork[] = [];
  do {
    const chooser = new ForkChooser(forks, independent);
    const run = new ScheduleRun(given, world, combination).play(combination, chooser);
    if (run.isWhole || run.found !== null) {
      gone.orders++;
      yield run;
    } else gone.givenUp++;
    forks.length = chooser.depth;
  } while (goBack(forks));
  return gone;
}

/** To the last place at which something else can be chosen; false where there is none. */
function goBack(forks: Fork[]): boolean {
  for (let fork = forks.at(-1); fork !== undefined; fork = forks.at(-1)) {
    fork.sleep |= 1 << fork.choice;
    fork.open &= ~(1 << fork.choice);
    if (fork.open !== 0) {
      fork.choice = lowest(fork.open);
      return true;
    }
    forks.pop();
  }
  return false;
}

function lowest(bits: number): number {
  return 31 - Math.clz32(bits & -bits);
}

class ForkChooser implements Chooser {
  depth = 0;
  readonly #forks: Fork[];
  readonly #independent: readonly number[];

  constructor(forks: Fork[], independent: readonly number[]) {
    this.#forks = forks;
    this.#independent = independent;
  }

  next(unanswered: number): number | null {
    const known = this.#forks[this.depth];
    if (known !== undefined) {
      this.depth++;
      return known.choice;
    }
    const before = this.#forks[this.depth - 1];
    const sleep = before === undefined ? 0 : before.sleep & (this.#independent[before.choice] ?? 0);
    const open = unanswered & ~sleep;
    // All that could go on has gone on elsewhere.
    if (open === 0) return null;
    const choice = lowest(open);
    this.#forks.push({ choice, open, sleep });
    this.depth++;
    return choice;
  }
}
