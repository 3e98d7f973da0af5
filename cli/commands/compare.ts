/** The commands that set systems side by side: two of them, or all deviations on several. */
import { writeWhole } from '../../properties/results/result-file.ts';
import type { Command } from 'commander';
import { exitCodeHelp } from '../options/exit-codes.ts';
import { positiveWholeNumber, print, wholeNumber } from '../options/options.ts';
import { withWorkers } from '../options/workers.ts';
import type { WorkerFlags } from '../options/workers.ts';
import { crewOf } from '../workers/crew.ts';
import { EnvironmentError } from '../../impl/environment-error.ts';
import { stopwatch } from '../../properties/jobs/stopwatch.ts';
import { ProgressLine } from '../../properties/campaign/progress.ts';
import { nameProblem, subjectNames } from '../../properties/subjects/subjects.ts';
import { UsageError } from '../../properties/jobs/usage-error.ts';
import { requireWritable } from '../../traces/replay/failure-folder.ts';
import { recordCounterexample } from '../../traces/record/record-exploration.ts';
import { comparisonText, compareSystems, isAsGood } from '../../traces/versus/compare.ts';
import type { NewDivergence } from '../../traces/versus/compare.ts';
import { judgedSystem, shutdown } from '../../traces/versus/deviation-status.ts';
import type { JudgedSystem } from '../../traces/versus/deviation-status.ts';
import { matrixMarkdown, matrixOf, matrixText } from '../../traces/versus/matrix.ts';

interface CompareFlags extends WorkerFlags {
  base: string;
  head: string;
  cases: number;
  seed: number;
  failures: string;
}

const FOLDERS = ['traces/saved/deviations', 'traces/saved/regressions', 'traces/saved/unreachable'];

/** What `git bisect run` takes for: this revision cannot be tested, and: stop. */
const bisectCodes = { skip: 125, stop: 128 };

/** `npm run compare` */
export function addCompare(program: Command, end: (exitCode: number) => void): void {
  withWorkers(program.command('compare'))
    .requiredOption('--base <system>', 'the system that is known')
    .requiredOption('--head <system>', 'the system that is to be as good')
    .option('--cases <count>', 'cases of the campaign on each', positiveWholeNumber, 10_000)
    .option('--seed <number>', 'seed of the campaign', wholeNumber, 1)
    .option('--failures <folder>', 'where the first new one is saved, with its page', 'traces/saved/failures')
    .addHelpText(
      'after',
      `
Exit codes, as git bisect run wants them: 0 nothing is new, 1 something is,
125 head cannot be run (it does not compile), 128 anything else is missing.`,
    )
    .action(async (flags: CompareFlags) => end(await runCompare(flags)));
}

async function runCompare({
  base: baseName,
  head: headName,
  failures,
  ...options
}: CompareFlags): Promise<number> {
  for (const name of [baseName, headName]) requireName(name);
  requireWritable(failures);
  let base: JudgedSystem;
  try {
    base = await judgedSystem(baseName);
  } catch (error) {
    return cannotRun(error, bisectCodes.stop);
  }
  let head: JudgedSystem;
  try {
    head = await judgedSystem(headName);
  } catch (error) {
    await shutdown(base);
    return cannotRun(error, bisectCodes.skip);
  }
  const line = new ProgressLine(process.stderr);
  const seconds = stopwatch();
  // Campaigns are judged by the document.
  const crewOn = (name: string) => crewOf(name, { comparison: 'document' }, options);
  try {
    const comparison = await compareSystems(base, head, { ...options, folders: FOLDERS, crewOn }, (doing) =>
      line.show(seconds(), () => `comparing: ${doing}`),
    );
    line.clear();
    if (comparison.first !== null) print(`${told(head, comparison.first, failures)}\n`);
    print(comparisonText(comparison));
    return isAsGood(comparison) ? 0 : 1;
  } catch (error) {
    return cannotRun(error, bisectCodes.stop);
  } finally {
    await shutdown(base);
    await shutdown(head);
  }
}

function told(
  { document }: JudgedSystem,
  { testCase, divergence, found }: NewDivergence,
  folder: string,
): string {
  return recordCounterexample(document, found, testCase, divergence, folder).text;
}

function cannotRun(error: unknown, exitCode: number): number {
  if (!(error instanceof EnvironmentError)) throw error;
  process.stderr.write(`colocheck: ${error.message}\n`);
  return exitCode;
}

interface MatrixFlags {
  system: string[];
  markdown?: string;
  json?: string;
}

/** `npm run matrix` */
export function addMatrix(program: Command, finish: (agreed: boolean) => void): void {
  program
    .command('matrix')
    .option('--system <system>', 'can be given again: driver:PATH, qemu:PATH, impl, ...', collect, [])
    .option('--markdown <file>', 'write the table as Markdown')
    .option('--json <file>', 'write it as JSON')
    .addHelpText('after', exitCodeHelp)
    .action(async (flags: MatrixFlags) => finish(await runMatrix(flags)));
}

async function runMatrix({ system: names, markdown, json }: MatrixFlags): Promise<boolean> {
  if (names.length === 0) throw new UsageError('name a system at least, as in --system driver:../qemu');
  for (const name of names) requireName(name);
  const systems: JudgedSystem[] = [];
  const line = new ProgressLine(process.stderr);
  const seconds = stopwatch();
  try {
    for (const name of names) systems.push(await judgedSystem(name));
    const matrix = await matrixOf(systems, (done) => line.show(seconds(), () => done));
    line.clear();
    print(matrixText(matrix));
    if (markdown !== undefined) writeWhole(markdown, matrixMarkdown(matrix));
    if (json !== undefined) writeWhole(json, `${JSON.stringify(matrix, null, 2)}\n`);
    return matrix.rows.every(({ statuses }) => statuses.every(({ kind }) => kind !== 'differs'));
  } finally {
    for (const system of systems) await shutdown(system);
  }
}

function collect(name: string, known: string[]): string[] {
  return [...known, name];
}

function requireName(name: string): void {
  const problem = nameProblem(name, subjectNames);
  if (problem !== null) throw new UsageError(`${name}: ${problem}`);
}
