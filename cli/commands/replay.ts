/** The command that runs a saved trace again, or judges or shrinks it. */
import { Option } from 'commander';
import type { Command } from 'commander';
import { tellChecks, withJunit } from '../options/checks.ts';
import { exitCodeHelp } from '../options/exit-codes.ts';
import type { Finish } from '../options/exit-codes.ts';
import { untilInterrupted } from '../options/interruption.ts';
import { positiveWholeNumber, print } from '../options/options.ts';
import { connectLogged, logOption, subjectOptions, withSystem } from '../options/system.ts';
import type { SystemFlags } from '../options/system.ts';
import { stopwatch } from '../../properties/jobs/stopwatch.ts';
import type { Subject } from '../../properties/subjects/subject.ts';
import { judgeRecorded } from '../../traces/replay/recorded.ts';
import { replayTraceFile } from '../../traces/replay/replay.ts';
import { replayChecks } from '../../traces/replay/replay-checks.ts';
import type { Replayed } from '../../traces/replay/replay-checks.ts';
import { UsageError } from '../../properties/jobs/usage-error.ts';
import { connectFlight } from '../../properties/subjects/flight-subjects.ts';
import { isFlightTrace, readFlightTrace } from '../../traces/in-flight/flight-trace-file.ts';
import { replayFlight } from '../../traces/in-flight/replay-flight.ts';
import { reshrink } from '../../traces/record/reshrink.ts';
import { readTrace } from '../../traces/format/trace-file.ts';
import type { Trace } from '../../traces/format/trace-schema.ts';

interface ReplayFlags extends SystemFlags {
  json?: true;
  recorded?: true;
  shrink?: true;
  log?: string;
  failures: string;
  times: number;
}

/** `npm run replay` */
export function addReplay(program: Command, finish: Finish): void {
  withJunit(withSystem(program.command('replay')))
    .argument('<trace>', 'a trace file (JSON)')
    .option('--recorded', "judge what the system answered then by today's model, and run no system")
    .addOption(
      new Option('--shrink', 'make a trace that still fails smaller, and save it').conflicts('recorded'),
    )
    .addOption(logOption().conflicts(['recorded', 'shrink']))
    .option(
      '--times <count>',
      'play it so often, each time in a fresh system, and tell how often it differs',
      positiveWholeNumber,
      1,
    )
    .option('--failures <folder>', 'where --shrink saves the trace', 'traces/saved/failures')
    .option('--json', 'print the result as JSON')
    .addHelpText('after', exitCodeHelp)
    .action(async (path: string, flags: ReplayFlags) => {
      const seconds = stopwatch();
      const played = await untilInterrupted(() => play(path, flags));
      const how = flags.recorded === true ? 'as recorded' : flags.system;
      tellChecks(replayChecks(path, how, played, seconds()));
      const isJson = flags.json === true && played.data !== null;
      print(isJson ? JSON.stringify(played.data, null, 2) : played.text);
      finish(played.agreed);
    });
}

/** A comparison that is not given is that of the trace, or of the binary. `data` is what `--json` prints; null where it changes nothing. */
async function play(path: string, flags: ReplayFlags): Promise<Replayed & { readonly data: object | null }> {
  if (isFlightTrace(path)) return playFlight(path, flags);
  if (flags.recorded === true) {
    const trace = readTrace(path);
    const verdict = judgeRecorded(path, trace);
    const sentence = verdict.agreed ? null : verdict.text;
    return { ...verdict, sentence, comparison: trace.comparison, data: verdict };
  }
  const open = async ({ comparison }: Trace): Promise<Subject> =>
    connectLogged(flags.system, await subjectOptions(flags, comparison), flags.log);
  if (flags.shrink !== true) {
    const { agreed, text, data } = await replayTraceFile(path, open, flags.times);
    return { agreed, text, sentence: data.sentence, comparison: data.comparison, data };
  }
  const trace = readTrace(path);
  const subject = await open(trace);
  try {
    const text = await reshrink(path, trace, subject, flags.failures);
    const sentence = `${path} still fails`;
    return { agreed: false, text, sentence, comparison: subject.comparison, data: null };
  } finally {
    await subject.shutdown();
  }
}

async function playFlight(
  path: string,
  flags: ReplayFlags,
): Promise<Replayed & { readonly data: object | null }> {
  const other = (['recorded', 'shrink', 'log'] as const).find((name) => flags[name] !== undefined);
  if (other !== undefined)
    throw new UsageError(`${path}: requests overlap in it, and it is played without --${other}`);
  const trace = readFlightTrace(path);
  const subject = await connectFlight(flags.system, await subjectOptions(flags, trace.comparison));
  try {
    const { agreed, text, ...found } = await replayFlight(path, trace, subject, flags.times);
    const { sentence } = found;
    const data = { trace: path, system: subject.name, comparison: subject.comparison, agreed, ...found };
    return { agreed, text, sentence, comparison: subject.comparison, data };
  } finally {
    await subject.shutdown();
  }
}
