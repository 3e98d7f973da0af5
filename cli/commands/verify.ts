/** The command `verify`: a random campaign. */
import { Option } from 'commander';
import type { Command } from 'commander';
import { exitCodeHelp } from '../options/exit-codes.ts';
import type { Finish, Verdict } from '../options/exit-codes.ts';
import { isInterrupted, noteDivergence, untilInterrupted } from '../options/interruption.ts';
import { positiveNumber, print, wholeNumber } from '../options/options.ts';
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
import { connectLogged, logOption, subjectOptions, withSystem } from '../options/system.ts';
import type { SystemFlags } from '../options/system.ts';
import { verdictOf } from '../../properties/report/result-summary.ts';
import { geometryNames } from '../../properties/cases/geometries.ts';
import type { Subject } from '../../properties/subjects/subject.ts';
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

interface VerifyFlags extends SystemFlags, ResultFlags {
  cases?: number;
  minutes?: number;
  seed?: number;
  operations: number;
  geometry: string;
  compare?: 'full' | 'sampled';
  maxFailures?: number;
  failures: string;
  log?: string;
  json?: true;
  replay: boolean;
  recorded: boolean;
  situations?: true;
}

export function addVerify(program: Command, finish: Finish): void {
  const command = withSystem(program.command('verify'));
  withReport(withShards(command, 'cases of one campaign, with --seed and --cases'))
    .description('Random sequences of operations on the system and the model, compared after every step.')
    .option('--cases <count>', 'end after this many cases', wholeNumber)
    .option(
      '--minutes <minutes>',
      'end after this time (default: 1, or no limit with --cases)',
      positiveNumber,
    )
    .option('--seed <number>', 'repeat a campaign; the seed of each run is printed', wholeNumber)
    .option('--operations <count>', 'longest case', wholeNumber, 100)
    .option(
      '--geometry <name|sizes>',
      `${geometryNames.join(', ')}, or length=8,sector=8,active=2,hidden=2,copy=2,commit=2 (and active-slice=2, hidden-slice=2)`,
      'mixed',
    )
    .addOption(
      new Option('--compare <depth>', 'bytes looked at after each step; sampled is for big disks').choices([
        'full',
        'sampled',
      ]),
    )
    .option(
      '--max-failures <count>',
      'end after this many kinds of failure (default: 5, or no limit with --shard)',
      wholeNumber,
    )
    .option('--failures <folder>', 'where failing traces are saved', 'traces/saved/failures')
    .addOption(logOption())
    .option('--no-replay', 'do not run the saved failures first')
    .option('--no-recorded', 'do not play the recorded traces first')
    .option('--situations', 'list how often each situation was met, and what it is')
    .option('--require-coverage', 'fail where a cell or a branch that can be reached was not')
    .option('--json', 'print the result as JSON')
    .addHelpText('after', exitCodeHelp)
    .action(async (flags: VerifyFlags) => {
      requireSense(flags);
      requireWritable(flags.failures);
      requireWritableResults(flags);
      await withSubject(flags, async (subject) => finish(await runVerify(subject, flags)));
    });
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

async function runVerify(subject: Subject, flags: VerifyFlags): Promise<Verdict> {
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
    findingsMax: flags.maxFailures ?? (flags.shard === undefined ? 5 : Infinity),
    json: flags.json === true,
    comparison: subject.comparison,
    requireCoverage: flags.requireCoverage === true,
    shard,
    repeat: (seed) => repeatOf('verify', seed),
    savedFailures: { run: saved?.run ?? 0, failing: saved?.failing ?? [] },
    listsSituations: flags.situations === true,
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

async function withSubject(flags: VerifyFlags, use: (subject: Subject) => Promise<void>): Promise<void> {
  const subject = await connectLogged(flags.system, await subjectOptions(flags), flags.log);
  await untilInterrupted(() =>
    savingBrokenCase(subject, flags.failures, async () => {
      try {
        await use(subject);
      } finally {
        await subject.shutdown();
      }
    }),
  );
}
