/** The command that walks a slow system over every transition of a small world. */
import type { Command } from 'commander';
import { verdictOf } from '../../properties/report/result-summary.ts';
import { exitCodeHelp } from '../options/exit-codes.ts';
import type { Finish } from '../options/exit-codes.ts';
import { isInterrupted, untilInterrupted } from '../options/interruption.ts';
import { positiveNumber, print } from '../options/options.ts';
import {
  noted,
  repeatOf,
  requireWritableResults,
  shardOf,
  withShards,
  writeResults,
} from '../options/results.ts';
import type { ResultFlags } from '../options/results.ts';
import { connectAsyncSystem, settingsOf } from '../../properties/subjects/subjects.ts';
import { subjectOptions, withSystem } from '../options/system.ts';
import type { SystemFlags } from '../options/system.ts';
import { UsageError } from '../../properties/jobs/usage-error.ts';
import { tourSystem } from '../../properties/tour/tour-command.ts';
import { tourWorlds } from '../../properties/tour/tour-worlds.ts';
import { savingBrokenCase } from '../../traces/record/broken-case.ts';
import { requireWritable } from '../../traces/replay/failure-folder.ts';
import { recordCounterexample } from '../../traces/record/record-exploration.ts';

interface TourFlags extends SystemFlags, ResultFlags {
  minutes?: number;
  failures: string;
}

/** `npm run tour` */
export function addTour(program: Command, finish: Finish): void {
  withShards(withSystem(program.command('tour'), ['qemu'], 'qemu'), 'the transitions of some states')
    .argument('[world]', tourWorlds.map(({ world }) => `${world.name} (${world.about})`).join('; '), 'halves')
    .option('--minutes <minutes>', 'stop after this time', positiveNumber)
    .option('--failures <folder>', 'where failing traces are saved', 'traces/saved/failures')
    .addHelpText('after', exitCodeHelp)
    .action(async (name: string, flags: TourFlags) => {
      if (flags.comparison === 'document') {
        throw new UsageError('--comparison document: a tour goes the ways of one QEMU; use verify or replay');
      }
      requireWritable(flags.failures);
      requireWritableResults(flags);
      const options = await subjectOptions(flags);
      const { comparison = 'qemu' } = options;
      const system = await connectAsyncSystem(flags.system, options);
      const { name: called, capabilities } = system;
      const settings = settingsOf(flags.system, options);
      const of = { name: called, option: flags.system, settings, capabilities, comparison };
      const walk = async (): Promise<void> => {
        try {
          const toured = await tourSystem(
            system,
            name,
            {
              comparison,
              secondsMax: (flags.minutes ?? Infinity) * 60,
              shard: shardOf(flags),
              option: flags.system,
              repeat: repeatOf('tour'),
            },
            {
              progress: process.stderr,
              print,
              interrupted: isInterrupted,
              ended: (result) => writeResults(flags, result),
              report: (world, { testCase, divergence }) =>
                noted(
                  recordCounterexample(
                    of,
                    `found on a tour of the world ${world}; the case is the whole walk`,
                    testCase,
                    divergence,
                    flags.failures,
                  ),
                ),
            },
          );
          finish(verdictOf(toured, { requiresCoverage: false }));
        } finally {
          await system.shutdown();
        }
      };
      await untilInterrupted(() => savingBrokenCase(of, flags.failures, walk));
    });
}
