/** Runs a saved trace again, on any system, and says at which step what differed. */
import { caseProblem } from '../../properties/cases/setup-problem.ts';
import { signatureOf } from '../../properties/comparison/divergence.ts';
import type { Divergence } from '../../properties/comparison/divergence.ts';
import { buildFailureReport, describeDivergence } from '../../properties/lockstep/failure-report.ts';
import { printFailure } from '../../properties/lockstep/failure-text.ts';
import type { Case } from '../../properties/cases/case.ts';
import type { Subject } from '../../properties/subjects/subject.ts';
import { UsageError } from '../../properties/jobs/usage-error.ts';
import { readTrace } from '../format/trace-file.ts';
import type { Trace } from '../format/trace-schema.ts';

export interface ReplayResult {
  readonly agreed: boolean;
  readonly text: string;
  readonly data: {
    readonly trace: string;
    readonly system: string;
    readonly comparison: Trace['comparison'];
    readonly operations: number;
    readonly agreed: boolean;
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
): Promise<ReplayResult> {
  const trace = readTrace(path);
  const subject = await open(trace);
  try {
    return await replay(path, trace, subject);
  } finally {
    await subject.shutdown();
  }
}

export async function replay(path: string, trace: Trace, subject: Subject): Promise<ReplayResult> {
  const testCase = caseOf(trace);
  const problem = caseProblem(testCase, subject.capabilities) ?? unsupported(testCase, subject);
  if (problem !== null) throw new UsageError(`${path} cannot be run on ${subject.name}: ${problem}`);
  const divergence = await judgeTrace(trace, subject);
  const operations = testCase.operations.length;
  const common = { trace: path, system: subject.name, comparison: subject.comparison, operations };
  if (divergence === null) {
    const text = `${path}: ${subject.name} and the model agree in all ${operations} operations (comparison: ${subject.comparison})`;
    return {
      agreed: true,
      text,
      data: { ...common, agreed: true, step: null, signature: null, sentence: null },
    };
  }
  const report = buildFailureReport(subject.name, testCase, divergence, `replayed from ${path}`);
  return {
    agreed: false,
    text: printFailure(report),
    data: {
      ...common,
      agreed: false,
      step: divergence.index + 1,
      signature: signatureOf(divergence),
      sentence: describeDivergence(subject.name, divergence),
    },
  };
}

/** Where a trace was seen to fail only behind other cases, those go first. */
export async function judgeTrace(trace: Trace, subject: Subject): Promise<Divergence | null> {
  for (const testCase of trace.before ?? []) await subject.judge(testCase, 'full');
  return subject.judge(caseOf(trace), 'full');
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
