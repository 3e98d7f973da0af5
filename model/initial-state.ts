/** A host before the first operation, and its nodes closed, or found by a new process. */
import { changed } from './node.ts';
import type { Host, Node } from './node.ts';
import type { NodeSetup, OverlayContent, Setup, Tag } from './vocabulary.ts';

/** The state before the first operation: no node, empty overlays, the initial content on the secondary disks. */
export function initialState({ nodes }: Setup): Host {
  return { nodes: nodes.map(initialNode), newestFirst: [], dead: null };
}

function initialNode(setup: NodeSetup, index: number): Node {
  const secondary = [...Array<Tag>(setup.geometry.lengthSectors).fill(0)];
  for (const { sector, count, tag } of setup.initialContent) secondary.fill(tag, sector, sector + count);
  const makeEmptyFails = { active: null, hidden: null };
  const faults = { badSectors: setup.badSectors, makeEmptyFails, ejected: noneEjected, linkCut: false };
  const node = { setup, index, ...notOpen, reopened: false, ...emptyOverlays(setup), secondary, ...faults };
  return changed(node, {});
}

const noneEjected = { active: false, hidden: false };
const noJob = { stage: 'closed', commitJob: null, backupJob: false, blockerLeft: false, error: false } as const;
const unattached = { hiddenAttached: 0, secondaryAttached: 0, origHiddenReadOnly: false };
const notOpen = { ...noJob, ...unattached, exported: false, committed: false, link: 'alive' } as const;

export function closed(node: Node): Node {
  return changed(node, notOpen);
}

/** A new process finds the secondary disk as it was, and new overlays: the old ones lay partly in its caches. */
export function inNewProcess(node: Node, stage: 'closed' | 'aborted'): Node {
  const overlays = emptyOverlays(node.setup);
  return changed(closed(node), { stage, ...overlays, ejected: noneEjected, reopened: false });
}

function emptyOverlays({ geometry }: NodeSetup) {
  const { lengthSectors, copyUnitSectors } = geometry;
  const empty: OverlayContent = [...Array<null>(lengthSectors).fill(null)];
  const copied = Array<boolean>(Math.ceil(lengthSectors / copyUnitSectors)).fill(false);
  return { active: empty, hidden: empty, copied };
}
