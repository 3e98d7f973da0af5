/** Runs a saved trace again, on any system, and says at which step what differed. */
import { caseProblem } from '../../properties/cases/setup-problem.ts';
import { signatureOf } from '../../properties/comparison/divergence.ts';
import type { Divergence } from '../../properties/comparison/divergence.ts';
import { buildFailureReport, describeDivergence } from '../../properties/lockstep/failure-report.ts';
import { printFailure } from '../../properties/lockstep/failure-text.ts';
import { renewed } from '../../properties/confirm/plays.ts';
import { Coverage } from '../../properties/coverage/coverage.ts';
import type { Case } from '../../properties/cases/case.ts';
import type { Subject } from '../../properties/subjects/subject.ts';
import { UsageError } from '../../properties/jobs/usage-error.ts';
import { readTrace } from '../format/trace-file.ts';
import type { Trace } from '../format/trace-schema.ts';

export interface ReplayResult {
  /** `incomplete` where nothing was played. */
  readonly agreed: boolean | 'incomplete';
  readonly text: string;
  readonly data: {
    readonly trace: string;
    readonly system: string;
    readonly comparison: Trace['comparison'];
    readonly operations: number;
    readonly agreed: boolean;
    /** Where it was played more than once: how often, and how often something differed. */
    readonly times?: number;
    readonly failed?: number;
    /** Number of the step that differed, from 1; null when none did. */
    readonly step: number | null;
    readonly signature: string | null;
    readonly sentence: string | null;
  };
}

/**
 * The system is opened only once the trace is known to be good, to be judged as the trace says or as the caller does.
 * Throws `TraceError`, `UsageError`, `EnvironmentError`.
 */
export async function replayTraceFile(
  path: string,
  open: (trace: Trace) => Subject | Promise<Subject>,
  times = 1,
): Promise<ReplayResult> {
  const trace = readTrace(path);
  const subject = await open(trace);
  try {
    return await replay(path, trace, subject, times);
  } finally {
    await subject.shutdown();
  }
}

/** Plays a trace `times` times, each in a fresh system. */
export async function replay(path: string, trace: Trace, subject: Subject, times = 1): Promise<ReplayResult> {
  const testCase = caseOf(trace);
  const problem = caseProblem(testCase, subject.capabilities) ?? unsupported(testCase, subject);
  if (problem !== null) throw new UsageError(`${path} cannot be run on ${subject.name}: ${problem}`);
  const coverage = new Coverage();
  let failed = 0;
  let divergence: Divergence | null = null;
  for (let play = 0; play < times; play++) {
    if (play > 0) await renewed(subject);
    const found = await judgeTrace(trace, subject, coverage);
    if (found !== null) failed++;
    divergence ??= found;
  }
  const operations = testCase.operations.length;
  const common = {
    trace: path,
    system: subject.name,
    comparison: subject.comparison,
    operations,
    ...(times === 1 ? {} : { times, failed }),
  };
  const rate = times === 1 ? [] : [`it differed in ${failed} of ${times} plays`];
  if (divergence === null) {
    const isPlayed = coverage.operations > 0;
    const all = `${path}: ${subject.name} and the model agree in all ${operations} operations (comparison: ${subject.comparison})`;
    const nothing = `${path}: nothing was played on ${subject.name}: ${operations === 0 ? 'the trace has no operation' : `it can be given none of the ${operations} operations there`}`;
    return {
      agreed: isPlayed || 'incomplete',
      text: [isPlayed ? all : nothing, ...rate, ...unsteadiness(trace, times)].join('\n'),
      data: { ...common, agreed: isPlayed, step: null, signature: null, sentence: null },
    };
  }
  const history = [`replayed from ${path}`, ...rate].join('\n');
  return {
    agreed: false,
    text: printFailure(buildFailureReport(subject.name, testCase, divergence, history)),
    data: {
      ...common,
      agreed: false,
      step: divergence.index + 1,
      signature: signatureOf(divergence),
      sentence: describeDivergence(subject.name, divergence),
    },
  };
}

/** One play that agrees says little of what did not fail each time when it was found. */
function unsteadiness({ reproduces, plays }: Trace, times: number): string[] {
  if (reproduces !== false) return [];
  const then = plays === undefined ? '' : `: ${plays.failed} of ${plays.of} plays did when it was found`;
  return [
    `the trace says that it does not fail each time${then}`,
    ...(times === 1 ? ['--times 100 gives the rate'] : []),
  ];
}

/** Where a trace was seen to fail only behind other cases, those go first. */
export async function judgeTrace(
  trace: Trace,
  subject: Subject,
  coverage?: Coverage,
): Promise<Divergence | null> {
  for (const testCase of trace.before ?? []) await subject.judge(testCase, 'full');
  return subject.judge(caseOf(trace), 'full', coverage);
}

/** The case that a trace stands for; operations marked `skip` are left out. */
export function caseOf({ setup, operations }: Trace): Case {
  return {
    setup,
    operations: operations
      .filter(({ skip }) => skip !== true)
      .map(({ skip: _skip, ...operation }) => operation),
  };
}

/** What a system has no operation for; null where it has all. */
export function unsupported({ operations }: Case, { capabilities }: Subject): string | null {
  const missing = operations.find(({ op }) => !capabilities.operations.includes(op));
  return missing === undefined ? null : `it has no ${missing.op}`;
}
