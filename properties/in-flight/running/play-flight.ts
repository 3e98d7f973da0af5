/**
 * Plays a case with overlap: what the system is to be asked next, whichever way it is asked, and what its answers come to.
 */
import type { Answered, InFlightCapabilities, RequestNumber } from '../../../impl/in-flight.ts';
import type { ShownNode } from '../../../impl/shown.ts';
import type { Operation } from '../../../model/operations.ts';
import type { Outcome } from '../../../model/vocabulary.ts';
import { operationOf, OWN_NUMBERS_FROM } from '../cases/flight-case.ts';
import type { FlightCase, FlightStep } from '../cases/flight-case.ts';
import { REQUESTS_MAX } from '../history.ts';
import { BoundMet } from '../sectors/candidate-set.ts';
import type { FlightVerdict } from './flight-divergence.ts';
import type { FlightHistory, Found } from './flight-history.ts';
import type { FlightWatch } from './flight-watch.ts';

export type Ask =
  /** Nothing is in flight. */
  | { readonly kind: 'apply'; readonly request: RequestNumber; readonly operation: Operation }
  | { readonly kind: 'submit'; readonly request: RequestNumber; readonly operation: Operation }
  | { readonly kind: 'advance' | 'await'; readonly request: RequestNumber }
  | { readonly kind: 'observe' };

const observe: Ask = { kind: 'observe' };

type Phase =
  /** The next step is to begin. */
  | 'step'
  /** All that is in flight is awaited, oldest first. */
  | 'settle'
  | 'submit'
  /** An operation by itself has been submitted. */
  | 'answer'
  /** The step is over: what is shown where nothing is in flight any more is looked at. */
  | 'look'
  | 'end';

/** One object, and no generators within generators: of what a request costs they were a tenth. */
export class FlightPlay {
  readonly #steps: readonly FlightStep[];
  readonly #inFlight: InFlightCapabilities;
  readonly #history: FlightHistory;
  readonly #watch: FlightWatch;
  #index = -1;
  #phase: Phase = 'step';
  /** What this step asks; null at the end of the case. */
  #operation: Operation | null = null;
  #request: RequestNumber = 0;
  #isSubmitted = false;
  /** What has just been awaited. */
  #awaited: RequestNumber | null = null;
  #verdict: FlightVerdict | null = null;

  constructor(
    { steps }: FlightCase,
    inFlight: InFlightCapabilities,
    history: FlightHistory,
    watch: FlightWatch,
  ) {
    this.#steps = steps;
    this.#inFlight = inFlight;
    this.#history = history;
    this.#watch = watch;
  }

  /** Null as long as there is something to ask. */
  get verdict(): FlightVerdict | null {
    return this.#verdict;
  }

  /** What the system is to be asked; null where there is a verdict. */
  next(): Ask | null {
    const awaited = this.#awaited;
    this.#awaited = null;
    if (this.#verdict === null && awaited !== null && this.#history.isInFlight(awaited))
      this.#wrong(this.#history.unanswered(awaited));
    while (this.#verdict === null) {
      const ask = this.#goOn();
      if (ask !== null) return ask;
    }
    return null;
  }

  take(answers: readonly Answered[]): void {
    for (const { request, outcome } of answers) if (this.#verdict === null) this.answer(request, outcome);
  }

  answer(request: RequestNumber, outcome: Outcome): void {
    try {
      this.#watch.answered(request);
      const found = this.#history.answer(request, outcome);
      if (found !== null) this.#wrong(found);
    } catch (error) {
      this.#undecided(error);
    }
  }

  show(nodes: readonly ShownNode[]): void {
    try {
      const found = this.#history.show(nodes);
      if (found !== null) this.#wrong(found);
      else if (this.#phase === 'end') this.#verdict = { kind: 'right' };
    } catch (error) {
      this.#undecided(error);
    }
  }

  #wrong(found: Found): void {
    this.#verdict = { kind: 'wrong', divergence: { ...found, index: this.#index } };
  }

  #undecided(error: unknown): void {
    if (!(error instanceof BoundMet)) throw error;
    this.#verdict = { kind: 'undecided', index: this.#index, why: error.message };
  }

  /** Null where nothing is to be asked for that. */
  #goOn(): Ask | null {
    switch (this.#phase) {
      case 'step':
        return this.#begin();
      case 'settle': {
        const { oldest } = this.#history;
        if (oldest !== null) return this.#await(oldest);
        if (this.#operation !== null) return this.#submit(this.#operation);
        this.#phase = 'end';
        return observe;
      }
      case 'submit':
        return this.#operation === null ? null : this.#submit(this.#operation);
      case 'answer':
        this.#phase = 'look';
        return this.#await(this.#request);
      case 'look':
        this.#phase = 'step';
        return this.#history.size === 0 && this.#history.hasOverlapped ? observe : null;
      case 'end':
        throw new Error('the case is over');
    }
  }

  #begin(): Ask | null {
    const step = this.#steps[++this.#index];
    this.#operation = step === undefined ? null : operationOf(step);
    if (step === undefined) {
      this.#phase = 'settle';
      return null;
    }
    this.#watch.lastStep = this.#index;
    if (this.#operation === null) {
      this.#phase = 'look';
      if (step.op === 'await') return this.#await(step.request);
      return step.op === 'advance' ? this.#advance(step.request) : null;
    }
    this.#isSubmitted = step.op === 'submit' && this.#inFlight.submits.includes(this.#operation.op);
    this.#request = step.op === 'submit' ? step.request : OWN_NUMBERS_FROM + this.#index;
    const canBegin =
      canOverlap(this.#operation, this.#inFlight, this.#history) && !this.#history.isInFlight(this.#request);
    this.#phase = canBegin ? 'submit' : 'settle';
    return null;
  }

  #submit(operation: Operation): Ask {
    const request = this.#request;
    this.#watch.asked(request, operation, this.#isSubmitted);
    this.#history.submit(request, operation);
    this.#phase = this.#isSubmitted ? 'look' : 'answer';
    const isAlone = this.#history.size === 1 && !this.#isSubmitted;
    return { kind: isAlone ? 'apply' : 'submit', request, operation };
  }

  #advance(request: RequestNumber): Ask | null {
    if (!this.#history.isInFlight(request)) return null;
    this.#watch.advanced(request);
    return { kind: 'advance', request };
  }

  #await(request: RequestNumber): Ask | null {
    if (!this.#history.isInFlight(request)) return null;
    this.#watch.awaited(request);
    this.#awaited = request;
    return { kind: 'await', request };
  }
}

/** What cannot overlap waits until nothing is in flight. */
function canOverlap(
  { op }: Operation,
  { requestsMax, alone, submits }: InFlightCapabilities,
  history: FlightHistory,
): boolean {
  if (history.size === 0) return true;
  if (history.size >= Math.min(requestsMax, REQUESTS_MAX) || alone.includes(op) || !submits.includes(op))
    return false;
  if (alone.length === 0) return true;
  for (const other of history.operations) if (alone.includes(other.op)) return false;
  return true;
}
