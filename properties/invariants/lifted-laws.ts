/** The laws that hold of the real binary and not of what its design document allows in the place of a deviation. */
import type { DeviationName } from '../../model/deviations.ts';
import { ignoredChangesNothing, readsChangeNothing, stageOrder } from './invariants.ts';
import type { Invariant } from './invariants.ts';

const lifted: Partial<Record<DeviationName, readonly Invariant[]>> = {
  // From failover-failed back to failover.
  'no-way-back-after-a-failed-failover': [stageOrder],
  // A request that fails sets the error flag, whatever request it is.
  'failed-secondary-write-reports-nothing': [readsChangeNothing],
  'ejected-overlay-reports-nothing': [readsChangeNothing, ignoredChangesNothing],
  // A discard is a write.
  'guest-discard-does-nothing': [readsChangeNothing],
  'primary-discard-is-not-copied': [readsChangeNothing],
};

/** The laws that a step need not keep that follows the document in these points. */
export function liftedLaws(deviations: readonly DeviationName[]): readonly Invariant[] {
  return deviations.flatMap((name) => lifted[name] ?? []);
}
