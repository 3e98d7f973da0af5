/** A string key for sets of model states. */
import type { Host, Node } from '../../model/node.ts';

/** States of one setup have the same key where they answer alike. */
export function hostKey({ nodes, newestFirst, dead }: Host): string {
  return `${nodes.map(nodeKey).join('|')} ${newestFirst.join()} ${dead}`;
}

/** Written out: searches spend a third of their time here, and a general way takes twice as long. */
function nodeKey(node: Node): string {
  const driver = `${node.stage} ${keyOf(node.commitJob)} ${node.hiddenAttached} ${node.secondaryAttached} ${node.backupJob} ${node.blockerLeft} ${node.origHiddenReadOnly} ${node.error}`;
  const graph = `${node.exported} ${node.committed} ${node.reopened} ${node.link}`;
  const disks = `${node.active.join()} ${node.hidden.join()} ${node.secondary.join()} ${node.copied.join()}`;
  const { makeEmptyFails, ejected } = node;
  const faults = `${badKey(node)} ${makeEmptyFails.active} ${makeEmptyFails.hidden} ${ejected.active} ${ejected.hidden} ${node.linkCut}`;
  return `${driver} ${graph} ${disks} ${faults}`;
}

function keyOf(job: Node['commitJob']): string {
  return job === null ? '' : JSON.stringify(job);
}

/** A sector broken again makes another list of bad sectors that answers alike: they count as a set. */
function badKey({ badSectors }: Node): string {
  if (badSectors.length === 0) return '';
  return [...new Set(badSectors.map(({ disk, access, sector }) => `${disk} ${access} ${sector}`))]
    .toSorted()
    .join();
}
