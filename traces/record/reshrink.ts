/** A saved failure made smaller: run again, shrunk by today's shrinker, and kept if it has become smaller. */
import { confirmFailure } from '../../properties/confirm/confirm-failure.ts';
import { signatureOf } from '../../properties/comparison/divergence.ts';
import type { Subject } from '../../properties/subjects/subject.ts';
import { UsageError } from '../../properties/jobs/usage-error.ts';
import { recordFinding } from './record-finding.ts';
import { caseOf, judgeTrace } from '../replay/replay.ts';
import type { Trace } from '../format/trace-schema.ts';

/** Returns the report of the smaller case. Throws a `UsageError` where the system agrees with the trace. */
export async function reshrink(
  path: string,
  trace: Trace,
  subject: Subject,
  folder: string,
): Promise<string> {
  const testCase = caseOf(trace);
  const divergence = await judgeTrace(trace, subject);
  if (divergence === null) {
    throw new UsageError(`${path}: ${subject.name} and the model agree, there is nothing to shrink`);
  }
  const before = (trace.before ?? []).map(({ setup, operations }) => ({ setup, operations }));
  const shrunk = await confirmFailure(subject, testCase, divergence, before);
  const finding = {
    ...shrunk,
    signature: signatureOf(divergence),
    originalOperations: testCase.operations.length,
    caseIndex: trace.found?.caseIndex ?? 0,
  };
  return recordFinding(subject, finding, trace.found?.seed ?? 0, folder).text;
}
