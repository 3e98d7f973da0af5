/** The lockstep run judged by a profile that leaves more than the way of QEMU. */
import type { System } from '../../impl/system.ts';
import { predicted } from '../../model/choices.ts';
import type { Follow } from '../../model/deviations.ts';
import { initialState } from '../../model/node.ts';
import type { Host } from '../../model/node.ts';
import { step } from '../../model/step.ts';
import type { Observation } from '../../model/vocabulary.ts';
import type { Case } from '../cases/case.ts';
import { allowsQemu, namesOf } from '../cases/comparison-mode.ts';
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
  const isUsual = allowsQemu(comparison) || !meetsOtherWay(testCase, comparison);
  const found = isUsual ? runLockstep(system, testCase, options) : { index: 0 };
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

/** Whether the model asks in this case for a deviation at which the system must go another way than 7.2. */
function meetsOtherWay({ setup, operations }: Case, comparison: ComparisonMode): boolean {
  const names = namesOf(comparison);
  let isMet = false;
  const follow: Follow = (name) => {
    isMet ||= names.includes(name);
    return 0;
  };
  let host = initialState(setup);
  for (const operation of operations) ({ host } = step(host, operation, predicted, follow));
  return isMet;
}
