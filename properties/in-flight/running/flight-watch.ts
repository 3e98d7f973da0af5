/** What is counted while a case with overlap is played: requests, the stations of each, and which order was followed. */
import type { RequestNumber } from '../../../impl/in-flight.ts';
import type { Operation } from '../../../model/operations.ts';

/** How far a request came. */
export interface StationsSeen {
  readonly request: RequestNumber;
  /** How often it was advanced before it was answered, or awaited. */
  readonly advances: number;
  /** It was answered without being awaited. */
  readonly isWhole: boolean;
}

interface Watched {
  readonly request: RequestNumber;
  readonly isNumbered: boolean;
  advances: number;
  isAwaited: boolean;
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
  /** There are few of them. */
  readonly #inFlight: Watched[] = [];
  /** Of the requests that steps have numbered. */
  readonly stations: StationsSeen[] = [];

  asked(request: RequestNumber, { op }: Operation, isNumbered: boolean): void {
    this.operations++;
    if (this.#inFlight.length > 0) this.overlaps++;
    this.#inFlight.push({ request, isNumbered, advances: 0, isAwaited: false });
    if (this.#inFlight.length > this.mostInFlight) this.mostInFlight = this.#inFlight.length;
    this.#mix(1, op.length * 31 + op.charCodeAt(0) + op.charCodeAt(op.length - 1));
    this.#mix(2, request);
  }

  advanced(request: RequestNumber): void {
    this.advances++;
    const seen = this.#find(request);
    if (seen !== undefined) seen.advances++;
    this.#mix(3, request);
  }

  awaited(request: RequestNumber): void {
    const seen = this.#find(request);
    if (seen !== undefined) seen.isAwaited = true;
    this.#mix(4, request);
  }

  answered(request: RequestNumber): void {
    const seen = this.#find(request);
    if (seen === undefined) return;
    if (this.#inFlight.at(-1) === seen) this.#inFlight.pop();
    else this.#inFlight.splice(this.#inFlight.indexOf(seen), 1);
    const { isNumbered, advances, isAwaited } = seen;
    if (isNumbered) this.stations.push({ request, advances, isWhole: !isAwaited });
    this.#mix(5, request);
  }

  #find(request: RequestNumber): Watched | undefined {
    for (const each of this.#inFlight) if (each.request === request) return each;
    return undefined;
  }

  /** FNV-1a, a number at a time. */
  #mix(kind: number, value: number): void {
    this.order = Math.imul(this.order ^ (value * 8 + kind), 0x01_00_01_93) >>> 0;
  }
}
