/** Who plays batches beside this process, each on a system of its own. */
import type { BatchPlayer } from './batch.ts';

/** `Asked` is the campaign that its batches, `Given`, are of; `Played` is what comes of one. */
export interface Crew<Asked, Given, Played> {
  /** They are called together so long after the search has begun; left out: when it is worth the start of processes. */
  readonly gatherMs?: number;
  /** Called when there is enough to do; calls `joins` for each that is ready. `secondsLeft` are those of the campaign. */
  gather(asked: Asked, secondsLeft: number, joins: (player: BatchPlayer<Given, Played>) => void): void;
  /** What they are at is broken off: each answers soon with what it has. */
  stop(): void;
  /** Nobody wants to know any more: what they still have to answer is null. Resolves when they are gone. */
  dismiss(): Promise<void>;
}
