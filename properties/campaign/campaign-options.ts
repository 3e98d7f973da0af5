/** What a campaign is asked for, and who watches it. */
import type { Depth } from '../../impl/system.ts';
import type { Batch, PlayedBatch } from '../batches/batch.ts';
import type { Crew } from '../batches/crew.ts';
import type { Case } from '../cases/case.ts';
import type { Divergence } from '../comparison/divergence.ts';
import type { GeometryChoice } from '../cases/geometries.ts';
import type { Shard } from '../jobs/shard.ts';
import type { Finding, Statistics } from './statistics.ts';

export interface CampaignOptions {
  readonly seed: number;
  /** The campaign ends at whichever comes first. */
  readonly casesMax: number;
  readonly secondsMax: number;
  readonly operationsMax: number;
  readonly geometry: GeometryChoice;
  readonly depth: Depth;
  /** Ends the campaign after so many different signatures. */
  readonly findingsMax: number;
  /** The part of the campaign that is run; all of it where none is named. */
  readonly shard?: Shard;
  /** Others who play batches of the same campaign; null or left out: this process alone. */
  readonly crew?: CampaignCrew | null;
  /** What failed before any case was drawn: shrunk and reported like any other failure. */
  readonly recorded?: readonly RecordedDivergence[];
}

/** Others who play batches of a campaign without overlap. */
export type CampaignCrew = Crew<CampaignOptions, Batch, PlayedBatch>;

export interface RecordedDivergence {
  readonly trace: string;
  readonly testCase: Case;
  readonly divergence: Divergence;
  /** What the same process had been given before, oldest first. */
  readonly before: readonly Case[];
}

export interface CampaignObserver {
  /** Called often; must be cheap. */
  progress(statistics: Statistics): void;
  /** Receives a finding as it came up, before it is confirmed and shrunk. */
  found?(finding: Finding): void;
  finding(finding: Finding): void;
  /** Receives the cases that the system is given next, and what they are of the campaign. */
  begins?(cases: readonly Case[], batch: Batch): void;
  /** True once the user has asked to end. */
  interrupted(): boolean;
}
