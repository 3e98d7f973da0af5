/** Plays one order of the moves of some requests from the beginning, and says what each of them did. */
import type { Answered, InFlightAccess, RequestNumber } from '../../../impl/in-flight.ts';
import { SystemLost } from '../../../impl/system-lost.ts';
import type { System } from '../../../impl/system.ts';
import type { Follow } from '../../../model/deviations.ts';
import type { Operation } from '../../../model/operations.ts';
import { FlightHistory } from '../running/flight-history.ts';
import type { Found } from '../running/flight-history.ts';
import { asLost } from '../running/run-flight.ts';
import { operationOf } from '../cases/flight-case.ts';
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

  /** What the system throws is a finding, but for an `EnvironmentError`. */
  play(combination: Combination, chooser: Chooser): OrderRun {
    const { system } = this.#given;
    system.load(this.#world.setup);
    try {
      const found = this.#begin() ?? this.#goThrough(combination, chooser);
      const isWhole = found === null && this.#unanswered === 0;
      const shown = isWhole ? this.#ask(() => system.observe()) : [];
      const wrong = isWhole ? this.#history.show(shown) : found;
      const outcome = isWhole ? JSON.stringify([this.#answers, shown]) : '';
      return { isWhole, steps: this.#steps, found: wrong, outcome };
    } catch (error) {
      return { isWhole: false, steps: this.#steps, found: this.#foundIn(error), outcome: '' };
    } finally {
      system.unload();
    }
  }

  #foundIn(error: unknown): Found | 'undecided' {
    if (error instanceof BoundMet) return 'undecided';
    if (!(error instanceof SystemLost)) throw error;
    const last = this.#steps.at(-1);
    return this.#history.lost(last === undefined ? null : operationOf(last), error.how, error.message);
  }

  #begin(): Found | null {
    for (const [index, operation] of this.#world.before.entries()) {
      const request = 1000 + index;
      this.#history.submit(request, operation);
      const outcome = this.#ask(() => this.#given.system.apply(operation));
      const found = this.#history.answer(request, outcome);
      if (found !== null) return found;
    }
    return null;
  }

  #goThrough(combination: Combination, chooser: Chooser): Found | null {
    while (this.#unanswered !== 0) {
      const index = chooser.next(this.#unanswered);
      const operation = index === null ? undefined : combination[index];
      if (index === null || operation === undefined) return this.#deadlock();
      const waited = this.#isWaiting(index);
      const answers = this.#isSubmitted(index) ? this.#advance(index) : this.#submit(index, operation);
      for (const { request, outcome } of answers) {
        const found = this.#history.answer(request, outcome);
        if (found !== null) return found;
        this.#unanswered &= ~(1 << request);
        this.#answers[request] = JSON.stringify(outcome);
      }
      // It only waits on, as it did before: the same goes on without that move.
      if (waited && answers.length === 0 && this.#isWaiting(index)) return this.#deadlock();
    }
    return null;
  }

  /**
   * Where an order is given up nothing may ever go on. If all that are left wait, and each waits on when it is looked at
   * again, the oldest is awaited, as in a case: what cannot answer it is wrong.
   */
  #deadlock(): Found | null {
    const left: RequestNumber[] = [];
    for (let bits = this.#unanswered; bits !== 0; bits &= bits - 1) left.push(31 - Math.clz32(bits & -bits));
    const { oldest } = this.#history;
    if (oldest === null || !left.every((index) => this.#isWaiting(index))) return null;
    for (const index of left) if (this.#advance(index).length > 0 || !this.#isWaiting(index)) return null;
    this.#steps.push({ op: 'await', request: oldest });
    const answers = this.#ask(() => this.#given.inFlight.await(oldest));
    return answers.some(({ request }) => request === oldest) ? null : this.#history.unanswered(oldest);
  }

  #submit(index: number, operation: Operation): readonly Answered[] {
    this.#submitted |= 1 << index;
    this.#history.submit(index, operation);
    this.#steps.push({ op: 'submit', request: index, operation });
    return this.#ask(() => this.#given.inFlight.submit(index, operation));
  }

  #advance(index: number): readonly Answered[] {
    this.#steps.push({ op: 'advance', request: index });
    return this.#ask(() => this.#given.inFlight.advance(index));
  }

  #isSubmitted(index: number): boolean {
    return (this.#submitted & (1 << index)) !== 0;
  }

  #isWaiting(index: number): boolean {
    return this.#isSubmitted(index) && this.#ask(() => this.#given.isWaiting(index));
  }

  #ask<Value>(asked: () => Value): Value {
    try {
      return asked();
    } catch (error) {
      throw asLost(error);
    }
  }
}
