/** The command that puts the results of shards together. */
import type { Command } from 'commander';
import { withJunit } from '../options/checks.ts';
import { exitCodeHelp } from '../options/exit-codes.ts';
import type { Finish } from '../options/exit-codes.ts';
import { print } from '../options/options.ts';
import { requireWritableResults, withReport, writeResults } from '../options/results.ts';
import type { ResultFlags } from '../options/results.ts';
import { UsageError } from '../../properties/jobs/usage-error.ts';
import { resultSummary, verdictOf } from '../../properties/report/result-summary.ts';
import { mergeResults } from '../../properties/merge/merge-results.ts';
import { readResult } from '../../properties/results/result-file.ts';

interface MergeFlags extends ResultFlags {
  partial?: true;
  coverage?: true;
}

/** `npm run merge` */
export function addMerge(program: Command, finish: Finish): void {
  withJunit(withReport(program.command('merge')))
    .argument('<files...>', 'what the shards of one job wrote with --results')
    .option('--results <file>', 'write the result of the whole (JSON)')
    .option('--partial', 'shards may be missing')
    .option('--coverage', 'tell what was reached how often, and what was not')
    .option('--require-coverage', 'fail where a cell or a branch that can be reached was not')
    .addHelpText('after', exitCodeHelp)
    .action((paths: string[], flags: MergeFlags) => {
      requireWritableResults(flags);
      const result = mergeResults(paths.map(readResult), { isPartial: flags.partial === true });
      if (flags.requireCoverage === true && result.command !== 'verify')
        throw new UsageError('--require-coverage is for results of verify');
      const verdict = verdictOf(result, { requiresCoverage: flags.requireCoverage === true });
      writeResults(flags, result);
      print(
        resultSummary(result, {
          listsCoverage: flags.coverage === true,
          requiresCoverage: flags.requireCoverage === true,
        }),
      );
      finish(verdict);
    });
}
