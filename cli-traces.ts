/** The command that lists the saved traces. */
import type { Command } from 'commander';
import { exitCodeHelp, print } from './cli-options.ts';
import { comparisonModes } from './properties/comparison-mode.ts';
import { openSubject } from './properties/subjects.ts';
import { TraceError } from './traces/trace-error.ts';
import { describeTable, tabulate, TRACE_FOLDERS } from './traces/trace-table.ts';

interface TracesFlags {
  on: string[];
  json?: true;
}

/** `npm run traces` */
export function addTraces(program: Command, finish: (agreed: boolean) => void): void {
  program
    .command('traces')
    .argument('[places...]', 'folders of traces, and trace files (default: all folders of traces/)')
    .description(
      'Lists saved traces: signature, length, where found, and which systems diverge on them today.',
    )
    .option('--on <system>', 'run each on this system; can be given again', collect, [])
    .option('--json', 'print the result as JSON')
    .addHelpText('after', exitCodeHelp)
    .action(async (places: string[], flags: TracesFlags) => {
      const subjects = flags.on.flatMap((name) =>
        comparisonModes.map((comparison) => openSubject(name, { comparison })),
      );
      try {
        const table = await tabulate(places.length === 0 ? TRACE_FOLDERS : places, subjects);
        print(flags.json === true ? JSON.stringify(table, null, 2) : describeTable(table, subjects));
        if (table.broken.length > 0)
          throw new TraceError(`${table.broken.length} of the files are no traces`);
        finish(true);
      } finally {
        await Promise.all(subjects.map((subject) => subject.shutdown()));
      }
    });
}

function collect(name: string, known: string[]): string[] {
  return [...known, name];
}
