/** The command line: the commands, their options, and the exit codes. */
import { setFlagsFromString } from 'node:v8';
import { Command, CommanderError } from 'commander';
import { tellError } from './options/checks.ts';
import { addCertify } from './commands/certify.ts';
import { addDeviations } from './commands/deviations.ts';
import { addCompare, addMatrix } from './commands/compare.ts';
import { addExplore } from './commands/explore.ts';
import { addExport } from './commands/export.ts';
import { addJudge } from './commands/judge.ts';
import { addLines } from './commands/lines.ts';
import { addMerge } from './commands/merge.ts';
import { addMutants } from './commands/mutants.ts';
import { addReplay } from './commands/replay.ts';
import { addTour } from './commands/tour.ts';
import { addTraces } from './commands/traces.ts';
import { addVerify } from './commands/verify.ts';
import { exitCodeHelp, print } from './options/options.ts';
import { addView } from './commands/view.ts';
import { EnvironmentError } from '../impl/environment-error.ts';
import { SystemLost } from '../impl/system-lost.ts';
import { UsageError } from '../properties/jobs/usage-error.ts';
import { explain as explainSubject } from '../traces/replay/explain.ts';
import { TraceError } from '../traces/format/trace-error.ts';

const exitCodes = { agreed: 0, diverged: 1, usage: 2, environment: 3 };

// A step crosses many small functions of model and system: with the engine's own limits half of them are called. What
// judges logs mostly parses them, and would only compile for longer.
if (!process.argv.includes('judge') && !process.argv.includes('--logs')) {
  setFlagsFromString('--max-inlined-bytecode-size-cumulative=4000');
  setFlagsFromString('--max-inlined-bytecode-size=1500');
}

async function main(): Promise<number> {
  const program = new Command('colocheck')
    .description('Checks implementations of COLO block replication against a pure reference model.')
    .exitOverride()
    .configureHelp({ showGlobalOptions: true });
  let exitCode: number = exitCodes.agreed;
  const finish = (agreed: boolean): void => {
    exitCode = agreed ? exitCodes.agreed : exitCodes.diverged;
  };
  addVerify(program, finish);
  addExplore(program, finish);
  addTour(program, finish);
  addMutants(program, finish);
  addMerge(program, finish);
  addTraces(program, finish);
  addCertify(program, finish);
  addDeviations(program, finish);
  addReplay(program, finish);
  addJudge(program, finish);
  addView(program, finish);
  addExplain(program);
  addExport(program);
  addLines(program, finish);
  addCompare(program, (code) => {
    exitCode = code;
  });
  addMatrix(program, finish);
  addBench(program);
  try {
    await program.parseAsync();
    return exitCode;
  } catch (error) {
    return explain(error);
  }
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

interface BenchFlags {
  readonly qemu?: string | true;
  readonly pages?: true;
  readonly logs?: true;
  readonly inFlight?: true;
  readonly situations?: true;
}

function addBench(program: Command): void {
  program
    .command('bench')
    .description('Measures the lockstep, its parts, and the data path of the efficient implementation.')
    .option('--qemu [path]', 'measure the real QEMU as well')
    .option('--pages', 'measure the page of a trace in a browser, and nothing else')
    .option('--logs', 'measure how fast logs are judged, and nothing else')
    .option('--in-flight', 'measure how fast histories of overlapping requests are judged, and nothing else')
    .option('--situations', 'measure how soon a campaign meets each situation, and nothing else')
    .action(async (flags: BenchFlags) => {
      if (flags.situations === true) {
        const { benchSituations } = await import('../properties/campaign/situations-bench.ts');
        benchSituations(print);
      } else if (flags.inFlight === true) {
        const { benchInFlight } = await import('../properties/in-flight/testing/in-flight-bench.ts');
        benchInFlight(print);
      } else if (flags.logs === true) {
        const { benchLogs } = await import('../traces/logs/log-bench.ts');
        await benchLogs(print);
      } else if (flags.pages === true) {
        const { benchPages } = await import('../traces/view/page-bench.ts');
        await benchPages(print);
      } else {
        const { runBench } = await import('../properties/campaign/bench.ts');
        await runBench(print, flags.qemu);
      }
    });
}

/** One line on stderr for whatever the user can put right; anything else is a defect of colocheck and keeps its stack. */
function explain(error: unknown): number {
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) return exitCodes.agreed;
    tellError(error.message);
    return exitCodes.usage;
  }
  if (error instanceof UsageError || error instanceof TraceError) return complain(error, exitCodes.usage);
  if (error instanceof EnvironmentError || error instanceof SystemLost)
    return complain(error, exitCodes.environment);
  tellError(String(error), error instanceof Error ? error.stack : undefined);
  throw error;
}

function complain(error: Error, exitCode: number): number {
  process.stderr.write(`colocheck: ${error.message}\n`);
  tellError(error.message);
  return exitCode;
}

process.exitCode = await main();
