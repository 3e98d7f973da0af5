/** Brings a failing case with overlap down to a small one that fails with the same signature, as sequential as it can be. */
import { unlessInterrupted } from '../../../impl/held/interrupted.ts';
import { endless } from '../../shrink/budget.ts';
import type { Budget } from '../../shrink/budget.ts';
import { flightCaseProblem } from '../cases/flight-case-problem.ts';
import type { FlightCase } from '../cases/flight-case.ts';
import { flightSignature } from '../running/flight-divergence.ts';
import type { FlightDivergence } from '../running/flight-divergence.ts';
import type { FlightSubject } from '../running/flight-subject.ts';
import {
  lessOverlap,
  lowerFlights,
  moreSequential,
  renumbered,
  smallerHosts,
  withoutMoves,
  withoutRequests,
} from './simpler-flights.ts';

export interface ShrunkFlight {
  readonly minimal: FlightCase;
  /** What goes wrong in it. */
  readonly divergence: FlightDivergence;
  /** How many simpler cases were run. */
  readonly candidates: number;
  /** False where the budget was over before every simpler case had been tried. */
  readonly complete: boolean;
}

/** A case costs microseconds in this process, tens of milliseconds on a real binary. */
const CANDIDATES_MAX = { sync: 200_000, async: 1000 };

type Ways = (from: FlightCase) => Iterable<FlightCase>;

export async function shrinkFlight(
  subject: FlightSubject,
  failing: FlightCase,
  divergence: FlightDivergence,
  budget: Budget = endless,
): Promise<ShrunkFlight> {
  const search = new FlightSearch(subject, failing, divergence, budget);
  const { setup, steps } = failing;
  await search.attempt({ setup, steps: steps.slice(0, divergence.index + 1) });
  const lower: Ways = (from) => lowerFlights(from, subject.kind === 'sync' ? 'every' : 'halving');
  for (let improved = true; improved && !search.isOver;) {
    improved = await search.through(withoutRequests);
    for (const ways of [moreSequential, withoutMoves, lessOverlap, smallerHosts, lower])
      if (await search.through(ways)) improved = true;
  }
  await search.attempt(renumbered(search.minimal));
  return search.result();
}

class FlightSearch {
  minimal: FlightCase;
  isOver = false;
  readonly #subject: FlightSubject;
  readonly #signature: string;
  readonly #budget: Budget;
  #divergence: FlightDivergence;
  #candidates = 0;

  constructor(subject: FlightSubject, failing: FlightCase, divergence: FlightDivergence, budget: Budget) {
    this.#subject = subject;
    this.minimal = failing;
    this.#divergence = divergence;
    this.#signature = flightSignature(divergence);
    this.#budget = budget;
  }

  /** Each way is gone as long as it leads anywhere; true where one did. */
  async through(ways: Ways): Promise<boolean> {
    let improved = false;
    for (let goesOn = true; goesOn;) {
      goesOn = false;
      for (const candidate of ways(this.minimal)) {
        if (!(await this.attempt(candidate))) continue;
        improved = true;
        goesOn = true;
        break;
      }
    }
    return improved;
  }

  async attempt(candidate: FlightCase): Promise<boolean> {
    const { capabilities, inFlight, kind } = this.#subject;
    this.isOver ||= this.#candidates >= CANDIDATES_MAX[kind] || (await this.#budget.isOver());
    if (this.isOver || flightCaseProblem(candidate, capabilities, inFlight) !== null) return false;
    const run = await unlessInterrupted(async () => this.#subject.judge(candidate));
    this.isOver ||= run === 'interrupted';
    if (run === 'interrupted') return false;
    this.#candidates++;
    const { verdict } = run;
    if (verdict.kind !== 'wrong' || flightSignature(verdict.divergence) !== this.#signature) return false;
    this.minimal = candidate;
    this.#divergence = verdict.divergence;
    return true;
  }

  result(): ShrunkFlight {
    return {
      minimal: this.minimal,
      divergence: this.#divergence,
      candidates: this.#candidates,
      complete: !this.isOver,
    };
  }
}
