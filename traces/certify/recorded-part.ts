/** The recorded traces as a part of certification: those that the system can be given, and why not the others. */
import { join, relative } from 'node:path';
import { unlessInterrupted } from '../../impl/held/interrupted.ts';
import { walkOf } from '../../properties/cases/case.ts';
import type { Case } from '../../properties/cases/case.ts';
import { BEFORE_MAX } from '../../properties/confirm/confirm-failure.ts';
import type { Coverage } from '../../properties/coverage/coverage.ts';
import type { Divergence } from '../../properties/comparison/divergence.ts';
import { caseProblem } from '../../properties/cases/setup-problem.ts';
import type { Subject } from '../../properties/subjects/subject.ts';
import { listTraces } from '../replay/failure-folder.ts';
import { caseOf, unsupported } from '../replay/replay.ts';
import { readTrace } from '../format/trace-file.ts';
import type { Certificate } from './certificate-schema.ts';

const project = join(import.meta.dirname, '../..');
const FOLDERS = ['regressions', 'deviations', 'unreachable', 'witnesses'];

/** A system that is lost in so many traces would, where it hangs, keep everyone waiting. */
const LOSSES_MAX = 3;

export interface RecordedTrace {
  /** From the folder of the project. */
  readonly path: string;
  readonly testCase: Case;
}

export interface RecordedPart {
  readonly summary: NonNullable<Certificate['recorded']>;
  readonly failures: readonly RecordedFailure[];
}

interface RecordedFailure {
  readonly trace: RecordedTrace;
  readonly divergence: Divergence;
  /** What the system had been given before, oldest first. */
  readonly before: readonly Case[];
}

/** Throws a `TraceError` where one of them cannot be read. */
export function recordedTraces(): RecordedTrace[] {
  return FOLDERS.flatMap((folder) => listTraces(join(project, 'traces/saved', folder))).map((path) => ({
    path: relative(project, path),
    testCase: caseOf(readTrace(path)),
  }));
}

/** Runs the traces until all are run or it was interrupted; `told` is called before each. */
export async function runRecorded(
  traces: readonly RecordedTrace[],
  subject: Subject,
  coverage: Coverage | undefined,
  console: { told(run: number, runnable: number): void; interrupted(): boolean },
): Promise<RecordedPart> {
  // Asked before anything is loaded: what a system accepts may depend on what it holds.
  const judged = traces.map((trace) => ({ trace, reason: notApplicable(trace.testCase, subject) }));
  const runnable = judged.filter(({ reason }) => reason === null).map(({ trace }) => trace);
  const failures: RecordedFailure[] = [];
  let run = 0;
  for (const trace of runnable) {
    const losses = failures.filter(({ divergence }) => divergence.kind === 'lost');
    if (console.interrupted() || losses.length >= LOSSES_MAX) break;
    console.told(run, runnable.length);
    const divergence = await unlessInterrupted(() => subject.judge(trace.testCase, 'full', coverage));
    if (divergence === 'interrupted') break;
    if (divergence !== null) {
      const before = runnable.slice(Math.max(0, run - BEFORE_MAX), run).map(({ testCase }) => testCase);
      failures.push({ trace, divergence, before });
    }
    run++;
    // Lets signal handlers run between traces on a system that never waits.
    await new Promise((resolve) => setImmediate(resolve));
  }
  return {
    summary: {
      total: traces.length,
      agreed: run - failures.length,
      diverged: failures.length,
      notRun: runnable.length - run,
      notApplicable: judged.flatMap(({ trace, reason }) =>
        reason === null ? [] : [{ trace: trace.path, reason }],
      ),
    },
    failures,
  };
}

/** What the system does not declare of all that the case needs; null where it can be given the case as it is. */
function notApplicable(testCase: Case, subject: Subject): string | null {
  return (
    caseProblem(testCase, subject.capabilities) ??
    unsupported(testCase, subject) ??
    unbreakable(testCase, subject) ??
    leftOut(testCase, subject)
  );
}

function unbreakable({ operations }: Case, { capabilities }: Subject): string | null {
  for (const operation of operations) {
    if (operation.op === 'breakSector' && !capabilities.badSectors.includes(operation.disk))
      return `this system cannot be given bad sectors of ${operation.disk}`;
  }
  return null;
}

function leftOut(testCase: Case, subject: Subject): string | null {
  const { start, steps } = walkOf(testCase);
  for (const [index, operation] of testCase.operations.entries()) {
    const host = steps[index - 1]?.host ?? start;
    const stages = host.nodes.map(({ stage }) => stage);
    if (!subject.accepts(operation, stages, testCase.setup))
      return `it cannot be given operation ${index + 1}, ${operation.op}, there`;
  }
  return null;
}
