/** One campaign seed decides everything: the seed of each batch of cases follows from it. */
import seedrandom from 'seedrandom';

export function* batchSeeds(campaignSeed: number): Generator<number, never> {
  const random = seedrandom.alea(`colocheck campaign ${campaignSeed}`);
  for (;;) yield random.int32();
}

/** A seed that differs from run to run, for those who name none; it is always printed. */
export function freshSeed(): number {
  return seedrandom().int32() >>> 1;
}
