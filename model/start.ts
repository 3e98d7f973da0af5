/** The start of one node: preconditions in the driver's order, and what each failure leaves behind (replication.c:451-610). */
import { checkpointOverlays } from './checkpoint.ts';
import * as answers from './outcome.ts';
import { abort, ok } from './outcome.ts';
import { isIgnored } from './stage.ts';
import { withNode } from './state.ts';
import type { State, Step } from './state.ts';
import type { Mode, Outcome } from './vocabulary.ts';

export function start(state: State, mode: Mode): Step {
  const { setup, node } = state;
  if (isIgnored(node.stage)) return { state, outcome: ok };
  if (node.stage !== 'none') return { state, outcome: answers.runningOrDone };
  if (setup.mode !== mode) return { state, outcome: answers.modeMismatch[setup.mode] };
  if (mode === 'primary') {
    return { state: withNode(state, { ...node, stage: 'running', errorFlag: false }), outcome: ok };
  }
  const refused = wiringError(state);
  return refused === null ? attachDisks({ ...state, reopened: true }) : { state, outcome: refused };
}

/** replication.c:495-545: these leave nothing behind. A layer without medium has no length (520). */
function wiringError({ setup, faults }: State): Outcome | null {
  const { defects } = setup;
  if (defects.includes('activeWithoutBacking')) return answers.startErrors.activeWithoutBacking;
  if (defects.includes('hiddenWithoutBacking')) return answers.startErrors.hiddenWithoutBacking;
  if (defects.includes('secondaryWithoutBackend')) return answers.startErrors.secondaryWithoutBackend;
  const ejected = faults.ejected.active || faults.ejected.hidden;
  if (ejected || defects.includes('lengthsDiffer')) return answers.startErrors.lengthsDiffer;
  if (defects.includes('makeEmptyUnsupported')) return answers.startErrors.makeEmptyUnsupported;
  return defects.includes('hiddenFileReadOnly') ? answers.startErrors.blockNodeReadOnly : null;
}

/** replication.c:547-565: a child once attached stays attached; each further try attaches one more. */
function attachDisks(state: State): Step {
  const { setup, suffix } = state;
  const { hiddenAttached, secondaryAttached } = state.node;
  if (setup.defects.includes('hiddenWriteUnshared')) {
    return { state, outcome: answers.writeUnshared('hidden', suffix) };
  }
  const attached = withNode(state, { ...state.node, hiddenAttached: hiddenAttached + 1 });
  if (setup.defects.includes('secondaryWriteUnshared')) {
    return { state: attached, outcome: answers.writeUnshared('secondary', suffix) };
  }
  // The filter of the other backup, which is no part of the reopening, is as read-only as the disk was.
  if (setup.defects.includes('secondaryBusy') && setup.readOnly.includes('secondary')) {
    return { state: attached, outcome: answers.startErrors.blockNodeReadOnly };
  }
  return startBackup(withNode(attached, { ...attached.node, secondaryAttached: secondaryAttached + 1 }));
}

/**
 * replication.c:567-609. Making the blocker asserts that there is none (568), and the failures at 574 and 589 leave it:
 * the next start that gets as far kills the process. The first checkpoint empties both overlays, and if it fails the
 * node runs all the same.
 */
function startBackup(state: State): Step {
  const { setup, node } = state;
  if (node.blockerLeft) return { state, outcome: abort('startAfterFailedStart') };
  for (const defect of ['topIdInvalid', 'secondaryBusy'] as const) {
    if (!setup.defects.includes(defect)) continue;
    return { state: withNode(state, { ...node, blockerLeft: true }), outcome: answers.startErrors[defect] };
  }
  const running = withNode(state, { ...node, stage: 'running', backupJob: true });
  const { state: checkpointed, outcome } = checkpointOverlays(running);
  return { state: withNode(checkpointed, { ...checkpointed.node, errorFlag: false }), outcome };
}
