/** The command that writes a trace as a page to look at. */
import type { Command } from 'commander';
import { exitCodeHelp } from '../options/exit-codes.ts';
import type { Finish } from '../options/exit-codes.ts';
import { print } from '../options/options.ts';
import { subjectOptions, withSystem } from '../options/system.ts';
import type { SystemFlags } from '../options/system.ts';
import { connectFlight } from '../../properties/subjects/flight-subjects.ts';
import { connectSubject } from '../../properties/subjects/subjects.ts';
import { readTrace } from '../../traces/format/trace-file.ts';
import { caseOf } from '../../traces/replay/replay.ts';
import { isFlightTrace, readFlightTrace } from '../../traces/in-flight/flight-trace-file.ts';
import { viewFlight } from '../../traces/in-flight/write-flight-view.ts';
import { usualSystem, viewPath, viewTrace } from '../../traces/view/write-view.ts';

interface ViewFlags extends SystemFlags {
  out?: string;
}

/** `npm run view` */
export function addView(program: Command, finish: Finish): void {
  withSystem(program.command('view'))
    .argument('<trace>', 'a trace file (JSON)')
    .option('--out <file>', 'where the page is written (default: beside the trace)')
    .addHelpText('after', exitCodeHelp)
    .action(async (path: string, flags: ViewFlags, command: Command) => {
      const isNamed = command.getOptionValueSource('system') !== 'default';
      if (isFlightTrace(path)) return viewOverlap(path, flags, isNamed, finish);
      const trace = readTrace(path);
      const name = isNamed ? flags.system : usualSystem(path, trace, flags.system);
      const subject = await connectSubject(
        name,
        await subjectOptions({ ...flags, system: name }, trace.comparison),
      );
      const page = flags.out ?? viewPath(path);
      try {
        const agreed = await viewTrace(path, trace, subject, page);
        finish(agreed && caseOf(trace).operations.length === 0 ? 'incomplete' : agreed);
      } finally {
        await subject.shutdown();
      }
      print(page);
    });
}

async function viewOverlap(path: string, flags: ViewFlags, isNamed: boolean, finish: Finish): Promise<void> {
  const trace = readFlightTrace(path);
  const name = isNamed ? flags.system : usualSystem(path, trace, flags.system);
  const options = await subjectOptions({ ...flags, system: name }, trace.comparison);
  const subject = await connectFlight(name, options);
  const page = flags.out ?? viewPath(path);
  try {
    finish(await viewFlight(path, trace, subject, page));
  } finally {
    await subject.shutdown();
  }
  print(page);
}
