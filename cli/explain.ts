/** The command from a line of the seed to what exercises it, and back. */
import type { Command } from 'commander';
import { explain } from '../traces/replay/explain.ts';
import { exitCodeHelp } from './options/exit-codes.ts';
import { print } from './options/options.ts';

/** `npm run explain` */
export function addExplain(program: Command): void {
  program
    .command('explain')
    .argument('<line|trace>', 'a line of replication.c, or a trace file')
    .addHelpText('after', exitCodeHelp)
    .action((subject: string) => print(explain(subject)));
}
