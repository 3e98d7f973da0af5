/** Writes down, while a case with overlap is played, which step brought about what. */
import type { RequestNumber } from '../../../impl/in-flight.ts';
import type { Operation } from '../../../model/operations.ts';
import type { History } from '../history.ts';
import { FlightWatch } from '../running/flight-watch.ts';

export interface Moment {
  readonly kind: 'submit' | 'advance' | 'await' | 'answer' | 'show';
  /** Index of the submission among the events; null for what is shown. */
  readonly submitted: number | null;
  readonly step: number;
  /** Index of the event; null for what moves a request only. */
  readonly event: number | null;
}

interface Mark {
  readonly kind: 'submit' | 'advance' | 'await' | 'answer';
  readonly request: RequestNumber;
  readonly step: number;
}

export class FlightJournal extends FlightWatch {
  readonly #marks: Mark[] = [];
  readonly #inFlight = new Set<RequestNumber>();
  /** Of those in flight, which are awaited by the step that submitted them. */
  readonly #own = new Set<RequestNumber>();

  override asked(request: RequestNumber, operation: Operation, isNumbered: boolean): void {
    super.asked(request, operation, isNumbered);
    this.#inFlight.add(request);
    if (!isNumbered) this.#own.add(request);
    this.#mark('submit', request);
  }

  override advanced(request: RequestNumber): void {
    super.advanced(request);
    this.#mark('advance', request);
  }

  override awaited(request: RequestNumber): void {
    super.awaited(request);
    if (!this.#own.has(request)) this.#mark('await', request);
  }

  override answered(request: RequestNumber): void {
    super.answered(request);
    if (!this.#inFlight.delete(request)) return;
    this.#own.delete(request);
    this.#mark('answer', request);
  }

  #mark(kind: Mark['kind'], request: RequestNumber): void {
    this.#marks.push({ kind, request, step: this.lastStep });
  }

  /** All of it in order, with what was shown; `events` are those of the same run, `steps` the number of its steps. */
  moments(events: History, steps: number): readonly Moment[] {
    const moments: Moment[] = [];
    const submitted = new Map<RequestNumber, number>();
    const left = [...this.#marks];
    const takeMark = (event: number): void => {
      const mark = left.shift();
      if (mark === undefined) return;
      if (mark.kind === 'submit') submitted.set(mark.request, event);
      const isEvent = mark.kind === 'submit' || mark.kind === 'answer';
      moments.push({
        kind: mark.kind,
        submitted: submitted.get(mark.request) ?? null,
        step: mark.step,
        event: isEvent ? event : null,
      });
      if (!isEvent) takeMark(event);
    };
    for (const [event, { kind }] of events.entries())
      if (kind === 'show') {
        const isLast = event === events.length - 1 && left.length === 0;
        const step = isLast && this.lastStep === steps - 1 ? steps : (moments.at(-1)?.step ?? 0);
        moments.push({ kind: 'show', submitted: null, step, event });
      } else takeMark(event);
    while (left.length > 0) takeMark(events.length);
    return moments;
  }
}
