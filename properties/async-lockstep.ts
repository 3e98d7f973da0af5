/** The lockstep run for systems behind a process or a wire. */
import type { AsyncSystem } from '../impl/system.ts';
import { SystemLost } from '../impl/system-lost.ts';
import { observe, observeIndirectly, qmpOutcome } from '../model/observe.ts';
import { resolveFailedCommit } from '../model/resolve.ts';
import { initialState } from '../model/state.ts';
import type { State } from '../model/state.ts';
import { step } from '../model/step.ts';
import type { Operation } from '../model/vocabulary.ts';
import type { Case } from './case.ts';
import { firstDifference, sameOutcome } from './comparison.ts';
import type { Shown } from './comparison.ts';
import type { Coverage } from './coverage.ts';
import type { Divergence } from './divergence.ts';
import { brokenInvariant, freshMemory, remember } from './invariants.ts';

/** Null when system and model agree from the first operation to the last. A lost process is a divergence, too. */
export async function runAsyncLockstep(
  system: AsyncSystem,
  { setup, operations }: Case,
  coverage?: Coverage,
): Promise<Divergence | null> {
  const swallows = system.capabilities.control === 'qmp';
  let state = initialState(setup);
  let before = observe(state);
  let memory = freshMemory;
  await system.load(setup);
  for (const [index, operation] of operations.entries()) {
    const { stage } = state.node;
    if (!system.accepts(operation, stage)) continue;
    const at = { index, operation, stage };
    const predicted = step(state, operation);
    const expected = swallows ? qmpOutcome(operation, predicted.outcome) : predicted.outcome;
    let actual;
    let observed: Shown;
    try {
      actual = await system.apply(operation);
      if (!sameOutcome(expected, actual)) return { kind: 'outcome', ...at, expected, actual };
      observed = await system.observe();
    } catch (error) {
      if (error instanceof SystemLost) return { kind: 'lost', ...at, how: error.how, detail: error.message };
      throw error;
    }
    const next = resolved(state, operation, predicted.state, observed);
    const after = observe(next);
    const difference = firstDifference({ ...after, ...observeIndirectly(next) }, observed);
    if (difference !== null) return { kind: 'observation', ...at, ...difference, observed };
    const seen = { mode: setup.mode, before, operation, outcome: predicted.outcome, after };
    memory = remember(memory, seen);
    const broken = brokenInvariant(seen, memory);
    if (broken !== null) return { kind: 'invariant', ...at, invariant: broken.name, law: broken.law };
    coverage?.count(setup.mode, stage, operation, predicted.outcome);
    state = next;
    before = after;
  }
  return null;
}

/** Where the law allows several outcomes of a failed commit, goes on from the one that was observed. */
function resolved(before: State, operation: Operation, after: State, { secondary }: Shown): State {
  if (operation.op !== 'commitSettle' || secondary === undefined) return after;
  return resolveFailedCommit(before, after, secondary) ?? after;
}
