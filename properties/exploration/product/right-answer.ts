/** Whether an answer of the system is the one that is derived for a step. */
import { contentNumber } from '../../../impl/state-access.ts';
import { SystemLost } from '../../../impl/system-lost.ts';
import type { Outcome } from '../../../model/vocabulary.ts';
import { sameOutcome } from '../../comparison/comparison.ts';
import { contentOf } from './derived-steps.ts';
import type { SkeletonStep } from './product-skeletons.ts';

/** For this content, and what the operation writes. What is right for all content is remembered. */
export function isRightAnswer(
  actual: Outcome | SystemLost,
  step: SkeletonStep,
  content: Int32Array,
  written: number,
): boolean {
  if (actual instanceof SystemLost) return false;
  const expected = step.derived.outcome;
  if (expected.kind === 'data') return isRightData(actual, expected.tags, content, written);
  if (!sameOutcome(expected, actual)) return false;
  // What can still be changed may be another answer the next time.
  if (Object.isFrozen(actual)) step.rightAnswer = actual;
  return true;
}

function isRightData(
  actual: Outcome,
  expected: readonly number[],
  content: Int32Array,
  written: number,
): boolean {
  if (actual.kind !== 'data' || actual.tags.length !== expected.length) return false;
  for (let index = 0; index < expected.length; index++) {
    const number = contentOf(contentNumber(expected[index] ?? 0), content, written);
    if (contentNumber(actual.tags[index] ?? -1) !== number) return false;
  }
  return true;
}
