/** The command that walks a slow system over every transition of a small world. */
import type { Command } from 'commander';
import { exitCodeHelp, isInterrupted, positiveNumber, print, untilInterrupted } from './cli-options.ts';
import { connectAsyncSystem } from './properties/subjects.ts';
import { subjectOptions, withSystem } from './cli-system.ts';
import type { SystemFlags } from './cli-system.ts';
import { tourSystem } from './properties/tour/tour-command.ts';
import { tourWorlds } from './properties/tour/tour-worlds.ts';
import { requireWritable } from './traces/failure-folder.ts';
import { recordCounterexample } from './traces/record-exploration.ts';

interface TourFlags extends SystemFlags {
  minutes?: number;
  failures: string;
}

/** `npm run tour` */
export function addTour(program: Command, finish: (agreed: boolean) => void): void {
  withSystem(program.command('tour'), ['qemu'], 'qemu')
    .argument('[world]', tourWorlds.map(({ world }) => `${world.name} (${world.about})`).join('; '), 'halves')
    .description('Walks a system over every transition of a small world, in lockstep with the model.')
    .option('--minutes <minutes>', 'stop after this time', positiveNumber)
    .option('--failures <folder>', 'where failing traces are saved', 'traces/failures')
    .addHelpText('after', exitCodeHelp)
    .action(async (name: string, flags: TourFlags) => {
      requireWritable(flags.failures);
      const system = await connectAsyncSystem(flags.system, subjectOptions(flags));
      await untilInterrupted(async () => {
        try {
          finish(
            await tourSystem(
              system,
              name,
              { comparison: flags.comparison, secondsMax: (flags.minutes ?? Infinity) * 60 },
              {
                progress: process.stderr,
                print,
                interrupted: isInterrupted,
                report: (world, { testCase, divergence }) =>
                  recordCounterexample(
                    { name: system.name, option: flags.system, capabilities: system.capabilities },
                    `found on a tour of the world ${world}; the case is the whole walk`,
                    testCase,
                    divergence,
                    flags.failures,
                  ),
              },
            ),
          );
        } finally {
          await system.shutdown();
        }
      });
    });
}
