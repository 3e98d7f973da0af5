/** What a tour is asked for. */
import type { ComparisonMode } from '../cases/comparison-mode.ts';
import type { Shard } from '../jobs/shard.ts';

export interface TourOptions {
  readonly comparison: ComparisonMode;
  readonly secondsMax: number;
  readonly shard: Shard;
  /** What a command line calls the system. */
  readonly option: string;
  /** The command that does the same again, all shards of it. */
  readonly repeat: string;
}
