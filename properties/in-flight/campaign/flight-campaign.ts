/**
 * A random campaign with requests in flight: programs are drawn, each is played in several orders, and what no order
 * explains is played anew, shrunk and reported.
 */
import { EnvironmentError } from '../../../impl/environment-error.ts';
import { Interrupted } from '../../../impl/held/interrupted.ts';
import { CampaignPatience } from '../../confirm/campaign-patience.ts';
import type { FlightSubject } from '../running/flight-subject.ts';
import type { FlightObserver, FlightOptions } from './flight-options.ts';
import { FlightSearch } from './flight-search.ts';
import { FlightStatistics } from './flight-statistics.ts';

/** What stops the search itself, an adapter that answers nonsense for instance, is kept in the statistics. */
export async function runFlightCampaign(
  subject: FlightSubject,
  options: FlightOptions,
  observer: FlightObserver,
): Promise<FlightStatistics> {
  const statistics = new FlightStatistics();
  const patience = new CampaignPatience(subject, options.secondsMax);
  const search = new FlightSearch(subject, options, observer, statistics);
  patience.begin();
  try {
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
function endBy(error: unknown, statistics: FlightStatistics): void {
  if (error instanceof Interrupted) {
    statistics.ended = 'interrupted';
    return;
  }
  // Where nothing was judged yet there is nothing to report.
  const isEmpty = statistics.counts.cases === 0 && statistics.findings.length === 0;
  if (isEmpty || !(error instanceof EnvironmentError)) throw error;
  statistics.ended = 'trouble';
  statistics.trouble = error;
}
