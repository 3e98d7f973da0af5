/** What the document allows requests of guest and primary to do where the binary does something else. */
import { contains, touchedUnits } from './geometry.ts';
import { eio, einval, ok } from './outcome.ts';
import { guestWriteZeroes, primaryDiscard, primaryWriteZeroes } from './request.ts';
import { copyBeforeWrite } from './secondary-disk.ts';
import type { State, Step } from './state.ts';
import type { Range } from './vocabulary.ts';
import { flagged, isRunningSecondary, primaryChange } from './documented-choice.ts';
import type { NodeCall, StepAt } from './documented-choice.ts';

/** Case 3: a copy before a write that failed. */
export function failedCopyIsReported({ before, operation, step }: StepAt): readonly Step[] {
  const range = primaryChange(operation);
  if (range === null || step.outcome !== eio || !isRunningSecondary(before)) return [];
  return copyBeforeWrite(before, range).outcome === ok ? [] : [flagged(step)];
}

/** Case 4: whatever request it is that the secondary disk fails. */
export function secondaryErrorIsReported({ before, operation, step }: StepAt): readonly Step[] {
  if (step.outcome !== eio || !isRunningSecondary(before) || !('count' in operation)) return [];
  const write = primaryChange(operation);
  const copyFails = write !== null && copyBeforeWrite(before, write).outcome !== ok;
  return !copyFails && meetsBadSecondary(before, operation) ? [flagged(step)] : [];
}

/** A layer that is gone fails the request, and that is reported. */
export function ejectedOverlayIsReported({ before, operation, step }: StepAt): readonly Step[] {
  const { ejected } = before.faults;
  if (!isRunningSecondary(before) || !(ejected.active || ejected.hidden)) return [];
  if (step.outcome !== einval || !isRequest(operation)) return [];
  const inside =
    !('count' in operation) || operation.sector + operation.count <= before.setup.geometry.lengthSectors;
  return inside ? [flagged(step)] : [];
}

/** Nothing is overwritten, so nothing is saved. */
export function emptyWriteDoesNothing({ before, operation, step }: StepAt): readonly Step[] {
  if (operation.op !== 'primaryWrite' || operation.count > 0 || step.state === before) {
    // A copy that fails leaves the state as it was, too.
    if (operation.op !== 'primaryWrite' || operation.count > 0 || step.outcome !== eio) return [];
  }
  return [{ state: before, outcome: ok }];
}

/** A discard is a request that changes the disk: it is buffered like a write of zeroes. */
export function guestDiscardIsAWrite({ before, operation }: StepAt): readonly Step[] {
  return operation.op === 'guestDiscard' ? [guestWriteZeroes(before, operation)] : [];
}

/** A copy goes before it; the disk below may then drop it or read as zeroes. */
export function primaryDiscardIsAWrite({ before, operation }: StepAt): readonly Step[] {
  if (operation.op !== 'primaryDiscard' || operation.count === 0) return [];
  if (primaryDiscard(before, operation).outcome !== ok) return [];
  return [primaryWriteZeroes(before, operation), copyBeforeWrite(before, operation)];
}

/** A guest request may read whole clusters of active from the disk. */
function meetsBadSecondary({ setup, faults }: State, range: Range): boolean {
  const { activeClusterSectors, lengthSectors } = setup.geometry;
  const touched = touchedUnits(range, activeClusterSectors, lengthSectors);
  return faults.badSectors.some(({ disk, sector }) => disk === 'secondary' && contains(touched, sector));
}

function isRequest({ op }: NodeCall): boolean {
  return op.startsWith('guest') || op.startsWith('primary');
}
