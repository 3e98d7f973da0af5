/** The command `verify --in-flight`: a random campaign in which requests overlap. */
import type { Verdict } from '../options/exit-codes.ts';
import { isInterrupted, noteDivergence, untilInterrupted } from '../options/interruption.ts';
import { print } from '../options/options.ts';
import { subjectOptions } from '../options/system.ts';
import type { SystemFlags } from '../options/system.ts';
import type { WorkerFlags } from '../options/workers.ts';
import { flightCrewOf } from '../workers/crew.ts';
import { ProgressLine, timeLeft } from '../../properties/campaign/progress.ts';
import type { TimeGoal } from '../../properties/campaign/progress.ts';
import { parseGeometry } from '../../properties/cases/geometry-option.ts';
import { runFlightCampaign } from '../../properties/in-flight/campaign/flight-campaign.ts';
import { flightResult, flightSummary } from '../../properties/in-flight/campaign/flight-summary.ts';
import type { SavedFinding } from '../../properties/in-flight/campaign/flight-summary.ts';
import type { FlightStatistics } from '../../properties/in-flight/campaign/flight-statistics.ts';
import type { FlightSubject } from '../../properties/in-flight/running/flight-subject.ts';
import { freshSeed } from '../../properties/jobs/campaign-seeds.ts';
import { UsageError } from '../../properties/jobs/usage-error.ts';
import { connectFlight } from '../../properties/subjects/flight-subjects.ts';
import type { SubjectOptions } from '../../properties/subjects/subjects.ts';
import { recordFlight } from '../../traces/in-flight/record-flight.ts';
import { savedFlights } from '../../traces/in-flight/saved-flights.ts';
import { requireWritable } from '../../traces/replay/failure-folder.ts';

export interface InFlightFlags extends SystemFlags, WorkerFlags {
  readonly seed?: number;
  readonly cases?: number;
  readonly operations: number;
  readonly geometry: string;
  readonly maxFindings?: number;
  readonly failures: string;
  readonly json?: true;
  readonly replay: boolean;
}

const FINDINGS_MAX = 5;

/** What only a campaign without overlap has; `given` are the options that were typed. */
export function requireNoOther(given: readonly string[]): void {
  const [other] = given;
  if (other !== undefined) throw new UsageError(`--in-flight has no ${other}: leave one of them out`);
}

export async function verifyInFlight(flags: InFlightFlags, secondsMax: number): Promise<Verdict> {
  requireWritable(flags.failures);
  const asked = await subjectOptions(flags);
  const subject = await connectFlight(flags.system, asked);
  return untilInterrupted(async () => {
    try {
      return await campaign(subject, asked, flags, secondsMax);
    } finally {
      await subject.shutdown();
    }
  });
}

async function campaign(
  subject: FlightSubject,
  asked: SubjectOptions,
  flags: InFlightFlags,
  secondsMax: number,
): Promise<Verdict> {
  const { failures, json } = flags;
  const saved = flags.replay ? await savedFlights(failures, subject) : { run: 0, failing: [] };
  if (saved.failing.length > 0) {
    noteDivergence();
    process.stderr.write(`saved failures: ${saved.failing.length} of ${saved.run} still fail\n`);
    for (const path of saved.failing) process.stderr.write(`  ${path}\n`);
  }
  const seed = flags.seed ?? freshSeed();
  if (json !== true)
    print(
      `colocheck verify: ${subject.name}, requests in flight (comparison: ${subject.comparison}), seed ${seed}`,
    );
  const progress = new ProgressLine(process.stderr);
  const found: SavedFinding[] = [];
  const options = {
    seed,
    casesMax: flags.cases ?? Infinity,
    secondsMax,
    operationsMax: flags.operations,
    geometry: parseGeometry(flags.geometry, subject.capabilities),
    findingsMax: flags.maxFindings ?? FINDINGS_MAX,
    crew: flightCrewOf(flags.system, asked, flags),
  };
  const statistics = await runFlightCampaign(subject, options, {
    progress: (now) => progress.show(now.seconds, () => flightProgressText(now, options)),
    interrupted: isInterrupted,
    finding: (finding) => {
      noteDivergence();
      progress.clear();
      const one = recordFlight(subject, finding, { seed }, failures);
      found.push(one);
      process.stderr.write(`found: ${one.sentence}: ${one.trace}\n`);
    },
  });
  progress.clear();
  const result = flightResult(subject, statistics, seed, found);
  print(json === true ? JSON.stringify(result, null, 2) : flightSummary(subject, statistics, seed, found));
  if (statistics.trouble !== null) throw statistics.trouble;
  return verdictOf(statistics, saved.failing.length);
}

function flightProgressText({ counts, seconds, findings }: FlightStatistics, goal: TimeGoal): string {
  const { cases, operations } = counts;
  const rate = Math.round(operations / Math.max(seconds, 0.001));
  const failures = findings.length === 0 ? '' : `, ${findings.length} findings`;
  return `${cases} cases, ${operations} operations judged, ${rate}/s, ${timeLeft({ cases, seconds }, goal)}${failures}`;
}

/** Undecided cases promise nothing. */
function verdictOf({ counts, findings, ended }: FlightStatistics, failing: number): Verdict {
  const { cases, undecided } = counts;
  if (findings.length > 0 || failing > 0) return false;
  return cases === 0 || ended === 'interrupted' || undecided > 0 ? 'incomplete' : true;
}
