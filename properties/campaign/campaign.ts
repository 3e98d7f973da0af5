/** A random campaign: cases until a limit, every failure shrunk and reported, the search going on behind it. */
import { EnvironmentError } from '../../impl/environment-error.ts';
import { Interrupted } from '../../impl/held/interrupted.ts';
import { CampaignPatience } from '../confirm/campaign-patience.ts';
import type { Subject } from '../subjects/subject.ts';
import type { CampaignObserver, CampaignOptions } from './campaign-options.ts';
import { CampaignSearch } from './campaign-search.ts';
import { recordFailure } from './record-failure.ts';
import { emptyStatistics } from './statistics.ts';
import type { Statistics } from './statistics.ts';

export type {
  CampaignObserver,
  CampaignOptions,
  CampaignCrew,
  RecordedDivergence,
} from './campaign-options.ts';
export type { Finding, Statistics } from './statistics.ts';

/** What stops the search itself, an adapter that answers nonsense for instance, is kept in the statistics. */
export async function runCampaign(
  subject: Subject,
  options: CampaignOptions,
  observer: CampaignObserver,
): Promise<Statistics> {
  const statistics = emptyStatistics(options.operationsMax, performance.now());
  const patience = new CampaignPatience(subject, options.secondsMax);
  const search = new CampaignSearch(subject, options, observer, statistics, patience);
  try {
    for (const failure of options.recorded ?? [])
      if (statistics.findings.length < options.findingsMax)
        await recordFailure(subject, { ...failure, caseIndex: null }, statistics, options, observer);
    patience.begin();
    statistics.ended = await search.run();
  } catch (error) {
    endBy(error, statistics);
  } finally {
    patience.end();
  }
  search.clock();
  return statistics;
}

/** Throws what is neither a signal nor an error of what was judged so far. */
function endBy(error: unknown, statistics: Statistics): void {
  if (error instanceof Interrupted) {
    statistics.ended = 'interrupted';
    return;
  }
  // Where nothing was judged yet there is nothing to report.
  const isEmpty = statistics.cases === 0 && statistics.findings.length === 0;
  if (isEmpty || !(error instanceof EnvironmentError)) throw error;
  statistics.ended = 'trouble';
  statistics.trouble = error;
}
