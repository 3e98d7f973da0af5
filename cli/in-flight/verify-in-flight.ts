/** The command `verify --in-flight`: a random campaign in which requests overlap. */
import type { Verdict } from '../options/exit-codes.ts';
import { isInterrupted, noteDivergence, untilInterrupted } from '../options/interruption.ts';
import { print } from '../options/options.ts';
import { noted, repeatOf, requireWritableResults, shardOf, writeResults } from '../options/results.ts';
import type { ResultFlags } from '../options/results.ts';
import { subjectOptions } from '../options/system.ts';
import type { SystemFlags } from '../options/system.ts';
import type { WorkerFlags } from '../options/workers.ts';
import { flightCrewOf } from '../workers/crew.ts';
import { ProgressLine, timeLeft } from '../../properties/campaign/progress.ts';
import type { TimeGoal } from '../../properties/campaign/progress.ts';
import { parseGeometry } from '../../properties/cases/geometry-option.ts';
import { batchFlightsOf } from '../../properties/in-flight/campaign/flight-batch.ts';
import type { FlightBatch } from '../../properties/in-flight/campaign/flight-batch.ts';
import { runFlightCampaign } from '../../properties/in-flight/campaign/flight-campaign.ts';
import type { FlightObserver } from '../../properties/in-flight/campaign/flight-options.ts';
import { flightResult, plainFlightResult } from '../../properties/in-flight/campaign/flight-result.ts';
import type { FlightsAsked } from '../../properties/in-flight/campaign/flight-result.ts';
import { flightSummary } from '../../properties/in-flight/campaign/flight-summary.ts';
import type { FlightStatistics } from '../../properties/in-flight/campaign/flight-statistics.ts';
import type { FlightSubject } from '../../properties/in-flight/running/flight-subject.ts';
import { freshSeed } from '../../properties/jobs/campaign-seeds.ts';
import { isWhole, requireBatches } from '../../properties/jobs/shard.ts';
import { UsageError } from '../../properties/jobs/usage-error.ts';
import { verdictOf } from '../../properties/report/result-summary.ts';
import type { FlightResult } from '../../properties/results/result-schema.ts';
import { connectFlight } from '../../properties/subjects/flight-subjects.ts';
import type { SubjectOptions } from '../../properties/subjects/subjects.ts';
import { recordFlight } from '../../traces/in-flight/record-flight.ts';
import type { RecordedFlight } from '../../traces/in-flight/record-flight.ts';
import { savedFlights } from '../../traces/in-flight/saved-flights.ts';
import { CaseInHand, describeKilledRuns } from '../../traces/record/case-in-hand.ts';
import { requireWritable } from '../../traces/replay/failure-folder.ts';

export interface InFlightFlags extends SystemFlags, WorkerFlags, ResultFlags {
  readonly seed?: number;
  readonly cases?: number;
  readonly operations: number;
  readonly geometry: string;
  readonly maxFindings?: number;
  readonly maxFailures?: number;
  readonly failures: string;
  readonly json?: true;
  readonly replay: boolean;
}

/** Of a campaign that is no shard. */
const FINDINGS_MAX = 5;

/** What only a campaign without overlap has; `given` are the options that were typed. */
export function requireNoOther(given: readonly string[]): void {
  const [other] = given;
  if (other !== undefined) throw new UsageError(`--in-flight has no ${other}: leave one of them out`);
}

export async function verifyInFlight(flags: InFlightFlags, secondsMax: number): Promise<Verdict> {
  requireWritable(flags.failures);
  requireWritableResults(flags);
  const asked = await subjectOptions(flags);
  const subject = await connectFlight(flags.system, asked);
  return untilInterrupted(async () => {
    try {
      return await verify(subject, campaignAsked(subject, asked, flags, secondsMax), flags);
    } finally {
      await subject.shutdown();
    }
  });
}

function campaignAsked(
  subject: FlightSubject,
  asked: SubjectOptions,
  flags: InFlightFlags,
  secondsMax: number,
): FlightsAsked {
  const shard = shardOf(flags);
  const casesMax = flags.cases ?? Infinity;
  requireBatches(shard, casesMax, batchFlightsOf(subject));
  const seed = flags.seed ?? freshSeed();
  return {
    seed,
    casesMax,
    secondsMax,
    operationsMax: flags.operations,
    geometry: parseGeometry(flags.geometry, subject.capabilities),
    geometryName: flags.geometry,
    findingsMax: flags.maxFindings ?? flags.maxFailures ?? (isWhole(shard) ? FINDINGS_MAX : Infinity),
    shard,
    repeat: repeatOf('verify', seed),
    crew: flightCrewOf(flags.system, asked, flags, {
      failures: flags.failures,
      repeat: () => repeatOf('verify', seed),
    }),
  };
}

async function verify(subject: FlightSubject, asked: FlightsAsked, flags: InFlightFlags): Promise<Verdict> {
  const { name, comparison } = subject;
  const { index, count } = shardOf(flags);
  for (const line of describeKilledRuns(flags.failures)) process.stderr.write(`${line}\n`);
  const savedFailures = await replaySaved(subject, flags);
  const part = count === 1 ? '' : `, shard ${index} of ${count}`;
  if (flags.json !== true)
    print(
      `colocheck verify: ${name}, requests in flight (comparison: ${comparison}), seed ${asked.seed}${part}`,
    );
  const progress = new ProgressLine(process.stderr);
  const recorded = new Map<string, RecordedFlight>();
  const observer = observing(subject, asked, flags.failures, progress, recorded);
  const inHand = new CaseInHand(flags.failures, subject, asked.seed, asked.repeat);
  const begins = (batch: FlightBatch): void => inHand.begins([], batch);
  const statistics = await runFlightCampaign(subject, asked, { ...observer, begins });
  progress.clear();
  // Before anything else is done with it.
  const memory = statistics.memory.end(statistics.seconds);
  const result = flightResult(subject, asked, statistics, recorded, savedFailures);
  writeResults(flags, result);
  inHand.end();
  const reports = new Map([...recorded.values()].map(({ trace, text }) => [trace, text]));
  print(
    flags.json === true
      ? JSON.stringify({ ...plainFlightResult(result), memory }, null, 2)
      : flightSummary(result, reports),
  );
  if (statistics.trouble !== null) throw statistics.trouble;
  return verdictOf(result, { requiresCoverage: false });
}

/** Once is enough: the first shard does. */
async function replaySaved(
  subject: FlightSubject,
  flags: InFlightFlags,
): Promise<FlightResult['savedFailures']> {
  if (!flags.replay || shardOf(flags).index !== 1) return { run: 0, failing: [] };
  const saved = await savedFlights(flags.failures, subject);
  if (saved.failing.length === 0) return saved;
  noteDivergence();
  process.stderr.write(`saved failures: ${saved.failing.length} of ${saved.run} still fail\n`);
  for (const path of saved.failing) process.stderr.write(`  ${path}\n`);
  return saved;
}

/** Saves each finding in `recorded`, by its signature, and in the folder of failures. */
function observing(
  subject: FlightSubject,
  { seed, casesMax, secondsMax, shard }: FlightsAsked,
  failures: string,
  progress: ProgressLine,
  recorded: Map<string, RecordedFlight>,
): FlightObserver {
  const goal = { secondsMax, casesMax: casesMax / (shard?.count ?? 1) };
  return {
    progress: (now) => progress.show(now.seconds, () => flightProgressText(now, goal)),
    interrupted: isInterrupted,
    finding: (finding) => {
      progress.clear();
      const one = recordFlight(subject, finding, { seed }, failures);
      noted({ path: one.trace, text: one.text });
      recorded.set(finding.signature, one);
      process.stderr.write(`found: ${one.sentence}: ${one.trace}\n`);
    },
  };
}

function flightProgressText({ counts, seconds, findings }: FlightStatistics, goal: TimeGoal): string {
  const { cases, operations } = counts;
  const rate = Math.round(operations / Math.max(seconds, 0.001));
  const failures = findings.length === 0 ? '' : `, ${findings.length} findings`;
  return `${cases} cases, ${operations} operations judged, ${rate}/s, ${timeLeft({ cases, seconds }, goal)}${failures}`;
}
