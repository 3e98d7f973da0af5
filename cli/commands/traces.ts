/** The command that lists the saved traces. */
import type { Command } from 'commander';
import { exitCodeHelp } from '../options/exit-codes.ts';
import { positiveNumber, print } from '../options/options.ts';
import { subjectOptions, systemName, usualComparison } from '../options/system.ts';
import type { SystemFlags } from '../options/system.ts';
import type { ComparisonMode } from '../../properties/cases/comparison-mode.ts';
import type { Subject } from '../../properties/subjects/subject.ts';
import { connectSubject, subjectNames } from '../../properties/subjects/subjects.ts';
import { TraceError } from '../../traces/format/trace-error.ts';
import { describeTable, tabulate, TRACE_FOLDERS } from '../../traces/replay/trace-table.ts';
import type { Asked } from '../../traces/replay/trace-table.ts';

interface TracesFlags extends Pick<SystemFlags, 'qemu' | 'timeout'> {
  on: string[];
  json?: true;
}

/** `npm run traces` */
export function addTraces(program: Command, finish: (agreed: boolean) => void): void {
  program
    .command('traces')
    .argument('[places...]', 'folders of traces, and trace files (default: all folders of traces/)')
    .option('--on <system>', 'run each on this system; can be given again', collect, [])
    .option('--qemu <path>', 'the QEMU binary of --on qemu (default: qemu-system-x86_64 on the PATH)')
    .option('--timeout <seconds>', 'how long an adapter behind exec: may take to answer', positiveNumber)
    .option('--json', 'print the result as JSON')
    .addHelpText('after', exitCodeHelp)
    .action(async (places: string[], { on, json, ...flags }: TracesFlags) => {
      const opened: Subject[] = [];
      try {
        const systems: Asked[] = [];
        for (const name of new Set(on)) systems.push(await asked({ ...flags, system: name }, opened));
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
async function asked(flags: SystemFlags, opened: Subject[]): Promise<Asked> {
  const { system, qemu } = flags;
  const shown = system === 'qemu' ? await usualComparison(system, qemu) : null;
  const subjects = new Map<ComparisonMode, Subject>();
  const by = async (wanted: ComparisonMode): Promise<Subject> => {
    const comparison = wanted === 'document' ? wanted : (shown ?? wanted);
    const known = subjects.get(comparison);
    if (known !== undefined) return known;
    const subject = await connectSubject(system, await subjectOptions({ ...flags, comparison }));
    subjects.set(comparison, subject);
    opened.push(subject);
    return subject;
  };
  const { name } = await by('qemu');
  return { name, by };
}

function collect(given: string, known: string[]): string[] {
  const name = systemName(given, subjectNames);
  return [...known, name];
}
