/** The command that walks a slow system over every transition of a small world. */
import { Option } from 'commander';
import type { Command } from 'commander';
import { exitCodeHelp, isInterrupted, positiveNumber, print, untilInterrupted } from './cli-options.ts';
import { createQemuSystem } from './impl/qemu/qemu-system.ts';
import { tourSystem } from './properties/tour/tour-command.ts';
import { tourWorlds } from './properties/tour/tour-worlds.ts';
import { requireWritable } from './traces/failure-folder.ts';
import { recordCounterexample } from './traces/record-exploration.ts';

interface TourFlags {
  system: string;
  qemu?: string;
  minutes?: number;
  failures: string;
}

/** `npm run tour` */
export function addTour(program: Command, finish: (agreed: boolean) => void): void {
  program
    .command('tour')
    .argument('[world]', tourWorlds.map(({ world }) => `${world.name} (${world.about})`).join('; '), 'halves')
    .description('Walks a system over every transition of a small world, in lockstep with the model.')
    .addOption(new Option('--system <name>', 'the system under test').choices(['qemu']).default('qemu'))
    .option('--qemu <path>', 'the QEMU binary to test (default: qemu-system-x86_64 on the PATH)')
    .option('--minutes <minutes>', 'stop after this time', positiveNumber)
    .option('--failures <folder>', 'where failing traces are saved', 'traces/failures')
    .addHelpText('after', exitCodeHelp)
    .action(async (name: string, flags: TourFlags) => {
      requireWritable(flags.failures);
      const system = createQemuSystem(flags.qemu === undefined ? {} : { binary: flags.qemu });
      await untilInterrupted(async () => {
        try {
          finish(
            await tourSystem(system, name, (flags.minutes ?? Infinity) * 60, {
              progress: process.stderr,
              print,
              interrupted: isInterrupted,
              report: (world, { testCase, divergence }) =>
                recordCounterexample(
                  system.name,
                  `found on a tour of the world ${world}; the case is the whole walk`,
                  testCase,
                  divergence,
                  flags.failures,
                ),
            }),
          );
        } finally {
          await system.shutdown();
        }
      });
    });
}
