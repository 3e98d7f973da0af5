/** The command `verify`: a random campaign. */
import { InvalidArgumentError, Option } from 'commander';
import type { Command } from 'commander';
import { exitCodeHelp } from '../options/exit-codes.ts';
import type { Finish, Verdict } from '../options/exit-codes.ts';
import { isInterrupted, noteDivergence, untilInterrupted } from '../options/interruption.ts';
import { helpGroups, positiveNumber, positiveWholeNumber, print, wholeNumber } from '../options/options.ts';
import {
  noted,
  repeatOf,
  requireWritableResults,
  shardOf,
  withReport,
  withShards,
  writeResults,
} from '../options/results.ts';
import type { ResultFlags } from '../options/results.ts';
import { withWorkers } from '../options/workers.ts';
import type { WorkerFlags } from '../options/workers.ts';
import { crewOf } from '../workers/crew.ts';
import { connectLogged, logOption, subjectOptions, withSystem } from '../options/system.ts';
import type { SystemFlags } from '../options/system.ts';
import { requireNoOther, verifyInFlight } from '../in-flight/verify-in-flight.ts';
import { verdictOf } from '../../properties/report/result-summary.ts';
import { geometryNames } from '../../properties/cases/geometries.ts';
import type { CampaignCrew } from '../../properties/campaign/campaign.ts';
import type { Subject } from '../../properties/subjects/subject.ts';
import type { SubjectOptions } from '../../properties/subjects/subjects.ts';
import { CampaignPatience } from '../../properties/confirm/campaign-patience.ts';
import { UsageError } from '../../properties/jobs/usage-error.ts';
import { verify } from '../../properties/campaign/verify.ts';
import type { RecordedPlayed, VerifyOptions } from '../../properties/campaign/verify.ts';
import { describeKilledRuns } from '../../traces/record/case-in-hand.ts';
import { savingBrokenCase } from '../../traces/record/broken-case.ts';
import { recordedTraces, runRecorded } from '../../traces/certify/recorded-part.ts';
import { requireWritable } from '../../traces/replay/failure-folder.ts';
import { FindingsFolder } from '../../traces/record/findings-folder.ts';
import { describeSavedFailures, runSavedFailures } from '../../traces/replay/saved-failures.ts';

interface VerifyFlags extends SystemFlags, ResultFlags, WorkerFlags {
  cases?: number;
  minutes?: number;
  seed?: number;
  operations: number;
  geometry: string;
  compare?: 'full' | 'sampled';
  maxFindings?: number;
  maxFailures?: number;
  coverage?: true;
  failures: string;
  log?: string;
  json?: true;
  replay: boolean;
  recorded: boolean;
  situations?: true;
  inFlight?: true;
}

/** Options that a campaign with overlap does not have, as commander names them. */
const notInFlight = ['coverage', 'situations', 'requireCoverage', 'compare', 'log', 'recorded'];

export function addVerify(program: Command, finish: Finish): void {
  const command = withWorkers(withSystem(program.command('verify')));
  withReport(withShards(command, 'some cases; npm run merge joins them'))
    .option('--cases <count>', 'end after this many cases', wholeNumber)
    .option('--minutes <minutes>', 'end after this time (default: 1; none with --cases)', positiveNumber)
    .option('--seed <number>', 'repeat a campaign; each run prints its seed', wholeNumber)
    .option('--coverage', 'tell what was reached how often, and what was not')
    .option('--in-flight', 'let requests overlap')
    .option('--situations', 'tell how often each situation was met')
    .addOption(
      new Option('--max-findings <count>', 'end after so many (default: 5; no limit with --shard)').argParser(
        positiveWholeNumber,
      ),
    )
    // Its name before there was one word for both sides.
    .addOption(new Option('--max-failures <count>').argParser(positiveWholeNumber).hideHelp())
    .addOption(
      new Option('--geometry <name|sizes>', `${geometryNames.join(', ')}, or length=8,...`)
        .default('mixed', 'mixed')
        .helpGroup(helpGroups.system),
    )
    .addOption(
      new Option('--operations <count>', 'longest case')
        .argParser(wholeNumber)
        .default(100)
        .helpGroup(helpGroups.system),
    )
    .addOption(
      new Option('--compare <depth>', 'full, or sampled: big disks through a pipe')
        .argParser(depthNamed)
        .helpGroup(helpGroups.system),
    )
    .addOption(new Option('--no-replay', 'do not run the saved failures first').helpGroup(helpGroups.system))
    .addOption(
      new Option('--no-recorded', 'do not play the recorded traces first').helpGroup(helpGroups.system),
    )
    .addOption(
      new Option('--require-coverage', 'fail where a cell or branch was not reached').helpGroup(
        helpGroups.results,
      ),
    )
    .addOption(
      new Option('--failures <folder>', 'for failing traces')
        .default('traces/saved/failures', 'traces/saved/failures')
        .helpGroup(helpGroups.results),
    )
    .addOption(logOption())
    .addOption(new Option('--json', 'print the result as JSON').helpGroup(helpGroups.results))
    .addHelpText('after', exitCodeHelp)
    .action(async (flags: VerifyFlags) => {
      requireSense(flags);
      const typed = command.options
        .filter((option) => notInFlight.includes(option.attributeName()))
        .filter((option) => command.getOptionValueSource(option.attributeName()) === 'cli')
        .map(({ long, flags: words }) => long ?? words);
      await (flags.inFlight === true ? actInFlight(flags, typed, finish) : actWithoutOverlap(flags, finish));
    });
}

async function actInFlight(flags: VerifyFlags, typed: readonly string[], finish: Finish): Promise<void> {
  requireNoOther(typed);
  finish(await verifyInFlight(flags, secondsOf(flags)));
}

async function actWithoutOverlap(flags: VerifyFlags, finish: Finish): Promise<void> {
  requireWritable(flags.failures);
  requireWritableResults(flags);
  await withSubject(flags, async (subject, asked) => finish(await runVerify(subject, asked, flags)));
}

function depthNamed(text: string): 'full' | 'sampled' {
  if (text === 'full' || text === 'sampled') return text;
  throw new InvalidArgumentError('Allowed choices are full, sampled.');
}

function requireSense({ operations, shard, seed, cases, minutes, requireCoverage }: VerifyFlags): void {
  if (operations < 1) throw new UsageError('--operations 0: a case needs at least one operation');
  if (shard === undefined) return;
  if (seed === undefined)
    throw new UsageError('--shard needs --seed: all shards are parts of the campaign of one seed');
  if (cases === undefined && minutes === undefined) {
    throw new UsageError(
      '--shard needs --cases, of the whole campaign; or --minutes, each for itself, and the merge is what all did',
    );
  }
  if (requireCoverage === true)
    throw new UsageError('--require-coverage is for the whole: give it to npm run merge');
}

async function runVerify(subject: Subject, asked: SubjectOptions, flags: VerifyFlags): Promise<Verdict> {
  const shard = shardOf(flags);
  // Once is enough.
  new CampaignPatience(subject, secondsOf(flags)).goOn();
  const replays = flags.replay && shard.index === 1;
  const saved = replays ? await runSavedFailures(flags.failures, subject) : null;
  const told = saved === null ? null : describeSavedFailures(saved);
  if (told !== null) process.stderr.write(`${told}\n`);
  const options: VerifyOptions = {
    seed: flags.seed ?? null,
    casesMax: flags.cases ?? Infinity,
    secondsMax: secondsOf(flags),
    operationsMax: flags.operations,
    geometry: flags.geometry,
    depth: flags.compare ?? null,
    findingsMax: flags.maxFindings ?? flags.maxFailures ?? (flags.shard === undefined ? 5 : Infinity),
    json: flags.json === true,
    comparison: subject.comparison,
    requireCoverage: flags.requireCoverage === true,
    shard,
    repeat: (seed) => repeatOf('verify', seed),
    savedFailures: { run: saved?.run ?? 0, failing: saved?.failing ?? [] },
    listsCoverage: flags.coverage === true,
    listsSituations: flags.situations === true,
    crew: flags.log === undefined ? crewFor(asked, flags) : null,
    measuresParts: flags.results !== undefined || flags.report !== undefined,
  };
  for (const line of describeKilledRuns(flags.failures)) process.stderr.write(`${line}\n`);
  const folder = new FindingsFolder(flags.failures, (seed) => repeatOf('verify', seed));
  const result = await verify(subject, options, {
    progress: process.stderr,
    print,
    interrupted: isInterrupted,
    recorded: (tell) =>
      flags.recorded && shard.index === 1 ? playRecorded(subject, tell) : Promise.resolve(null),
    begins: (...next) => folder.begins(...next),
    found: (...finding) => {
      noteDivergence();
      return folder.found(...finding);
    },
    report: (...finding) => noted(folder.report(...finding)),
    ended: (reached) => writeResults(flags, reached),
  });
  folder.end();
  return verdictOf(result, { requiresCoverage: flags.requireCoverage === true });
}

/** A log is of one system that is asked one thing after the other. */
function crewFor(asked: SubjectOptions, flags: VerifyFlags): CampaignCrew | null {
  const { system, failures } = flags;
  return crewOf(system, asked, flags, { failures, repeat: (seed) => repeatOf('verify', seed) });
}

function secondsOf({ cases, minutes }: VerifyFlags): number {
  if (minutes !== undefined) return minutes * 60;
  return cases === undefined ? 60 : Infinity;
}

/** As `certify` does, but that what fails is a finding of the campaign. */
async function playRecorded(
  subject: Subject,
  told: (played: number, of: number) => void,
): Promise<RecordedPlayed> {
  const { summary, failures } = await runRecorded(recordedTraces(), subject, undefined, {
    told,
    interrupted: isInterrupted,
  });
  const { agreed, diverged, notRun, notApplicable } = summary;
  return {
    counts: { played: agreed + diverged, diverged, notRun, leftOut: notApplicable.length },
    failures: failures.map(({ trace: { path, testCase }, divergence, before }) => ({
      trace: path,
      testCase,
      divergence,
      before,
    })),
  };
}

async function withSubject(
  flags: VerifyFlags,
  use: (subject: Subject, options: SubjectOptions) => Promise<void>,
): Promise<void> {
  const options = await subjectOptions(flags);
  const subject = await connectLogged(flags.system, options, flags.log);
  await untilInterrupted(() =>
    savingBrokenCase(subject, flags.failures, async () => {
      try {
        await use(subject, options);
      } finally {
        await subject.shutdown();
      }
    }),
  );
}
