/** A batch of a campaign: what it is, who plays it, and what came of it. All of it is plain data: a player may be elsewhere. */
import type { Depth } from '../../impl/system.ts';
import type { Case } from '../cases/case.ts';
import type { Divergence } from '../comparison/divergence.ts';
import type { CoverageGain } from '../coverage/coverage-gain.ts';
import type { GeometryChoice } from '../cases/geometries.ts';

/** Which cases of a campaign. */
export interface BatchPlace {
  readonly index: number;
  readonly firstCase: number;
  readonly numRuns: number;
}

/** Cases that are drawn from one seed: they depend on nothing else, and so not on who plays them, nor when. */
export interface Batch extends BatchPlace {
  readonly seed: number;
}

/** How the cases of a campaign are drawn and judged. */
export interface PlayOptions {
  readonly operationsMax: number;
  readonly geometry: GeometryChoice;
  readonly depth: Depth;
}

export interface BatchFailure {
  readonly testCase: Case;
  readonly divergence: Divergence;
  readonly caseIndex: number;
  /** What the same process had been given before, oldest first. */
  readonly before: readonly Case[];
}

export interface PlayedBatch {
  /** `lengths[n]` operations had case n of those that were judged. */
  readonly lengths: readonly number[];
  readonly reached: CoverageGain;
  /** One for each failure, in the order of the cases: null where this player has handed on one of its signature before. */
  readonly failures: readonly (BatchFailure | null)[];
  /** Operations of the batch before its first failure, and how many seconds before the end of the batch it was. */
  readonly firstFailure: { readonly operations: number; readonly secondsAgo: number } | null;
  /** Seconds: the first is for drawing cases, which runs the model. */
  readonly drawing: number;
  readonly judging: number;
  /** What kept it from being played to its end; null where nothing did. */
  readonly error: Error | null;
}

export interface BatchPlayer<Given = Batch, Played = PlayedBatch> {
  /** How many batches it can be given before it has answered the first of them. */
  readonly batchesMax: number;
  /** Null where it has given up, for nobody wants to know any more. Never rejects. */
  play(batch: Given): Promise<Played | null>;
}
