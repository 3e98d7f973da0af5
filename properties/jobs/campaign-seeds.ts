/** One campaign seed decides everything: the seed of each batch of cases follows from it. */
import seedrandom from 'seedrandom';
import { isOfShard } from './shard.ts';
import type { Shard } from './shard.ts';

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

/** A seed that differs from run to run, for those who name none; it is always printed. */
export function freshSeed(): number {
  return seedrandom().int32() >>> 1;
}
