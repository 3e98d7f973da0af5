/** Plays a failing case anew, in a fresh system where there is one, and counts how often it fails in the same way. */
import { unlessInterrupted } from '../../impl/held/interrupted.ts';
import type { Case } from '../cases/case.ts';
import { signatureOf } from '../comparison/divergence.ts';
import type { Divergence } from '../comparison/divergence.ts';
import type { Budget } from '../shrink/budget.ts';
import type { AsyncSubject, Subject } from '../subjects/subject.ts';

/** Of `of` plays `failed` failed in the same way. */
export interface Plays {
  readonly failed: number;
  readonly of: number;
}

/** What a case did when it was played anew; `divergence` is that of the last play that failed. */
export interface Played extends Plays {
  readonly divergence: Divergence | null;
}

/** `playsMax` plays, or as many as the budget allows; each behind the cases of `before`. */
export async function playAnew(
  subject: Subject,
  failing: Case,
  signature: string,
  { before = [], playsMax, budget }: { before?: readonly Case[]; playsMax: number; budget: Budget },
): Promise<Played> {
  let [failed, of] = [0, 0];
  let divergence: Divergence | null = null;
  while (of < playsMax && !(await budget.isOver())) {
    const found = await unlessInterrupted(async () => {
      await renewed(subject);
      for (const testCase of before) await subject.judge(testCase, 'full');
      return subject.judge(failing, 'full');
    });
    if (found === 'interrupted') break;
    of++;
    if (found === null || signatureOf(found) !== signature) continue;
    failed++;
    divergence = found;
  }
  return { failed, of, divergence };
}

/** A system in this process begins anew with each case. */
export async function renewed(subject: Subject): Promise<void> {
  if (subject.kind === 'async') await subject.renew?.();
}

/** The same system, fresh for each case, which is played behind others. */
export function anewEachTime(subject: Subject, before: readonly Case[]): AsyncSubject {
  const { name, option, comparison, capabilities } = subject;
  return {
    kind: 'async',
    name,
    option,
    comparison,
    capabilities,
    accepts: (operation, stages, setup) => subject.accepts(operation, stages, setup),
    shutdown: () => subject.shutdown(),
    judge: async (testCase, depth, coverage) => {
      await renewed(subject);
      for (const each of before) await subject.judge(each, 'full');
      return subject.judge(testCase, depth, coverage);
    },
    ...(subject.kind === 'async' && subject.endure !== undefined
      ? { endure: (patience, mostMs) => subject.endure?.(patience, mostMs) }
      : {}),
  };
}

/** Fewer cases before it with which it still fails: long runs are left out first, then single ones. */
export async function fewerBefore(
  subject: Subject,
  failing: Case,
  signature: string,
  before: readonly Case[],
  budget: Budget,
): Promise<readonly Case[]> {
  let kept = before;
  for (let count = Math.ceil(kept.length / 2); count >= 1; count = Math.floor(count / 2)) {
    for (let end = kept.length; end > 0; end -= count) {
      const fewer = [...kept.slice(0, Math.max(0, end - count)), ...kept.slice(end)];
      const { failed } = await playAnew(subject, failing, signature, { before: fewer, playsMax: 1, budget });
      if (failed > 0) kept = fewer;
    }
  }
  return kept;
}
