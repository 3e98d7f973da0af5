/** The failures of a folder run first: which of them still fail on the system under test. */
import { unlessInterrupted } from '../../impl/held/interrupted.ts';
import { caseProblem } from '../../properties/cases/setup-problem.ts';
import { signatureOf } from '../../properties/comparison/divergence.ts';
import type { Subject } from '../../properties/subjects/subject.ts';
import { listTraces } from './failure-folder.ts';
import { caseOf, judgeTrace } from './replay.ts';
import { TraceError } from '../format/trace-error.ts';
import { readTrace } from '../format/trace-file.ts';

export interface StillFailing {
  readonly path: string;
  readonly signature: string;
  readonly operations: number;
}

export interface SavedFailures {
  readonly run: number;
  readonly failing: readonly StillFailing[];
  /** Found on other systems: what fails there says nothing of this one. */
  readonly ofOthers: number;
  /** A line for each file that is no trace any more. */
  readonly broken: readonly string[];
}

/** Runs those that were found on this system, or nobody knows on which, and that it can be given; the shortest first. */
export async function runSavedFailures(folder: string, subject: Subject): Promise<SavedFailures> {
  const broken: string[] = [];
  const cases = listTraces(folder).flatMap((path) => {
    try {
      const trace = readTrace(path);
      return [{ path, trace, testCase: caseOf(trace) }];
    } catch (error) {
      if (!(error instanceof TraceError)) throw error;
      broken.push(error.message);
      return [];
    }
  });
  const own = cases.filter(({ trace }) => (trace.found?.system ?? subject.name) === subject.name);
  const known = new Set(subject.capabilities.operations);
  const runnable = own
    .filter(({ testCase }) => caseProblem(testCase, subject.capabilities) === null)
    .filter(({ testCase }) => testCase.operations.every(({ op }) => known.has(op)))
    .toSorted((left, right) => left.testCase.operations.length - right.testCase.operations.length);
  const failing: StillFailing[] = [];
  for (const { path, trace, testCase } of runnable) {
    const divergence = await unlessInterrupted(() => judgeTrace(trace, subject));
    if (divergence === 'interrupted') break;
    if (divergence === null) continue;
    failing.push({ path, signature: signatureOf(divergence), operations: testCase.operations.length });
  }
  return { run: runnable.length, failing, ofOthers: cases.length - own.length, broken };
}

/** Null where there was nothing to run. */
export function describeSavedFailures({ run, failing, ofOthers, broken }: SavedFailures): string | null {
  if (run === 0 && ofOthers === 0 && broken.length === 0) return null;
  const others = ofOthers === 0 ? '' : `, ${ofOthers} of other systems not run`;
  return [
    ...broken.map((message) => `not run: ${message}`),
    `saved failures: ${failing.length} of ${run} still fail${others}`,
    ...failing.map(({ path, signature, operations }) => `  ${signature}, ${operations} operations: ${path}`),
  ].join('\n');
}
