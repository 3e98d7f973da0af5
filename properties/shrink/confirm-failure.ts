/**
 * Shrinks a failure of a system whose process outlives a case, and makes sure that it fails in a fresh process, too: a
 * trace that fails only behind other cases would teach its reader nothing.
 */
import type { Case } from '../cases/case.ts';
import { signatureOf } from '../comparison/divergence.ts';
import type { Divergence } from '../comparison/divergence.ts';
import { shrinkFailure } from './shrink-failure.ts';
import type { ShrunkFailure } from './shrink-failure.ts';
import type { AsyncSubject, Subject } from '../subjects/subject.ts';

export interface ConfirmedFailure extends ShrunkFailure {
  /** Whether it failed in a fresh process as well; left out where a system has none. */
  readonly reproduces?: boolean;
  /** The cases that the process had played before, where it does not. */
  readonly before?: readonly Case[];
}

/** So many of the cases that a process has played before one are kept. */
export const BEFORE_MAX = 24;

/** Each candidate that gets a process of its own costs the start of one. */
const FRESH_CANDIDATES_MAX = 200;

type RenewableSubject = AsyncSubject & Required<Pick<AsyncSubject, 'renew'>>;

/** `before` are the cases that the same process had been given, oldest first. */
export async function confirmFailure(
  subject: Subject,
  failing: Case,
  divergence: Divergence,
  before: readonly Case[],
): Promise<ConfirmedFailure> {
  if (!isRenewable(subject)) return shrinkFailure(subject, failing, divergence);
  const fresh = freshEachTime(subject);
  const signature = signatureOf(divergence);
  const failsAlone = async (testCase: Case): Promise<Divergence | null> => {
    const found = await fresh.judge(testCase, 'full');
    return found !== null && signatureOf(found) === signature ? found : null;
  };
  if ((await failsAlone(failing)) === null) return seenOnce(failing, divergence, before);
  const shrunk = await shrinkFailure(subject, failing, divergence);
  const again = await failsAlone(shrunk.minimal);
  if (again !== null) return { ...shrunk, divergence: again, reproduces: true };
  // The candidates had something left behind by those before them.
  const alone = await shrinkFailure(fresh, failing, divergence, FRESH_CANDIDATES_MAX);
  return { ...alone, candidates: shrunk.candidates + alone.candidates, reproduces: true };
}

function isRenewable(subject: Subject): subject is RenewableSubject {
  return subject.kind === 'async' && subject.renew !== undefined;
}

function freshEachTime(subject: RenewableSubject): AsyncSubject {
  return {
    ...subject,
    judge: async (testCase, depth, coverage) => {
      await subject.renew();
      return subject.judge(testCase, depth, coverage);
    },
  };
}

function seenOnce(
  { setup, operations }: Case,
  divergence: Divergence,
  before: readonly Case[],
): ConfirmedFailure {
  return {
    minimal: { setup, operations: operations.slice(0, divergence.index + 1) },
    divergence,
    candidates: 1,
    thoroughness: 'halving',
    complete: false,
    reproduces: false,
    before: before.map((testCase) => ({ setup: testCase.setup, operations: testCase.operations })),
  };
}
