/** One campaign seed decides everything: the seed of each batch of cases follows from it. */
import seedrandom from 'seedrandom';
import { isOfShard } from './shard.ts';
import type { Shard } from './shard.ts';
import { UsageError } from './usage-error.ts';

export function* batchSeeds(campaignSeed: number): Generator<number, never> {
  const random = seedrandom.alea(`colocheck campaign ${campaignSeed}`);
  for (;;) yield random.int32();
}

export interface NumberedSeed {
  readonly seed: number;
  /** Which batch of the whole campaign this is, from 0. */
  readonly batch: number;
}

/** Batches are handed to the shards in turn, so that a case is the same whoever runs it. */
export function* shardSeeds(campaignSeed: number, shard: Shard): Generator<NumberedSeed, void> {
  let batch = 0;
  for (const seed of batchSeeds(campaignSeed)) {
    if (isOfShard(shard, batch)) yield { seed, batch };
    batch++;
  }
}

/** Set to 1 in all tests of this project, and so in the processes that they start: none may depend on chance. */
const SEEDS_FIXED = 'COLOCHECK_SEEDS_FIXED';

/** A seed that differs from run to run, for those who name none; it is always printed. Throws where none may be drawn. */
export function freshSeed(): number {
  if (process.env[SEEDS_FIXED] === '1')
    throw new UsageError(`${SEEDS_FIXED} is set, and no seed is named: add --seed NUMBER`);
  return seedrandom().int32() >>> 1;
}
