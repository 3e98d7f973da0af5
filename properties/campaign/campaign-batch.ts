/** A batch of a campaign: its cases are drawn from a seed of their own and judged, or sent on their way. */
import fc from 'fast-check';
import type { Depth } from '../../impl/system.ts';
import type { Case } from '../cases/case.ts';
import { BEFORE_MAX } from '../confirm/confirm-failure.ts';
import type { Divergence } from '../comparison/divergence.ts';
import type { Subject } from '../subjects/subject.ts';
import type { Batch } from './campaign-options.ts';
import type { Failure } from './record-failure.ts';
import { secondsSince } from './statistics.ts';
import type { Statistics } from './statistics.ts';

/** Judges what of a batch is still on the way. */
export type Finish = () => Promise<void>;
export const nothingLeft: Finish = () => Promise.resolve();

export interface BatchObserver {
  /** Receives the cases that come next; none of a system in this process. */
  readonly begins: (cases: readonly Case[]) => void;
  readonly fails: (failure: Failure) => void;
}

/** Judges a batch, or sends it on its way to a system that is given cases ahead. */
export async function beginBatch(
  subject: Subject,
  arbitrary: fc.Arbitrary<Case>,
  batch: Batch,
  depth: Depth,
  statistics: Statistics,
  failures: Failure[],
  { begins, fails }: BatchObserver,
): Promise<Finish> {
  const { seed, numRuns } = batch;
  const { split } = statistics;
  const record = recorder(batch.firstCase, statistics, (failure) => {
    fails(failure);
    failures.push(failure);
  });
  const began = performance.now();
  const judgedBefore = split.judging;
  // Failures are collected and shrunk here, not by fast-check, so that the campaign can go on behind them.
  if (subject.kind === 'async' && subject.begin !== undefined) {
    const cases = fc.sample(arbitrary, { seed, numRuns });
    begins(cases);
    const judge = subject.begin(cases, depth);
    split.drawing += secondsSince(began);
    return async () => {
      const judging = performance.now();
      statistics.coverage.beginBatch(batch.index);
      await judge(statistics.coverage, record);
      split.judging += secondsSince(judging);
    };
  }
  statistics.coverage.beginBatch(batch.index);
  const runs = { seed, numRuns, endOnFailure: true };
  if (subject.kind === 'sync') {
    begins([]);
    const judge = (testCase: Case): void => {
      const judging = performance.now();
      record(testCase, subject.judge(testCase, depth, statistics.coverage));
      split.judging += secondsSince(judging);
    };
    rethrow(fc.check(fc.property(arbitrary, judge), runs));
  } else {
    const judge = async (testCase: Case): Promise<void> => {
      begins([testCase]);
      const judging = performance.now();
      record(testCase, await subject.judge(testCase, depth, statistics.coverage));
      split.judging += secondsSince(judging);
    };
    rethrow(await fc.check(fc.asyncProperty(arbitrary, judge), runs));
  }
  split.drawing += secondsSince(began) - (split.judging - judgedBefore);
  return nothingLeft;
}

/** Takes the verdicts of the cases from `firstCase` on. */
function recorder(
  firstCase: number,
  statistics: Statistics,
  fails: (failure: Failure) => void,
): (testCase: Case, divergence: Divergence | null) => void {
  let caseIndex = firstCase;
  return (testCase, divergence) => {
    statistics.lengths[testCase.operations.length] =
      (statistics.lengths[testCase.operations.length] ?? 0) + 1;
    if (divergence !== null) {
      statistics.firstFailure ??= {
        operations: statistics.coverage.operations,
        seconds: secondsSince(statistics.began),
      };
      fails({ testCase, divergence, caseIndex, before: [...statistics.before] });
    }
    // Without what the model went through: of a long disk that takes a hundred MiB.
    const { setup, operations } = testCase;
    statistics.before.push({ setup, operations });
    if (statistics.before.length > BEFORE_MAX) statistics.before.shift();
    statistics.cases++;
    caseIndex++;
  };
}

/** A judge answers with a divergence; whatever it throws is an error of the environment, and no counterexample. */
function rethrow(details: fc.RunDetails<[Case]>): void {
  if (details.failed) throw details.errorInstance;
}
