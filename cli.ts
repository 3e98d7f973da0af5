/** The command line: which commands there are, what they are told, and with which code they end. */
import { setFlagsFromString } from 'node:v8';
import { Command, CommanderError, Option } from 'commander';
import { addExplore } from './cli-explore.ts';
import { addMutants } from './cli-mutants.ts';
import { addReplay } from './cli-replay.ts';
import { addTour } from './cli-tour.ts';
import { addTraces } from './cli-traces.ts';
import {
  exitCodeHelp,
  isInterrupted,
  positiveNumber,
  print,
  untilInterrupted,
  wholeNumber,
} from './cli-options.ts';
import { EnvironmentError } from './impl/environment-error.ts';
import { geometryNames } from './properties/geometries.ts';
import { subjectOptions, withSystem } from './cli-system.ts';
import type { SystemFlags } from './cli-system.ts';
import { SystemLost } from './impl/system-lost.ts';
import { connectSubject } from './properties/subjects.ts';
import type { Subject } from './properties/subject.ts';
import { UsageError } from './properties/usage-error.ts';
import { verify } from './properties/verify.ts';
import { requireWritable } from './traces/failure-folder.ts';
import { explain as explainSubject } from './traces/explain.ts';
import { exportQmpScript, writeScript } from './traces/qmp-script.ts';
import { recordFinding } from './traces/record-finding.ts';
import { describeSavedFailures, runSavedFailures } from './traces/saved-failures.ts';
import { TraceError } from './traces/trace-error.ts';
import { readTrace } from './traces/trace-file.ts';

const exitCodes = { agreed: 0, diverged: 1, usage: 2, environment: 3 };

// A step crosses many small functions of model and system: with the engine's own limits half of them are called.
setFlagsFromString('--max-inlined-bytecode-size-cumulative=4000');
setFlagsFromString('--max-inlined-bytecode-size=1500');

async function main(): Promise<number> {
  const program = new Command('colocheck')
    .description('Checks implementations of COLO block replication against a pure reference model.')
    .exitOverride()
    .configureHelp({ showGlobalOptions: true });
  let exitCode = exitCodes.agreed;
  const finish = (agreed: boolean): void => {
    exitCode = agreed ? exitCodes.agreed : exitCodes.diverged;
  };
  addVerify(program, finish);
  addExplore(program, finish);
  addTour(program, finish);
  addMutants(program, finish);
  addTraces(program, finish);
  addReplay(program, finish);
  addExplain(program);
  addExport(program);
  addBench(program);
  try {
    await program.parseAsync();
    return exitCode;
  } catch (error) {
    return explain(error);
  }
}

interface VerifyFlags extends SystemFlags {
  cases?: number;
  minutes?: number;
  seed?: number;
  operations: number;
  geometry: string;
  compare?: 'full' | 'sampled';
  maxFailures: number;
  failures: string;
  json?: true;
  requireCoverage?: true;
  replay: boolean;
}

function addVerify(program: Command, finish: (agreed: boolean) => void): void {
  withSystem(program.command('verify'))
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
      `${geometryNames.join(', ')}, or length=8,sector=8,active=2,hidden=2,copy=2,commit=2`,
      'mixed',
    )
    .addOption(
      new Option('--compare <depth>', 'bytes looked at after each step; sampled is for big disks').choices([
        'full',
        'sampled',
      ]),
    )
    .option('--max-failures <count>', 'end after this many kinds of failure', wholeNumber, 5)
    .option('--failures <folder>', 'where failing traces are saved', 'traces/failures')
    .option('--no-replay', 'do not run the saved failures first')
    .option('--require-coverage', 'fail where a cell or a branch that can be reached was not')
    .option('--json', 'print the result as JSON')
    .addHelpText('after', exitCodeHelp)
    .action(async (flags: VerifyFlags) => {
      if (flags.operations < 1) throw new UsageError('--operations 0: a case needs at least one operation');
      requireWritable(flags.failures);
      const secondsDefault = flags.cases === undefined ? 60 : Infinity;
      await withSubject(flags, async (subject) => {
        const options = {
          seed: flags.seed ?? null,
          casesMax: flags.cases ?? Infinity,
          secondsMax: flags.minutes === undefined ? secondsDefault : flags.minutes * 60,
          operationsMax: flags.operations,
          geometry: flags.geometry,
          depth: flags.compare ?? null,
          findingsMax: flags.maxFailures,
          json: flags.json === true,
          comparison: flags.comparison,
          requireCoverage: flags.requireCoverage === true,
        };
        const saved = flags.replay ? await runSavedFailures(flags.failures, subject) : null;
        const told = saved === null ? null : describeSavedFailures(saved);
        if (told !== null) process.stderr.write(`${told}\n`);
        const agreed = await verify(subject, options, {
          progress: process.stderr,
          print,
          interrupted: isInterrupted,
          report: (of, finding, seed) => recordFinding(of, finding, seed, flags.failures),
        });
        finish(agreed && (saved?.failing.length ?? 0) === 0);
      });
    });
}

function addExplain(program: Command): void {
  program
    .command('explain')
    .argument('<line|trace>', 'a line of replication.c, or a trace file')
    .description(
      'Tells which cells and traces exercise a line of the seed, or which lines a trace exercises.',
    )
    .addHelpText('after', exitCodeHelp)
    .action((subject: string) => print(explainSubject(subject)));
}

function addExport(program: Command): void {
  program
    .command('export')
    .argument('<trace>', 'a trace file (JSON)')
    .requiredOption('--qmp', 'as a Python script that plays it on a bare QEMU')
    .option('--out <file>', 'where the script is written (default: it is printed)')
    .description('Writes a trace as a script that needs nothing of this project.')
    .addHelpText('after', exitCodeHelp)
    .action((path: string, { out }: { out?: string }) => {
      const script = exportQmpScript(readTrace(path), path);
      if (out === undefined) print(script);
      else writeScript(out, script);
    });
}

function addBench(program: Command): void {
  program
    .command('bench')
    .description('Measures the lockstep, its parts, and the data path of the efficient implementation.')
    .option('--qemu [path]', 'measure the real QEMU as well')
    .action(async (flags: { qemu?: string | true }) => {
      const { runBench } = await import('./properties/bench.ts');
      await runBench(print, flags.qemu);
    });
}

async function withSubject(flags: SystemFlags, use: (subject: Subject) => Promise<void>): Promise<void> {
  const subject = await connectSubject(flags.system, subjectOptions(flags));
  await untilInterrupted(async () => {
    try {
      await use(subject);
    } finally {
      await subject.shutdown();
    }
  });
}

/** One line on stderr for whatever the user can mend; anything else is a defect of colocheck and keeps its stack. */
function explain(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.agreed : exitCodes.usage;
  if (error instanceof UsageError || error instanceof TraceError) return complain(error, exitCodes.usage);
  if (error instanceof EnvironmentError || error instanceof SystemLost)
    return complain(error, exitCodes.environment);
  throw error;
}

function complain(error: Error, exitCode: number): number {
  process.stderr.write(`colocheck: ${error.message}\n`);
  return exitCode;
}

process.exitCode = await main();
