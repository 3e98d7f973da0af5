/** Plays one order of the moves of some requests from the beginning, and says what each of them did. */
import type { Answered, InFlightAccess, RequestNumber } from '../../../impl/in-flight.ts';
import type { System } from '../../../impl/system.ts';
import type { Follow } from '../../../model/deviations.ts';
import { FlightHistory } from '../running/flight-history.ts';
import type { Found } from '../running/flight-history.ts';
import type { FlightStep } from '../cases/flight-case.ts';
import { BoundMet } from '../sectors/candidate-set.ts';
import type { Combination, FlightWorld } from './flight-worlds.ts';

export interface OrderedSystem {
  readonly system: System;
  readonly inFlight: InFlightAccess;
  readonly isWaiting: (request: RequestNumber) => boolean;
  readonly follow: Follow;
}

/** What is decided at each move. */
export interface Chooser {
  /** The index of the request that moves next, of those that are not answered; null gives the order up. */
  next(unanswered: number): number | null;
}

export interface OrderRun {
  /** All has been answered. */
  readonly isWhole: boolean;
  readonly steps: readonly FlightStep[];
  readonly found: Found | 'undecided' | null;
  /** Everything that was answered and is shown at the end. */
  readonly outcome: string;
}

export class ScheduleRun {
  readonly #given: OrderedSystem;
  readonly #world: FlightWorld;
  readonly #history: FlightHistory;
  readonly #steps: FlightStep[];
  readonly #answers: string[] = [];
  #unanswered: number;
  #submitted = 0;

  constructor(given: OrderedSystem, world: FlightWorld, combination: Combination) {
    this.#given = given;
    this.#world = world;
    this.#history = new FlightHistory(world.setup, given.inFlight.capabilities, given.follow);
    this.#steps = [...world.before];
    this.#unanswered = (1 << combination.length) - 1;
  }

  play(combination: Combination, chooser: Chooser): OrderRun {
    const { system } = this.#given;
    system.load(this.#world.setup);
    try {
      const found = this.#begin() ?? this.#goThrough(combination, chooser);
      const isWhole = found === null && this.#unanswered === 0;
      const shown = isWhole ? system.observe() : [];
      const wrong = isWhole ? this.#history.show(shown) : found;
      const outcome = isWhole ? JSON.stringify([this.#answers, shown]) : '';
      return { isWhole, steps: this.#steps, found: wrong, outcome };
    } catch (error) {
      if (!(error instanceof BoundMet)) throw error;
      return { isWhole: false, steps: this.#steps, found: 'undecided', outcome: '' };
    } finally {
      system.unload();
    }
  }

  #begin(): Found | null {
    for (const [index, operation] of this.#world.before.entries()) {
      const request = 1000 + index;
      this.#history.submit(request, operation);
      const found = this.#history.answer(request, this.#given.system.apply(operation));
      if (found !== null) return found;
    }
    return null;
  }

  #goThrough(combination: Combination, chooser: Chooser): Found | null {
    while (this.#unanswered !== 0) {
      const index = chooser.next(this.#unanswered);
      const operation = index === null ? undefined : combination[index];
      if (index === null || operation === undefined) return null;
      const { inFlight, isWaiting } = this.#given;
      const isNew = (this.#submitted & (1 << index)) === 0;
      const waited = !isNew && isWaiting(index);
      let answers: readonly Answered[];
      if (isNew) {
        this.#submitted |= 1 << index;
        this.#history.submit(index, operation);
        this.#steps.push({ op: 'submit', request: index, operation });
        answers = inFlight.submit(index, operation);
      } else {
        this.#steps.push({ op: 'advance', request: index });
        answers = inFlight.advance(index);
      }
      for (const { request, outcome } of answers) {
        const found = this.#history.answer(request, outcome);
        if (found !== null) return found;
        this.#unanswered &= ~(1 << request);
        this.#answers[request] = JSON.stringify(outcome);
      }
      // It only waits on, as it did before: the same goes on without that move.
      if (waited && answers.length === 0 && isWaiting(index)) return null;
    }
    return null;
  }
}
