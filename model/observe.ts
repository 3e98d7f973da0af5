/** The observation of a node: stage, error flag, what the guest sees, the layers, the wiring. */
import { abort, data } from './answers.ts';
import { guestView, isUnreadable } from './disks.ts';
import type { Node } from './node.ts';
import { has, isReadOnly } from './replication.ts';
import { guestRead } from './requests.ts';
import type { AbortRule, Observation, Outcome, Wiring } from './vocabulary.ts';

/** `dead` is that of the host. */
export function observe(node: Node, dead: AbortRule | null): Observation {
  const { stage, error, active, hidden, secondary } = node;
  const shown = dead === null ? view(node) : abort(dead);
  return { stage, errorFlag: error, view: shown, active, hidden, secondary, wiring: wiring(node) };
}

/** What guest reads of single sectors answer: data, -2 where one fails, or what refuses them all. */
function view(node: Node): Outcome {
  const refused = guestRead(node, { sector: 0, count: 0 });
  if (refused.kind !== 'data') return refused;
  const tags = guestView(node, { sector: 0, count: node.secondary.length });
  const unreadable = node.badSectors.filter(({ sector }) => isUnreadable(node, { sector, count: 1 }));
  if (unreadable.length === 0) return data(tags);
  const shown = tags.slice();
  for (const { sector } of unreadable) shown[sector] = -2;
  return data(shown);
}

function wiring(node: Node): Wiring {
  // Beneath the filter of another backup job the disk is out of reach of the reopening.
  const isOutOfReach = node.setup.readOnly.includes('secondary') && has(node, 'secondaryBusy');
  return {
    blocked: node.backupJob,
    hiddenReadOnly: has(node, 'hiddenFileReadOnly') || isReadOnly(node, 'hidden'),
    secondaryReadOnly: isOutOfReach || isReadOnly(node, 'secondary'),
    hiddenAttached: node.hiddenAttached,
    secondaryAttached: node.secondaryAttached,
  };
}
