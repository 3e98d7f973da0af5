/** The command that reports which lines and branches of the C driver a campaign takes. */
import type { Command } from 'commander';
import { exitCodeHelp } from '../options/exit-codes.ts';
import { positiveWholeNumber, print, wholeNumber } from '../options/options.ts';
import { coverLines, lineCoverageText } from '../../properties/driver/line-coverage.ts';

/** `npm run lines` */
export function addLines(program: Command, finish: (agreed: boolean) => void): void {
  program
    .command('lines')
    .argument('<driver>', 'replication.c, or a tree of QEMU')
    .option('--cases <count>', 'cases of the campaign', positiveWholeNumber, 20_000)
    .option('--seed <number>', 'seed of the campaign', wholeNumber, 1)
    .addHelpText('after', exitCodeHelp)
    .action((path: string, { seed, cases }: { seed: number; cases: number }) => {
      const coverage = coverLines(path.replace(/^driver:/, ''), seed, cases);
      print(lineCoverageText(coverage));
      finish(coverage.missed.every(({ why }) => why !== null));
    });
}
