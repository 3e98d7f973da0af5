/** What can be seen of a host and its nodes. */
import { abort } from './outcome.ts';
import { viewOutcome } from './request.ts';
import type { State } from './state.ts';
import type { AbortRule, Observation, Wiring } from './vocabulary.ts';

/** `dead` is that of the host. */
export function observe(state: State, dead: AbortRule | null): Observation {
  const { node, disks } = state;
  return {
    stage: node.stage,
    errorFlag: node.errorFlag,
    view: dead === null ? viewOutcome(state) : abort(dead),
    active: disks.active,
    hidden: disks.hidden,
    secondary: disks.secondary,
    wiring: observeWiring(state),
  };
}

/** Most nodes have nothing read-only and are either started or not. */
const writable = { hiddenReadOnly: false, secondaryReadOnly: false };
const unattached: Wiring = { blocked: false, ...writable, hiddenAttached: 0, secondaryAttached: 0 };
const attached: Wiring = { blocked: true, ...writable, hiddenAttached: 1, secondaryAttached: 1 };

function observeWiring({ setup, node, reopened }: State): Wiring {
  const { readOnly, defects } = setup;
  if (readOnly.length === 0 && defects.length === 0) {
    if (node.hiddenAttached === 0) return unattached;
    if (node.backupJob) return attached;
  }
  const hiddenFixed = defects.includes('hiddenFileReadOnly');
  return {
    blocked: node.backupJob,
    hiddenReadOnly: hiddenFixed || (readOnly.includes('hidden') && !reopened),
    // Beneath the filter of another backup job the disk is out of reach of the reopening.
    secondaryReadOnly: readOnly.includes('secondary') && (!reopened || defects.includes('secondaryBusy')),
    hiddenAttached: node.hiddenAttached,
    secondaryAttached: node.secondaryAttached,
  };
}
