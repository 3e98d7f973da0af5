/** The observation of a node: stage, error flag, what the guest sees, the layers, the wiring. */
import { abort, data } from './answers.ts';
import { contains, guestView, isUnreadable } from './disks.ts';
import type { Node } from './node.ts';
import { has, isReadOnly } from './replication.ts';
import { guestRead } from './requests.ts';
import type { AbortRule, Observation, Outcome, Range, Tag, Wiring } from './vocabulary.ts';

/** `dead` is that of the host, `known` the view where it is known, unless something refuses it; left out: it is read. */
export function observe(node: Node, dead: AbortRule | null, known?: Outcome): Observation {
  const { stage, error, active, hidden, secondary } = node;
  const shown = dead === null ? view(node, known) : abort(dead);
  return { stage, errorFlag: error, view: shown, active, hidden, secondary, wiring: wiring(node) };
}

/** What guest reads of single sectors answer: data, or what refuses them all. */
function view(node: Node, known?: Outcome): Outcome {
  const refused = guestRead(node, { sector: 0, count: 0 });
  return refused.kind === 'data' ? (known ?? data(readSingly(node))) : refused;
}

/** The tag of each sector that a guest can read by itself, -2 of the others; of the whole disk where no range is given. */
export function readSingly(node: Node, range: Range = { sector: 0, count: node.secondary.length }): readonly Tag[] {
  const tags = guestView(node, range);
  for (const { sector } of node.badSectors)
    if (contains(range, sector) && isUnreadable(node, { sector, count: 1 })) tags[sector - range.sector] = -2;
  return tags;
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
