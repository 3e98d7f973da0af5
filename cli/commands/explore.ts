/** The command that searches small worlds exhaustively. */
import { verdictOf } from '../../properties/report/result-summary.ts';
import type { ExploreResult } from '../../properties/results/result-schema.ts';
import { InvalidArgumentError, Option } from 'commander';
import type { Command } from 'commander';
import { exitCodeHelp } from '../options/exit-codes.ts';
import type { Finish } from '../options/exit-codes.ts';
import { isInterrupted, untilInterrupted } from '../options/interruption.ts';
import { positiveNumber, print, wholeNumber } from '../options/options.ts';
import { withWorkers, workersOf } from '../options/workers.ts';
import type { WorkerFlags } from '../options/workers.ts';
import {
  noted,
  repeatOf,
  requireWritableResults,
  shardOf,
  withShards,
  writeResults,
} from '../options/results.ts';
import type { ResultFlags } from '../options/results.ts';
import { exploreInFlight } from '../in-flight/explore-in-flight.ts';
import { chooseWorlds, describeWorlds, exploreWorlds } from '../../properties/exploration/explore-command.ts';
import { checkpointFile } from '../../properties/exploration/search/search-checkpoint.ts';
import { isSystemName, openSystem, systemNames } from '../../properties/subjects/subjects.ts';
import { didYouMean } from '../../properties/jobs/nearest-names.ts';
import { UsageError } from '../../properties/jobs/usage-error.ts';
import { requireWritable } from '../../traces/replay/failure-folder.ts';
import { recordCounterexample, recordWitness } from '../../traces/record/record-exploration.ts';

interface ExploreFlags extends ResultFlags, WorkerFlags {
  system: string;
  memory: number;
  depth?: number;
  states?: number;
  minutes?: number;
  checkpoint?: string;
  failures: string;
  witnesses: string;
  unreduced?: true;
  list?: true;
  inFlight?: true;
  json?: true;
}

/** `npm run explore` */
export function addExplore(program: Command, finish: Finish): void {
  withWorkers(withShards(program.command('explore'), 'whole worlds'))
    .argument('[worlds...]', 'small worlds by name (default: all but those for the night)')
    .addOption(
      new Option('--system <name>', 'what is tested: impl, mutant:NAME or driver:PATH')
        .default('impl', 'impl')
        .argParser(systemInProcess),
    )
    .addOption(
      new Option('--comparison <mode>', 'what is right: what the real QEMU does')
        .choices(['qemu'])
        .default('qemu'),
    )
    .option('--memory <megabytes>', 'stop before the states take more', positiveNumber, 2048)
    .option('--depth <operations>', 'go no further from the beginning', wholeNumber)
    .option('--states <count>', 'stop when so many were seen', wholeNumber)
    .option('--minutes <minutes>', 'stop each world after this time', positiveNumber)
    .option('--checkpoint <file>', 'keep a search that was stopped there, and go on with it (one world)')
    .option('--failures <folder>', 'where failing traces are saved', 'traces/saved/failures')
    .option(
      '--witnesses <folder>',
      'where the shortest ways to the goals are saved',
      'traces/saved/witnesses',
    )
    .option('--unreduced', 'look at states that differ by names alone one by one')
    .option('--in-flight', 'go through every order of a few requests that overlap')
    .option('--list', 'print the worlds')
    .option('--json', 'print the result as JSON')
    .addHelpText('after', exitCodeHelp)
    .action(async (names: string[], flags: ExploreFlags) => {
      if (flags.inFlight === true) finish(await exploreInFlight(names, flags));
      else if (flags.list === true) print(describeWorlds());
      else finish(verdictOf(await runExplore(names, flags), { requiresCoverage: false }));
    });
}

function systemInProcess(name: string): string {
  if (isSystemName(name)) return name;
  const near = didYouMean(name, systemNames);
  throw new InvalidArgumentError(
    `No such system can be explored${near === '' ? '.' : near} Use impl, mutant:NAME (npm run mutants -- --list) or driver:PATH.`,
  );
}

/** A world that is through by then is not worth the start of threads. */
const ALONE_SECONDS = 0.5;

/** A checkpoint is bound to their number. Where states are bounded several would not stop at the same one. */
function workersFor({ workers, checkpoint, states }: ExploreFlags) {
  if (workers !== undefined) return { workers };
  const isBound = checkpoint !== undefined || states !== undefined;
  return { workers: isBound ? 1 : workersOf({}), aloneSeconds: ALONE_SECONDS };
}

async function runExplore(names: readonly string[], flags: ExploreFlags): Promise<ExploreResult> {
  const { system, checkpoint } = flags;
  const reduction = flags.unreduced === true ? 'unreduced' : 'reduced';
  if (checkpoint !== undefined && chooseWorlds(names).length !== 1) {
    throw new UsageError('--checkpoint keeps the search of one world: name it');
  }
  requireWritable(flags.failures);
  requireWritable(flags.witnesses);
  requireWritableResults(flags);
  return untilInterrupted(() =>
    exploreWorlds(
      {
        worlds: names,
        systemName: system,
        ...workersFor(flags),
        memoryBytes: flags.memory * 2 ** 20,
        depthMax: flags.depth ?? Infinity,
        statesMax: flags.states ?? Infinity,
        secondsMax: (flags.minutes ?? Infinity) * 60,
        reduction,
        json: flags.json === true,
        shard: shardOf(flags),
        repeat: repeatOf('explore'),
        checkpointOf: (world) =>
          checkpoint === undefined ? null : checkpointFile(checkpoint, world, system, reduction),
      },
      {
        progress: process.stderr,
        print,
        interrupted: isInterrupted,
        reportDivergence: (world, testCase, divergence) =>
          noted(
            recordCounterexample(
              { name: system, option: system, capabilities: openSystem(system).capabilities },
              `found by exhaustive search of the world ${world.name}: no shorter case in it shows a difference`,
              testCase,
              divergence,
              flags.failures,
            ),
          ),
        saveWitness: (_world, goal, about, testCase) => recordWitness(goal, about, testCase, flags.witnesses),
        ended: (result) => writeResults(flags, result),
      },
    ),
  );
}
