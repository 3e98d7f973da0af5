/** The command that runs a saved trace again, or judges or shrinks it. */
import { Option } from 'commander';
import type { Command } from 'commander';
import { requireWritableChecks, tellChecks, withJunit } from './cli-checks.ts';
import type { CheckFlags } from './cli-checks.ts';
import { exitCodeHelp, print } from './cli-options.ts';
import { traceOptions, withSystem } from './cli-system.ts';
import type { SystemFlags } from './cli-system.ts';
import { connectSubject } from './properties/subjects.ts';
import type { Subject } from './properties/subject.ts';
import { judgeRecorded } from './traces/recorded.ts';
import { replayChecks, replayTraceFile } from './traces/replay.ts';
import { reshrink } from './traces/reshrink.ts';
import { readTrace } from './traces/trace-file.ts';
import type { Trace } from './traces/trace-schema.ts';

interface ReplayFlags extends SystemFlags, CheckFlags {
  json?: true;
  recorded?: true;
  shrink?: true;
  failures: string;
}

/** `npm run replay` */
export function addReplay(program: Command, finish: (agreed: boolean) => void): void {
  withJunit(withSystem(program.command('replay')))
    .argument('<trace>', 'a trace file (JSON)')
    .description('Runs a saved trace on the system and the model and says at which step what differed.')
    .option('--recorded', "judge what the system answered then by today's model, and run no system")
    .addOption(
      new Option('--shrink', 'make a trace that still fails smaller, and save it').conflicts('recorded'),
    )
    .option('--failures <folder>', 'where --shrink saves the trace', 'traces/failures')
    .option('--json', 'print the result as JSON')
    .addHelpText('after', exitCodeHelp)
    .action(async (path: string, flags: ReplayFlags, command: Command) => {
      if (flags.recorded === true) {
        const verdict = judgeRecorded(path, readTrace(path));
        print(flags.json === true ? JSON.stringify(verdict, null, 2) : verdict.text);
        finish(verdict.agreed);
        return;
      }
      const open = (trace: Trace): Promise<Subject> =>
        connectSubject(flags.system, traceOptions(flags, command, trace));
      if (flags.shrink === true) {
        const trace = readTrace(path);
        const subject = await open(trace);
        try {
          print(await reshrink(path, trace, subject, flags.failures));
        } finally {
          await subject.shutdown();
        }
        finish(false);
        return;
      }
      requireWritableChecks(flags);
      const result = await replayTraceFile(path, open);
      tellChecks(flags, replayChecks(result));
      print(flags.json === true ? JSON.stringify(result.data, null, 2) : result.text);
      finish(result.agreed);
    });
}
