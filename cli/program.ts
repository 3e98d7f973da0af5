/** Every command of the command line, and its options. */
import { Command } from 'commander';
import type { Option } from 'commander';
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
import { versionsHere } from '../properties/jobs/versions.ts';
import { explain as explainSubject } from '../traces/replay/explain.ts';

/** Groups in the order in which they appear, but that what stands under no heading of its own comes first. */
function commonFirst<Item extends Command | Option>(
  _unsorted: Item[],
  visible: Item[],
  groupOf: (item: Item) => string,
): Map<string, Item[]> {
  const names = [...new Set(visible.map(groupOf))];
  const isCommon = (name: string): number => (name === 'Options:' ? 0 : 1);
  return new Map(
    names
      .toSorted((left, right) => isCommon(left) - isCommon(right))
      .map((name) => [name, visible.filter((item) => groupOf(item) === name)]),
  );
}

/** `end` is called with the code with which the command that ran wants to end. */
export function createProgram(end: (exitCode: number) => void): Command {
  const program = new Command('colocheck')
    .description('Checks implementations of COLO block replication against a pure reference model.')
    .version(versionsHere().colocheck)
    .exitOverride()
    .configureHelp({ groupItems: commonFirst });
  const finish = (agreed: boolean): void => end(agreed ? 0 : 1);
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
  addCompare(program, end);
  addMatrix(program, finish);
  addBench(program);
  return program;
}

function addExplain(program: Command): void {
  program
    .command('explain')
    .argument('<line|trace>', 'a line of replication.c, or a trace file')
    .summary('Which cells and traces exercise a line of the seed.')
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
    .summary('Measures speed.')
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
