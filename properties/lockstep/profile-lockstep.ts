/** The lockstep run judged by a profile that leaves more than the way of QEMU. */
import type { System } from '../../impl/system.ts';
import type { Host } from '../../model/node.ts';
import type { Observation } from '../../model/vocabulary.ts';
import type { Case } from '../cases/case.ts';
import { allowsQemu } from '../cases/comparison-mode.ts';
import type { ComparisonMode } from '../cases/comparison-mode.ts';
import type { Divergence } from '../comparison/divergence.ts';
import { ProfileRun } from './profile-run.ts';
import { runLockstep, stateDifference } from './lockstep.ts';
import type { LockstepOptions } from './lockstep.ts';

/** Null when every difference from QEMU is one that the profile allows. */
export function runProfileLockstep(
  system: System,
  testCase: Case,
  comparison: ComparisonMode,
  options: LockstepOptions,
): Divergence | null {
  const found = allowsQemu(comparison) ? runLockstep(system, testCase, options) : { index: 0 };
  if (found === null) return null;
  const { setup, operations } = testCase;
  const run = new ProfileRun(system.capabilities, setup, comparison);
  system.load(setup);
  for (const [index, operation] of operations.entries()) {
    const seen = {
      operation,
      actual: system.apply(operation),
      shown: { nodes: [] },
      differs: (host: Host, expected: readonly Observation[]) => {
        const difference = stateDifference(system, host, expected, operation, 'full');
        return difference === null ? null : ({ kind: 'observation', ...difference } as const);
      },
    };
    // The steps before were counted when they were compared with the binary.
    const divergence = run.judge(index, seen, index < found.index ? undefined : options.coverage);
    if (divergence !== null) return divergence;
  }
  options.coverage?.countDocumented(run.adopted);
  return null;
}
