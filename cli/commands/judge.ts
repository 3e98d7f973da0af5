/** The command that judges logs of any system by the model, and runs no system. */
import { Option } from 'commander';
import type { Command } from 'commander';
import { exitCodeHelp } from '../options/exit-codes.ts';
import type { Finish } from '../options/exit-codes.ts';
import { comparisonNamed, print } from '../options/options.ts';
import type { ComparisonMode } from '../../properties/cases/comparison-mode.ts';
import { judgeLogs } from '../../traces/logs/judge-command.ts';

interface JudgeFlags {
  comparison?: ComparisonMode;
  json?: true;
}

/** `npm run judge` */
export function addJudge(program: Command, finish: Finish): void {
  program
    .command('judge')
    .argument('<logs...>', 'logs (docs/model-as-a-library.md has the format); - is standard input')
    .addOption(
      new Option('--comparison <mode>', 'what is right (default: as the log says, or qemu)').argParser(
        comparisonNamed,
      ),
    )
    .option('--json', 'print each difference, and the summary, as one JSON object a line')
    .addHelpText('after', exitCodeHelp)
    .action(async (paths: string[], { comparison, json }: JudgeFlags) => {
      finish(await judgeLogs(paths, { comparison: comparison ?? null, json: json === true }, print));
    });
}
