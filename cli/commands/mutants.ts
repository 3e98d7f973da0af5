/** The command that runs the seeded bugs with every method, and reports how each was found. */
import { writeWhole } from '../../properties/results/result-file.ts';
import { basename } from 'node:path';
import type { Command } from 'commander';
import { exitCodeHelp } from '../options/exit-codes.ts';
import type { Finish, Verdict } from '../options/exit-codes.ts';
import { untilInterrupted } from '../options/interruption.ts';
import { positiveWholeNumber, print } from '../options/options.ts';
import { withWorkers, workersOf } from '../options/workers.ts';
import type { WorkerFlags } from '../options/workers.ts';
import { analysedByAll } from '../workers/analysts.ts';
import { mutateDriver } from './driver-mutants.ts';
import { mutateInFlight } from '../in-flight/mutants-in-flight.ts';
import { requireNoOther } from '../in-flight/verify-in-flight.ts';
import { repeatOf, requireWritableResults, shardOf, withShards, writeResults } from '../options/results.ts';
import type { ResultFlags } from '../options/results.ts';
import { documentedVariants } from '../../impl/document/variants.ts';
import { EnvironmentError } from '../../impl/environment-error.ts';
import { mutants } from '../../impl/mutants/catalogue.ts';
import { createMutant } from '../../impl/mutants/mutant.ts';
import type { Mutant } from '../../impl/mutants/mutant.ts';
import type { System } from '../../impl/system.ts';
import { mutationRun } from '../../properties/kill-matrix/kill-matrix.ts';
import type { MutationRun, RecordedCase } from '../../properties/kill-matrix/kill-matrix.ts';
import {
  matrixMarkdown,
  matrixText,
  shortcomings,
  summary,
} from '../../properties/kill-matrix/matrix-table.ts';
import { ProgressLine } from '../../properties/campaign/progress.ts';
import { stopwatch } from '../../properties/jobs/stopwatch.ts';
import { mutantsResult } from '../../properties/kill-matrix/mutants-result.ts';
import type { ShrunkFailure } from '../../properties/shrink/shrink-failure.ts';
import { didYouMean } from '../../properties/jobs/nearest-names.ts';
import { isOfShard } from '../../properties/jobs/shard.ts';
import { UsageError } from '../../properties/jobs/usage-error.ts';
import { listTraces, requireWritable } from '../../traces/replay/failure-folder.ts';
import { recordCounterexample } from '../../traces/record/record-exploration.ts';
import { caseOf } from '../../traces/replay/replay.ts';
import { readTrace } from '../../traces/format/trace-file.ts';

interface MutantFlags extends ResultFlags, WorkerFlags {
  seeds: number;
  cases: number;
  prove?: true;
  failures?: string;
  markdown?: string;
  json?: string;
  system?: string;
  list?: true;
  changedSince?: string;
  inFlight?: true;
}

/** Options that only mutants without overlap have, as they are kept and as they are typed. */
const withoutOverlap: readonly (readonly [string, string])[] = [
  ['prove', '--prove'],
  ['failures', '--failures'],
  ['system', '--system'],
  ['changedSince', '--changed-since'],
  ['shard', '--shard'],
  ['results', '--results'],
  ['junit', '--junit'],
  ['workers', '--workers'],
];

/** `npm run mutants` */
export function addMutants(program: Command, finish: Finish): void {
  withWorkers(withShards(program.command('mutants'), 'mutants'))
    .argument('[names...]', 'seeded bugs by name (default: all)')
    .option('--seeds <count>', 'random runs of each', positiveWholeNumber, 20)
    .option(
      '--cases <count>',
      'cases after which a random mutation run gives up',
      positiveWholeNumber,
      50_000,
    )
    .option('--prove', 'also search small hosts for the shortest case of every failure met (minutes)')
    .option('--failures <folder>', 'save the shrunk case of each random mutation run there, with its page')
    .option('--markdown <file>', 'write the table as Markdown')
    .option('--json <file>', 'write everything as JSON')
    .option('--system <driver>', 'mutants of a C driver instead, driver:PATH; names are parts of theirs')
    .option('--in-flight', 'mutants that only overlapping requests show, with requests that overlap')
    .option('--list', 'print the seeded bugs, and the variants that follow the design document')
    .option('--changed-since <file>', 'only mutants of lines that are not those of this driver (--system)')
    .addHelpText('after', exitCodeHelp)
    .action(async (names: string[], flags: MutantFlags, command: Command) => {
      if (flags.list === true) print(describeMutants());
      else if (flags.inFlight === true) {
        const isTyped = (name: string): boolean => command.getOptionValueSource(name) === 'cli';
        requireNoOther(withoutOverlap.filter(([name]) => isTyped(name)).map(([, option]) => option));
        const { markdown, json } = flags;
        const given = {
          ...(isTyped('seeds') ? { seeds: flags.seeds } : {}),
          ...(isTyped('cases') ? { cases: flags.cases } : {}),
          ...(markdown === undefined ? {} : { markdown }),
          ...(json === undefined ? {} : { json }),
        };
        finish(await mutateInFlight(names, given));
      } else finish(await mutateAll(names, flags));
    });
}

async function mutateAll(names: readonly string[], flags: MutantFlags): Promise<Verdict> {
  const { system, changedSince } = flags;
  if (system !== undefined) {
    return mutateDriver(names, { ...flags, system }, shardOf(flags));
  }
  if (changedSince !== undefined)
    throw new UsageError('--changed-since is for mutants of C: name --system driver:PATH');
  requireWritableResults(flags);
  if (flags.failures !== undefined) requireWritable(flags.failures);
  const all = names.length === 0 ? mutants : names.map(mutantNamed);
  const shard = shardOf(flags);
  const analysed = all.filter((_, place) => isOfShard(shard, place));
  if (analysed.length === 0) {
    throw new UsageError(
      `there are ${all.length} mutants for ${shard.count} shards: use at most ${all.length} shards`,
    );
  }
  const line = new ProgressLine(process.stderr);
  const seconds = stopwatch();
  const { seeds, cases: casesMax } = flags;
  const options = { seeds, casesMax, recorded: recordedCases(), proves: flags.prove === true };
  const kept = ({ row, kills }: MutationRun, mutant: Mutant) => {
    for (const failure of kills) saveKill(flags.failures, createMutant(mutant), failure);
    return row;
  };
  const rows = await untilInterrupted(() =>
    analysedByAll(analysed, workersOf(flags), {
      here: async (mutant) => kept(await mutationRun(mutant, options), mutant),
      by: async (worker, mutant) => {
        const answer = await worker.ask({ kind: 'mutant', name: mutant.name, options });
        if (answer.kind !== 'analysed') throw new EnvironmentError(`a worker has answered ${answer.kind}`);
        return kept(answer.run, mutant);
      },
      begins: ({ name }, done) =>
        line.show(seconds(), () => `${done} of ${analysed.length} mutants, now ${name}`),
    }),
  );
  line.clear();
  if (flags.markdown !== undefined) writeWhole(flags.markdown, matrixMarkdown(rows));
  if (flags.json !== undefined) writeWhole(flags.json, `${JSON.stringify(rows, null, 2)}\n`);
  writeResults(
    flags,
    mutantsResult(rows, shard, repeatOf('mutants'), {
      mutants: all.map(({ name }) => name),
      seeds: flags.seeds,
      cases: flags.cases,
      proves: flags.prove === true,
    }),
  );
  const missed = shortcomings(rows, rows.length === mutants.length);
  print([matrixText(rows), '', ...summary(rows), ...missed.map((text) => `! ${text}`)].join('\n'));
  return missed.length === 0 && rows.length < analysed.length ? 'incomplete' : missed.length === 0;
}

/** One of each signature and mutant is kept, the smallest. */
function saveKill(
  folder: string | undefined,
  { name, capabilities }: System,
  { minimal, divergence }: ShrunkFailure,
): void {
  if (folder === undefined) return;
  const of = { name, option: name, capabilities };
  recordCounterexample(of, 'found for a mutant', minimal, divergence, folder);
}

function mutantNamed(name: string) {
  const mutant = mutants.find((known) => known.name === name.replace(/^mutant:/, ''));
  if (mutant === undefined) {
    const near = didYouMean(
      name,
      mutants.map((each) => each.name),
    );
    throw new UsageError(`there is no mutant ${name}${near} (npm run mutants -- --list names all)`);
  }
  return mutant;
}

/** As `--system mutant:NAME` takes them. */
function describeMutants(): string {
  const width = Math.max(...mutants.map(({ name }) => name.length));
  const pairs = (rows: readonly (readonly [string, string])[]): string[] =>
    rows.map(([name, text]) => `${name.padEnd(width)}  ${text}`);
  return [
    ...pairs(mutants.map(({ name, wrong }) => [name, wrong])),
    '',
    'Variants that keep to the design document where QEMU does not; the tests of --comparison run them:',
    ...pairs(documentedVariants.map(({ deviation, way }) => [deviation, way])),
  ].join('\n');
}

function recordedCases(): RecordedCase[] {
  return ['traces/saved/regressions', 'traces/saved/deviations', 'traces/saved/unreachable']
    .flatMap(listTraces)
    .map((path) => ({ name: basename(path, '.json'), testCase: caseOf(readTrace(path)) }));
}
