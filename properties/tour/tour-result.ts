/** A tour that has ended, as a result, and the line that reports it. */
import type { TourOptions } from './tour-options.ts';
import type { Tour } from './tour.ts';
import { RESULT_VERSION } from '../results/result-head.ts';
import type { TourResult } from '../results/result-schema.ts';
import { versionsHere } from '../jobs/versions.ts';

interface TourDone extends Tour {
  readonly seconds: number;
  readonly failures: TourResult['failures'];
}

export function tourResult(
  world: string,
  system: string,
  done: TourDone,
  { comparison, secondsMax, shard, option, repeat }: TourOptions,
): TourResult {
  const { ended, transitions, covered, excluded, unentered, walks, operations, otherwise, seconds } = done;
  return {
    format: 'colocheck-result',
    version: RESULT_VERSION,
    command: 'tour',
    repeat,
    versions: versionsHere(),
    system: { name: system, option },
    comparison,
    shards: { count: shard.count, done: [shard.index] },
    options: { world, seconds: Number.isFinite(secondsMax) ? secondsMax : null },
    ended,
    transitions,
    covered,
    excluded,
    unentered,
    walks,
    operations,
    otherwise,
    seconds,
    failures: done.failures,
  };
}

export function describeTour(result: TourResult): string {
  const { covered, transitions, excluded, unentered, walks, operations, otherwise, failures, ended } = result;
  const enterable = transitions - unentered;
  const share = ((100 * covered) / enterable).toFixed(covered === enterable ? 0 : 2);
  const aside = [
    `${excluded} more cannot be given to it`,
    ...(unentered === 0 ? [] : [`${unentered} are of states that it does not come to`]),
  ].join(', ');
  return `${result.options.world} on ${result.system.name}: ${covered}/${enterable} transitions (${share} %), ${aside}, ${walks} walks, ${operations} operations in ${result.seconds.toFixed(0)} s, ${failures.length} divergences, ${otherwise} steps that ended in another allowed state (${ended}; comparison: ${result.comparison})`;
}

/** True where every transition was walked and nothing differed. */
export function isWholeTour({ ended, failures }: TourResult): boolean {
  return ended === 'complete' && failures.length === 0;
}
