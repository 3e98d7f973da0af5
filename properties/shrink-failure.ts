/** Brings a failing case down to a minimal one that fails with the same signature. */
import type { Case } from './case.ts';
import { signatureOf } from './divergence.ts';
import type { Divergence } from './divergence.ts';
import { minimise } from './minimise.ts';
import type { Minimised } from './minimise.ts';
import type { Subject } from './subject.ts';

export interface ShrunkFailure extends Minimised {
  /** What goes wrong in the minimal case. */
  readonly divergence: Divergence;
}

export async function shrinkFailure(
  subject: Subject,
  failing: Case,
  divergence: Divergence,
): Promise<ShrunkFailure> {
  const signature = signatureOf(divergence);
  let last = divergence;
  const fails = async (candidate: Case): Promise<boolean> => {
    const found = await subject.judge(candidate, 'full');
    if (found === null || signatureOf(found) !== signature) return false;
    last = found;
    return true;
  };
  const { setup, operations } = failing;
  const cut = { setup, operations: operations.slice(0, divergence.index + 1) };
  const start = (await fails(cut)) ? cut : failing;
  const thoroughness = subject.kind === 'sync' ? 'every' : 'halving';
  const steps = minimise(start, subject.capabilities, thoroughness, candidatesMax(subject, divergence));
  let next = steps.next();
  while (next.done !== true) next = steps.next(await fails(next.value));
  return { ...next.value, divergence: last };
}

/** A case costs microseconds in this process, tens of milliseconds on a real binary, and seconds where that hangs. */
function candidatesMax(subject: Subject, divergence: Divergence): number {
  if (subject.kind === 'sync') return Infinity;
  return divergence.kind === 'lost' && divergence.how === 'hang' ? 24 : 1000;
}
