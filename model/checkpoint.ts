/** The checkpoint of a running secondary: it empties active, then hidden, and may fail at either (replication.c:312-351). */
import * as answers from './outcome.ts';
import { ok } from './outcome.ts';
import { emptyOverlay, nothingCopied, withDisks, withFaults } from './state.ts';
import type { Disks, State, Step } from './state.ts';
import type { OverlayContent, OverlayName } from './vocabulary.ts';

/** Every unit may be copied again, whatever comes of the emptying; stage and error flag stay. */
export function checkpointOverlays(state: State): Step {
  if (!state.node.backupJob) return { state, outcome: answers.backupCancelled };
  const { active, hidden, secondary } = state.disks;
  const copied = nothingCopied(state.setup.geometry);
  const begun = withDisks(state, { active, hidden, secondary, copied });
  const emptied = makeEmpty(begun, 'active');
  return emptied.outcome === ok ? makeEmpty(emptied.state, 'hidden') : emptied;
}

function makeEmpty(state: State, disk: OverlayName): Step {
  const { faults, suffix, disks } = state;
  if (faults.ejected[disk]) return { state, outcome: answers.ejected(disk, suffix) };
  const how = faults.emptying[disk];
  const emptied = withEmpty(disks, disk, emptyOverlay(state.setup.geometry));
  if (how === null) return { state: withDisks(state, emptied), outcome: ok };
  const emptying = { ...faults.emptying, [disk]: null };
  const ejected = { ...faults.ejected, [disk]: how === 'ejected' };
  const failed = withFaults(state, { ...faults, emptying, ejected });
  return {
    state: how === 'emptied' ? withDisks(failed, emptied) : failed,
    outcome: answers.emptyingFailed(disk, suffix),
  };
}

function withEmpty(
  { active, hidden, secondary, copied }: Disks,
  disk: OverlayName,
  empty: OverlayContent,
): Disks {
  return disk === 'active'
    ? { active: empty, hidden, secondary, copied }
    : { active, hidden: empty, secondary, copied };
}
