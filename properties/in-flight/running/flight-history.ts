/** What a system answers and shows in a case with overlap, as a history that is judged while it grows. */
import type { RequestNumber } from '../../../impl/in-flight.ts';
import type { ShownNode } from '../../../impl/shown.ts';
import type { Follow } from '../../../model/deviations.ts';
import type { Operation } from '../../../model/operations.ts';
import type { Outcome, Setup } from '../../../model/vocabulary.ts';
import { describeOperation } from '../../cases/operation-text.ts';
import { describeOutcome } from '../../comparison/comparison.ts';
import { OWN_NUMBERS_FROM } from '../cases/flight-case.ts';
import type { History, HistoryEvent, JudgedRules } from '../history.ts';
import { InFlightJudge } from '../in-flight-judge.ts';
import { describeMisses } from '../miss-text.ts';
import type { Miss } from '../request-answers.ts';
import type { FlightDivergence } from './flight-divergence.ts';

/** Without the place in the case, which the caller knows. */
export type Found = Omit<FlightDivergence, 'index'>;

interface Submitted {
  readonly request: RequestNumber;
  readonly operation: Operation;
}

export class FlightHistory {
  readonly #judge: InFlightJudge;
  readonly #events: HistoryEvent[] = [];
  /** Oldest first; there are few of them. */
  readonly #inFlight: Submitted[] = [];
  #hasOverlapped = false;

  constructor(setup: Setup, rules: JudgedRules, follow: Follow) {
    this.#judge = new InFlightJudge(setup, rules, follow);
  }

  /** It grows while the case is played. */
  get events(): History {
    return this.#events;
  }

  get size(): number {
    return this.#inFlight.length;
  }

  get oldest(): RequestNumber | null {
    return this.#inFlight[0]?.request ?? null;
  }

  get operations(): readonly Operation[] {
    return this.#inFlight.map(({ operation }) => operation);
  }

  /** Requests have overlapped since something was shown. */
  get hasOverlapped(): boolean {
    return this.#hasOverlapped;
  }

  isInFlight(request: RequestNumber): boolean {
    return this.#indexOf(request) >= 0;
  }

  submit(request: RequestNumber, operation: Operation): void {
    if (this.#inFlight.length > 0) this.#hasOverlapped = true;
    this.#inFlight.push({ request, operation });
    this.#take({ kind: 'submit', id: request, operation });
  }

  /** Null where some order explains it. Throws a `BoundMet`. */
  answer(request: RequestNumber, outcome: Outcome): Found | null {
    const index = this.#indexOf(request);
    const operation = this.#inFlight[index]?.operation;
    if (operation === undefined) return this.#unasked(request, outcome);
    if (index === this.#inFlight.length - 1) this.#inFlight.pop();
    else this.#inFlight.splice(index, 1);
    const misses = this.#take({ kind: 'answer', id: request, outcome });
    if (misses === null) return null;
    const isContent = misses.some(({ kind }) => kind === 'sector');
    return this.#unexplained(
      operation,
      isContent ? 'content' : outcome.kind,
      misses,
      `${named(request, operation)} is answered ${describeOutcome(outcome)}`,
    );
  }

  /** The same of what is shown while nothing is in flight. */
  show(nodes: readonly ShownNode[]): Found | null {
    this.#hasOverlapped = false;
    const misses = this.#take({ kind: 'show', nodes });
    if (misses === null) return null;
    const [first] = misses;
    const part = first?.kind === 'shown' ? first.part : 'content';
    const at = first?.kind === 'sector' ? ` at sector ${first.sector} of node ${first.node}` : '';
    return this.#unexplained(null, part, misses, `with nothing in flight, ${part}${at} is shown`);
  }

  /** It was awaited. */
  unanswered(request: RequestNumber): Found {
    const operation = this.#inFlight[this.#indexOf(request)]?.operation ?? null;
    const name = operation === null ? `request ${request}` : named(request, operation);
    return this.#answers(operation, 'never', `${name} was awaited and is never answered`);
  }

  lost(operation: Operation | null, how: string, message: string): Found {
    const during = operation === null ? '' : ` at ${describeOperation(operation)}`;
    return { ...this.#answers(operation, how, `the system is lost${during}: ${message}`), kind: 'lost' };
  }

  #unasked(request: RequestNumber, outcome: Outcome): Found {
    const isTwice = this.#events.some((event) => event.kind === 'answer' && event.id === request);
    return this.#answers(
      null,
      isTwice ? 'twice' : 'unasked',
      `request ${request} is answered ${isTwice ? 'twice' : 'and was not submitted'} (${describeOutcome(outcome)})`,
    );
  }

  #answers(operation: Operation | null, aspect: string, sentence: string): Found {
    return { kind: 'answers', operation, aspect, sentence, events: this.#events, misses: [] };
  }

  #unexplained(operation: Operation | null, aspect: string, misses: readonly Miss[], what: string): Found {
    const possible = describeMisses(misses);
    const sentence = `${what}, which no order of what was in flight explains${possible === '' ? '' : ` (${possible})`}`;
    return { kind: 'unexplained', operation, aspect, sentence, events: this.#events, misses };
  }

  #indexOf(request: RequestNumber): number {
    for (let index = 0; index < this.#inFlight.length; index++)
      if (this.#inFlight[index]?.request === request) return index;
    return -1;
  }

  #take(event: HistoryEvent): readonly Miss[] | null {
    this.#events.push(event);
    return this.#judge.take(event)?.misses ?? null;
  }
}

function named(request: RequestNumber, operation: Operation): string {
  const what = describeOperation(operation);
  return request < OWN_NUMBERS_FROM ? `request ${request} (${what})` : what;
}
