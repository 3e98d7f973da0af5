/** What a campaign with overlap is asked for, and who watches it. */
import type { Crew } from '../../batches/crew.ts';
import type { Shard } from '../../jobs/shard.ts';
import type { FlightBatch, FlightPlayOptions, PlayedFlights } from './flight-batch.ts';
import type { FlightFinding, FlightStatistics } from './flight-statistics.ts';

export interface FlightOptions extends FlightPlayOptions {
  readonly seed: number;
  /** The campaign ends at whichever comes first. */
  readonly casesMax: number;
  readonly secondsMax: number;
  /** Ends the campaign after so many different signatures. */
  readonly findingsMax: number;
  /** The part of the campaign that is run; all of it where none is named. */
  readonly shard?: Shard;
  /** Others who play batches of the same campaign; null or left out: this process alone. */
  readonly crew?: FlightCrew | null;
}

export type FlightCrew = Crew<FlightOptions, FlightBatch, PlayedFlights>;

export interface FlightObserver {
  /** Called often; must be cheap. */
  progress(statistics: FlightStatistics): void;
  /** True once the user has asked to end. */
  interrupted(): boolean;
  finding(finding: FlightFinding): void;
  /** Receives the batch that this process plays next. */
  begins?(batch: FlightBatch): void;
}
