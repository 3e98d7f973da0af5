/** Exhaustive searches that have ended, as a result. */
import type { ExploreOptions } from './explore-options.ts';
import type { World } from './worlds/world.ts';
import { RESULT_VERSION } from '../results/result-head.ts';
import type { ExploreResult } from '../results/result-schema.ts';
import { versionsHere } from '../jobs/versions.ts';

/** `all` are the worlds of every shard. */
export function exploreResult(
  all: readonly World[],
  searched: ExploreResult['searched'],
  findings: ExploreResult['findings'],
  options: ExploreOptions,
): ExploreResult {
  const { systemName, shard, depthMax, statesMax, secondsMax } = options;
  const finite = (limit: number): number | null => (Number.isFinite(limit) ? limit : null);
  return {
    format: 'colocheck-result',
    version: RESULT_VERSION,
    command: 'explore',
    repeat: options.repeat,
    versions: versionsHere(),
    system: { name: systemName, option: systemName },
    comparison: 'qemu',
    shards: { count: shard.count, done: [shard.index] },
    options: {
      worlds: all.map(({ name }) => name),
      reduction: options.reduction,
      depth: finite(depthMax),
      states: finite(statesMax),
      seconds: finite(secondsMax),
      memoryBytes: options.memoryBytes,
    },
    searched,
    findings,
  };
}
