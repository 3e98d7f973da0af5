/** The command that lists the saved traces. */
import type { Command } from 'commander';
import { exitCodeHelp, print } from './cli-options.ts';
import { usualComparison } from './cli-system.ts';
import type { ComparisonMode } from './properties/comparison-mode.ts';
import type { Subject } from './properties/subject.ts';
import { openSubject } from './properties/subjects.ts';
import { TraceError } from './traces/trace-error.ts';
import { describeTable, tabulate, TRACE_FOLDERS } from './traces/trace-table.ts';
import type { Asked } from './traces/trace-table.ts';

interface TracesFlags {
  on: string[];
  qemu?: string;
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
    .option('--json', 'print the result as JSON')
    .addHelpText('after', exitCodeHelp)
    .action(async (places: string[], { on, qemu, json }: TracesFlags) => {
      const opened: Subject[] = [];
      try {
        const systems: Asked[] = [];
        for (const name of new Set(on)) systems.push(await asked(name, qemu, opened));
        const table = await tabulate(places.length === 0 ? TRACE_FOLDERS : places, systems);
        print(json === true ? JSON.stringify(table, null, 2) : describeTable(table, systems));
        if (table.broken.length > 0)
          throw new TraceError(`${table.broken.length} of the files are no traces`);
        finish(true);
      } finally {
        await Promise.all(opened.map((subject) => subject.shutdown()));
      }
    });
}

/** A system for each comparison that a trace asks for; a binary is judged by the profile that it shows. */
async function asked(option: string, qemu: string | undefined, opened: Subject[]): Promise<Asked> {
  const shown = option === 'qemu' ? await usualComparison(option, qemu) : null;
  const subjects = new Map<ComparisonMode, Subject>();
  const by = (wanted: ComparisonMode): Subject => {
    const comparison = wanted === 'document' ? wanted : (shown ?? wanted);
    const known = subjects.get(comparison);
    if (known !== undefined) return known;
    const subject = openSubject(option, { comparison, ...(qemu === undefined ? {} : { qemuBinary: qemu }) });
    subjects.set(comparison, subject);
    opened.push(subject);
    return subject;
  };
  return { name: by('qemu').name, by };
}

function collect(name: string, known: string[]): string[] {
  return [...known, name];
}
