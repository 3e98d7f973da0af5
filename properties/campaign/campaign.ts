/** A random campaign: cases until a limit, every failure shrunk and reported, the search going on behind it. */
import { EnvironmentError } from '../../impl/environment-error.ts';
import { Interrupted } from '../../impl/held/interrupted.ts';
import { caseArbitrary } from '../generation/case-arbitrary.ts';
import { shardSeeds } from '../jobs/campaign-seeds.ts';
import { CampaignPatience } from '../confirm/campaign-patience.ts';
import { wholeJob } from '../jobs/shard.ts';
import type { Subject } from '../subjects/subject.ts';
import { beginBatch, nothingLeft } from './campaign-batch.ts';
import type { Finish } from './campaign-batch.ts';
import type { CampaignObserver, CampaignOptions } from './campaign-options.ts';
import { recordFailure, recordUnshrunk, tellFound } from './record-failure.ts';
import type { Failure } from './record-failure.ts';
import { emptyStatistics, secondsSince } from './statistics.ts';
import type { Statistics } from './statistics.ts';

export type { CampaignObserver, CampaignOptions, RecordedDivergence } from './campaign-options.ts';
export type { Finding, Statistics } from './statistics.ts';

// Small enough that signals and progress are seen many times a second.
const BATCH_CASES = { sync: 64, async: 4, ahead: 24 };

/** Shards are given whole batches of so many cases. */
export function batchCasesOf(subject: Subject): number {
  return BATCH_CASES[subject.kind === 'async' && subject.begin !== undefined ? 'ahead' : subject.kind];
}

/** What stops the search itself, an adapter that answers nonsense for instance, is kept in the statistics. */
export async function runCampaign(
  subject: Subject,
  options: CampaignOptions,
  observer: CampaignObserver,
): Promise<Statistics> {
  const statistics = emptyStatistics(options.operationsMax, performance.now());
  const failures: Failure[] = [];
  const clock = (): void => {
    statistics.seconds = secondsSince(statistics.began);
    statistics.curve.add(statistics.seconds, statistics.coverage.operations);
    statistics.memory.look(statistics.seconds);
  };
  const patience = new CampaignPatience(subject, options.secondsMax);
  try {
    for (const failure of options.recorded ?? [])
      if (statistics.findings.length < options.findingsMax)
        await recordFailure(subject, { ...failure, caseIndex: null }, statistics, options, observer);
    patience.begin();
    statistics.ended = await search(subject, options, observer, statistics, failures, clock, patience);
  } catch (error) {
    endBy(error, statistics);
    for (const failure of failures) recordUnshrunk(failure, statistics, observer);
  } finally {
    patience.end();
  }
  clock();
  return statistics;
}

/** Throws what is neither a signal nor an error of what was judged so far. */
function endBy(error: unknown, statistics: Statistics): void {
  if (error instanceof Interrupted) {
    statistics.ended = 'interrupted';
    return;
  }
  // Where nothing was judged yet there is nothing to tell.
  const isEmpty = statistics.cases === 0 && statistics.findings.length === 0;
  if (isEmpty || !(error instanceof EnvironmentError)) throw error;
  statistics.ended = 'trouble';
  statistics.trouble = error;
}

async function search(
  subject: Subject,
  options: CampaignOptions,
  observer: CampaignObserver,
  statistics: Statistics,
  failures: Failure[],
  clock: () => void,
  patience: CampaignPatience,
): Promise<Statistics['ended']> {
  const arbitrary = caseArbitrary({ capabilities: subject.capabilities, ...options });
  const batchCases = batchCasesOf(subject);
  let finish: Finish = nothingLeft;
  for (const { seed, batch: index } of shardSeeds(options.seed, options.shard ?? wholeJob)) {
    clock();
    observer.progress(statistics);
    const firstCase = index * batchCases;
    const end = endOf(statistics, firstCase, options, observer);
    const batch = { index, seed, firstCase, numRuns: Math.min(batchCases, options.casesMax - firstCase) };
    const begun =
      end === null
        ? await beginBatch(subject, arbitrary, batch, options.depth, statistics, failures, {
            begins: (cases) => observer.begins?.(cases, batch),
            fails: (failure) => tellFound(failure, failures, statistics, options, observer),
          })
        : nothingLeft;
    await finish();
    finish = begun;
    // A failure is shrunk with nothing else on the way.
    if (failures.length > 0) {
      await finish();
      finish = nothingLeft;
    }
    for (const failure of failures) {
      if (statistics.findings.length < options.findingsMax)
        await recordFailure(subject, failure, statistics, options, observer);
      patience.goOn();
    }
    failures.length = 0;
    if (end !== null) return end;
    // Lets signal handlers run between batches of a system that never waits.
    await new Promise((resolve) => setImmediate(resolve));
  }
  return 'cases';
}

function endOf(
  statistics: Statistics,
  drawn: number,
  options: CampaignOptions,
  observer: CampaignObserver,
): Statistics['ended'] | null {
  if (observer.interrupted()) return 'interrupted';
  if (statistics.findings.length >= options.findingsMax) return 'findings';
  if (drawn >= options.casesMax) return 'cases';
  return statistics.seconds >= options.secondsMax ? 'time' : null;
}
