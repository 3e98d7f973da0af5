/**
 * A batch of a campaign with overlap: the programs that are drawn for it, and what came of their cases. All of it is plain
 * data: a player may be elsewhere.
 */
import type { BatchPlace } from '../../batches/batch.ts';
import type { GeometryChoice } from '../../cases/geometries.ts';
import { batchSeeds } from '../../jobs/campaign-seeds.ts';
import { isOfShard, wholeJob } from '../../jobs/shard.ts';
import type { Shard } from '../../jobs/shard.ts';
import type { FlightCase } from '../cases/flight-case.ts';
import type { Strategy } from '../drawing/interleave.ts';
import type { FlightDivergence } from '../running/flight-divergence.ts';
import type { FlightSubject } from '../running/flight-subject.ts';

/** Of each program there are several cases, one for each order: they depend on nothing but its seed. */
export interface FlightBatch extends BatchPlace {
  readonly seeds: readonly number[];
}

/** How the cases of a campaign are drawn. */
export interface FlightPlayOptions {
  readonly operationsMax: number;
  readonly geometry: GeometryChoice;
  readonly strategy?: Strategy;
}

export interface FlightFailure {
  readonly testCase: FlightCase;
  readonly divergence: FlightDivergence;
  readonly caseIndex: number;
}

/** What is counted of cases. */
export interface FlightCounts {
  readonly cases: number;
  readonly operations: number;
  /** Requests that were submitted while another one was in flight. */
  readonly overlaps: number;
  /** How often a request was let go on to its next station. */
  readonly advances: number;
  readonly mostInFlight: number;
  /** Cases in which a bound of the judge was met: neither right nor wrong. */
  readonly undecided: number;
  readonly whyUndecided: string | null;
}

export interface PlayedFlights {
  readonly counts: FlightCounts;
  /** Hashes of the orders that were followed where requests overlapped. */
  readonly orders: readonly number[];
  /** One for each failure, in the order of the cases: null where this player has handed on one of its signature before. */
  readonly failures: readonly (FlightFailure | null)[];
  /** The time was over before its last case. */
  readonly isCut: boolean;
  /** What kept it from being played to its end; null where nothing did. */
  readonly error: Error | null;
}

/** One program is played in so many orders: the first says how many stations its requests have. */
export const ORDERS_A_PROGRAM = 8;
/** Small enough that signals and progress are seen many times a second. */
const PROGRAMS = { sync: 8, async: 1 };

export const nothingCounted: FlightCounts = {
  cases: 0,
  operations: 0,
  overlaps: 0,
  advances: 0,
  mostInFlight: 0,
  undecided: 0,
  whyUndecided: null,
};

/** Players are given whole batches of so many cases. */
export function batchFlightsOf({ kind }: FlightSubject): number {
  return PROGRAMS[kind] * ORDERS_A_PROGRAM;
}

interface BatchesAsked {
  readonly seed: number;
  readonly casesMax: number;
  readonly shard?: Shard;
}

/** Program after program, as many as the cases need; batches are handed to the shards in turn. */
export function* flightBatches(
  subject: FlightSubject,
  { seed, casesMax, shard = wholeJob }: BatchesAsked,
): Generator<FlightBatch, void> {
  const batchFlights = batchFlightsOf(subject);
  const programs = batchSeeds(seed);
  for (let index = 0; index * batchFlights < casesMax; index++) {
    const firstCase = index * batchFlights;
    const numRuns = Math.min(batchFlights, casesMax - firstCase);
    const seeds = Array.from({ length: Math.ceil(numRuns / ORDERS_A_PROGRAM) }, () => programs.next().value);
    if (isOfShard(shard, index)) yield { index, seeds, firstCase, numRuns };
  }
}
