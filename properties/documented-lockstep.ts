/** The lockstep run judged by the design document: only where a system does not do as the real binary does. */
import type { System } from '../impl/system.ts';
import type { HostState } from '../model/state.ts';
import type { Observation } from '../model/vocabulary.ts';
import type { Case } from './case.ts';
import type { Divergence } from './divergence.ts';
import { DocumentedRun } from './documented-run.ts';
import { runLockstep, stateDifference } from './lockstep.ts';
import type { LockstepOptions } from './lockstep.ts';

/** Null when every difference from the real binary is one that its design document allows. */
export function runDocumentedLockstep(
  system: System,
  testCase: Case,
  options: LockstepOptions,
): Divergence | null {
  const found = runLockstep(system, testCase, options);
  if (found === null) return null;
  const { setup, operations } = testCase;
  const run = new DocumentedRun(system.capabilities, setup);
  system.load(setup);
  for (const [index, operation] of operations.entries()) {
    const seen = {
      operation,
      actual: system.apply(operation),
      shown: { nodes: [] },
      differs: (state: HostState, expected: readonly Observation[]) => {
        const difference = stateDifference(system, state, expected, operation, 'full');
        return difference === null ? null : ({ kind: 'observation', ...difference } as const);
      },
    };
    // The steps before were counted when they were compared with the binary.
    const divergence = run.judge(index, seen, index < found.index ? undefined : options.coverage);
    if (divergence !== null) return divergence;
  }
  options.coverage?.countDocumented(run.way);
  return null;
}
