/** What is counted while a case with overlap is played: requests, the stations of each, and which order was followed. */
import type { RequestNumber } from '../../../impl/in-flight.ts';
import type { Operation } from '../../../model/operations.ts';

/** How far a request came. */
export interface StationsSeen {
  /** How often it was advanced before it was answered, or awaited. */
  readonly advances: number;
  /** It was answered without being awaited. */
  readonly isWhole: boolean;
}

export class FlightWatch {
  /** Index of the step that was begun last. */
  lastStep = 0;
  operations = 0;
  /** Requests that were submitted while another one was in flight. */
  overlaps = 0;
  advances = 0;
  mostInFlight = 0;
  /** A hash of all that was done, in its order. */
  order = 0x81_1c_9d_c5;
  readonly #inFlight = new Map<RequestNumber, { advances: number; isAwaited: boolean }>();
  /** Of the requests that steps have numbered. */
  readonly stations = new Map<RequestNumber, StationsSeen>();

  asked(request: RequestNumber, { op }: Operation, isNumbered: boolean): void {
    this.operations++;
    if (this.#inFlight.size > 0) this.overlaps++;
    this.#inFlight.set(request, { advances: 0, isAwaited: !isNumbered });
    if (this.#inFlight.size > this.mostInFlight) this.mostInFlight = this.#inFlight.size;
    this.#mix(1, op.length * 31 + op.charCodeAt(0) + op.charCodeAt(op.length - 1));
    this.#mix(2, request);
  }

  advanced(request: RequestNumber): void {
    this.advances++;
    const seen = this.#inFlight.get(request);
    if (seen !== undefined) seen.advances++;
    this.#mix(3, request);
  }

  awaited(request: RequestNumber): void {
    const seen = this.#inFlight.get(request);
    if (seen !== undefined) seen.isAwaited = true;
    this.#mix(4, request);
  }

  answered(request: RequestNumber): void {
    const seen = this.#inFlight.get(request);
    if (seen === undefined) return;
    this.#inFlight.delete(request);
    this.stations.set(request, { advances: seen.advances, isWhole: !seen.isAwaited });
    this.#mix(5, request);
  }

  /** FNV-1a, a number at a time. */
  #mix(kind: number, value: number): void {
    this.order = Math.imul(this.order ^ (value * 8 + kind), 0x01_00_01_93) >>> 0;
  }
}
