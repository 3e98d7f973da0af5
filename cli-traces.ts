/** The command that lists the saved traces. */
import type { Command } from 'commander';
import { exitCodeHelp, positiveNumber, print } from './cli-options.ts';
import { subjectOptions, systemName } from './cli-system.ts';
import type { SystemFlags } from './cli-system.ts';
import { comparisonModes } from './properties/comparison-mode.ts';
import type { Subject } from './properties/subject.ts';
import { connectSubject, subjectNames } from './properties/subjects.ts';
import { TraceError } from './traces/trace-error.ts';
import { describeTable, tabulate, TRACE_FOLDERS } from './traces/trace-table.ts';

interface TracesFlags extends Pick<SystemFlags, 'qemu' | 'timeout'> {
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
    .option('--qemu <path>', 'the QEMU binary of --on qemu (default: qemu-system-x86_64 on the PATH)')
    .option('--timeout <seconds>', 'how long an adapter behind exec: may take to answer', positiveNumber)
    .option('--json', 'print the result as JSON')
    .addHelpText('after', exitCodeHelp)
    .action(async (places: string[], flags: TracesFlags) => {
      const subjects: Subject[] = [];
      try {
        for (const system of flags.on) {
          for (const comparison of comparisonModes) {
            subjects.push(await connectSubject(system, subjectOptions({ ...flags, system, comparison })));
          }
        }
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

function collect(given: string, known: string[]): string[] {
  const name = systemName(given, subjectNames);
  return [...known, name];
}
