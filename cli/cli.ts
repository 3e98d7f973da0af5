/** The command line: which commands there are, what they are told, and with which code they end. */
import { setFlagsFromString } from 'node:v8';
import { Command } from 'commander';
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
import { explain, watchOutput } from './options/ended-badly.ts';
import { exitCodeHelp, exitCodeOf, exitCodes } from './options/exit-codes.ts';
import type { Verdict } from './options/exit-codes.ts';
import { print } from './options/options.ts';
import { addView } from './commands/view.ts';
import { explain as explainSubject } from '../traces/replay/explain.ts';

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
  const finish = (verdict: Verdict): void => {
    exitCode = exitCodeOf(verdict);
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

function addBench(program: Command): void {
  program
    .command('bench')
    .description('Measures the lockstep, its parts, and the data path of the efficient implementation.')
    .option('--qemu [path]', 'measure the real QEMU as well')
    .option('--pages', 'measure the page of a trace in a browser, and nothing else')
    .option('--logs', 'measure how fast logs are judged, and nothing else')
    .option('--situations', 'measure how soon a campaign meets each situation, and nothing else')
    .action(async (flags: { qemu?: string | true; pages?: true; logs?: true; situations?: true }) => {
      if (flags.situations === true) {
        const { benchSituations } = await import('../properties/campaign/situations-bench.ts');
        benchSituations(print);
        return;
      }
      if (flags.logs === true) {
        const { benchLogs } = await import('../traces/logs/log-bench.ts');
        await benchLogs(print);
        return;
      }
      if (flags.pages === true) {
        const { benchPages } = await import('../traces/view/page-bench.ts');
        await benchPages(print);
        return;
      }
      const { runBench } = await import('../properties/campaign/bench.ts');
      await runBench(print, flags.qemu);
    });
}

/** Null while nothing has gone wrong with the output. */
let outputCode: number | null = null;
watchOutput((exitCode) => {
  outputCode ??= exitCode;
  process.exitCode = codeOf(process.exitCode);
});
process.on('uncaughtException', (error) => process.exit(explain(error)));
process.on('exit', () => {
  process.exitCode = codeOf(process.exitCode);
});

/** What was found counts for more than that nobody reads of it. */
function codeOf(exitCode: typeof process.exitCode): typeof process.exitCode {
  return outputCode === null || exitCode === exitCodes.diverged ? exitCode : outputCode;
}

process.exitCode = await main();
