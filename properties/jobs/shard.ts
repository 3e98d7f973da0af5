/** The part of a job that one of several machines does: decided by numbers alone, without overlap and without a gap. */
import { UsageError } from './usage-error.ts';

/** Shard `index` of `count`, from 1. */
export interface Shard {
  readonly index: number;
  readonly count: number;
}

export const wholeJob: Shard = { index: 1, count: 1 };

/** Job numbers and machines beyond this are surely a mistake. */
const SHARDS_MAX = 10_000;

export const shardForm = `must be I/N, as in 2/4: whole numbers, I from 1 to N, N up to ${SHARDS_MAX}`;

/** `2/4` as a shard; null where it is none. */
export function parseShard(text: string): Shard | null {
  const [, index, count] = /^(\d{1,5})\/(\d{1,5})$/.exec(text) ?? [];
  const shard = { index: Number(index), count: Number(count) };
  const isSound = shard.index >= 1 && shard.index <= shard.count && shard.count <= SHARDS_MAX;
  return isSound ? shard : null;
}

/** Piece number `piece`, from 0, goes to the shards in turn. */
export function isOfShard({ index, count }: Shard, piece: number): boolean {
  return piece % count === index - 1;
}

export function isWhole({ count }: Shard): boolean {
  return count === 1;
}

/** A shard with nothing to do would pass for one that found nothing. Throws a `UsageError`. */
export function requireBatches(shard: Shard, casesMax: number, batchCases: number): void {
  const batches = Math.ceil(casesMax / batchCases);
  if (isWhole(shard) || batches >= shard.count) return;
  const enough = batchCases * (shard.count - 1) + 1;
  throw new UsageError(
    `--cases ${casesMax} makes ${batches} batches of ${batchCases} for ${shard.count} shards: use at least ${enough} cases, or at most ${batches} shards`,
  );
}
