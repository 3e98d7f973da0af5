/** What a campaign with overlap has done and found. */
import type { EnvironmentError } from '../../../impl/environment-error.ts';
import type { FlightCase } from '../cases/flight-case.ts';
import type { SeenFlight } from '../lanes/seen-flight.ts';
import type { FlightWatch } from '../running/flight-watch.ts';
import type { ShrunkFlight } from '../shrink/shrink-flight.ts';

export interface FlightFinding extends ShrunkFlight {
  readonly signature: string;
  /** The case as it was found. */
  readonly original: FlightCase;
  readonly caseIndex: number;
  /** How often the small case failed when it was played anew, each time in a fresh system. */
  readonly plays: { readonly failed: number; readonly of: number };
  /** One of these in which it failed; null where there is none. */
  readonly seen: SeenFlight | null;
}

/** Different orders are counted up to so many. */
export const ORDERS_COUNTED = 2 ** 20;

export class FlightStatistics {
  cases = 0;
  operations = 0;
  /** Requests that were submitted while another one was in flight. */
  overlaps = 0;
  /** How often a request was let go on to its next station. */
  advances = 0;
  mostInFlight = 0;
  /** Cases in which a bound of the judge was met: neither right nor wrong. */
  undecided = 0;
  whyUndecided: string | null = null;
  repeated = 0;
  seconds = 0;
  ended: 'cases' | 'time' | 'findings' | 'interrupted' | 'trouble' = 'cases';
  trouble: EnvironmentError | null = null;
  readonly findings: FlightFinding[] = [];
  readonly #orders = new Set<number>();

  /** Different orders in which requests were submitted, went on and were answered. */
  get orders(): number {
    return this.#orders.size;
  }

  note({ operations, overlaps, advances, mostInFlight, order }: FlightWatch): void {
    this.cases++;
    this.operations += operations;
    this.overlaps += overlaps;
    this.advances += advances;
    this.mostInFlight = Math.max(this.mostInFlight, mostInFlight);
    if (overlaps > 0 && this.#orders.size < ORDERS_COUNTED) this.#orders.add(order);
  }
}
