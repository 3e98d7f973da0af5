/** What a campaign with overlap has done and found. */
import type { EnvironmentError } from '../../../impl/environment-error.ts';
import type { SearchEnd } from '../../batches/batch-search.ts';
import { MemoryWatch } from '../../jobs/memory.ts';
import type { FlightCase } from '../cases/flight-case.ts';
import type { SeenFlight } from '../lanes/seen-flight.ts';
import type { ShrunkFlight } from '../shrink/shrink-flight.ts';
import { nothingCounted } from './flight-batch.ts';
import type { FlightCounts, PlayedFlights } from './flight-batch.ts';

export interface FlightFinding extends ShrunkFlight {
  readonly signature: string;
  /** The case as it was found. */
  readonly original: FlightCase;
  readonly caseIndex: number;
  /** How often the small case failed when it was played anew, each time in a fresh system; of 0 where there was no time. */
  readonly plays: { readonly failed: number; readonly of: number };
  /** One of these in which it failed; null where there is none. */
  readonly seen: SeenFlight | null;
}

/** Different orders are counted up to so many. */
export const ORDERS_COUNTED = 2 ** 20;

/** One and what came behind it. */
export function countedWith(one: FlightCounts, next: FlightCounts): FlightCounts {
  return {
    cases: one.cases + next.cases,
    operations: one.operations + next.operations,
    overlaps: one.overlaps + next.overlaps,
    advances: one.advances + next.advances,
    mostInFlight: Math.max(one.mostInFlight, next.mostInFlight),
    undecided: one.undecided + next.undecided,
    whyUndecided: one.whyUndecided ?? next.whyUndecided,
  };
}

export class FlightStatistics {
  counts: FlightCounts = nothingCounted;
  repeated = 0;
  /** By the clock, however many play. */
  seconds = 0;
  /** Of others who play batches, together. */
  crewSeconds = 0;
  ended: SearchEnd | 'trouble' = 'cases';
  trouble: EnvironmentError | null = null;
  readonly findings: FlightFinding[] = [];
  readonly memory = new MemoryWatch();
  /** Hashes of the different orders in which requests were submitted, went on and were answered. */
  readonly orders = new Set<number>();

  add({ counts, orders }: PlayedFlights): void {
    this.counts = countedWith(this.counts, counts);
    for (const order of orders) if (this.orders.size < ORDERS_COUNTED) this.orders.add(order);
  }
}
