/** What changes a layer: writes to the secondary disk and to active, and make_empty (io.c, qcow2-cluster.c, qcow2.c). */
import { mayJoinReads } from './allowed-ends.ts';
import { eio, ejected, makeEmptyFailed, ok } from './answers.ts';
import type { Qemu } from './choices.ts';
import { contains, endOf, isBad, isUnreadable, tagAt, unitsOf } from './disks.ts';
import type { Node, Step } from './node.ts';
import type { Extent, OverlayName, Range } from './vocabulary.ts';

/** All or nothing. */
export function writeSecondary(node: Node, extent: Extent): Step {
  if (isBad(node, 'secondary', 'write', extent)) return { node, outcome: eio };
  const secondary = node.secondary.slice();
  secondary.fill(extent.tag, extent.sector, endOf(extent));
  return { node: { ...node, secondary }, outcome: ok };
}

/**
 * A guest write, cluster by cluster: the first that fails ends the request and is left as it was; those before it stay
 * written. QEMU has several on the way at once, so that any others may be written, too.
 */
export function writeActive(node: Node, extent: Extent, qemu: Qemu): Step {
  if (extent.count === 0) return { node, outcome: ok };
  const { activeClusterSectors, lengthSectors } = node.setup.geometry;
  const clusters = unitsOf(extent, activeClusterSectors, lengthSectors);
  const isSound = clusters.map((cluster) => node.badSectors.length === 0 || !fails(node, cluster, extent));
  const failing = isSound.indexOf(false);
  if (failing === -1) {
    const isJoined = mayJoinReads(node, extent) && qemu.joinsReads(node, extent);
    return isJoined ? { node, outcome: eio } : { node: withClusters(node, clusters, extent), outcome: ok };
  }
  const landed = clusters.filter(
    (cluster, place) => isSound[place] === true && qemu.lands(node, cluster, extent, place < failing),
  );
  return { node: withClusters(node, landed, extent), outcome: eio };
}

/** Clusters of 2, write 2 at 1: `[. .|. .]` becomes `[f 2|2 f]`, filled from the chain below. */
function withClusters(node: Node, clusters: readonly Range[], extent: Extent): Node {
  const active = node.active.slice();
  for (const cluster of clusters)
    for (let sector = cluster.sector; sector < endOf(cluster); sector++)
      active[sector] = contains(extent, sector) ? extent.tag : tagAt(node, sector);
  return { ...node, active };
}

/** The first write of a cluster writes all of it, and reads from the chain what it is not given. */
function fails(node: Node, cluster: Range, extent: Extent): boolean {
  const sector = Math.max(cluster.sector, extent.sector);
  const end = Math.min(endOf(cluster), endOf(extent));
  if (node.active[sector] !== null) return isBad(node, 'active', 'write', { sector, count: end - sector });
  return (
    isBad(node, 'active', 'write', cluster) ||
    isUnreadable(node, { sector: cluster.sector, count: sector - cluster.sector }) ||
    isUnreadable(node, { sector: end, count: endOf(cluster) - end })
  );
}

/** `bdrv_make_empty`; a fault strikes once. */
export function makeEmpty(node: Node, disk: OverlayName, qemu: Qemu): Step {
  if (node.ejected[disk]) return { node, outcome: ejected(disk, node.index) };
  const fault = node.makeEmptyFails[disk];
  const isKept =
    fault !== null && (fault !== 'emptied' || qemu.follow('failed-checkpoint-has-emptied-active') > 0);
  const content = isKept ? node[disk] : node[disk].map(() => null);
  const emptied: Node = disk === 'active' ? { ...node, active: content } : { ...node, hidden: content };
  if (fault === null) return { node: emptied, outcome: ok };
  const makeEmptyFails = { ...node.makeEmptyFails, [disk]: null };
  const gone = { ...node.ejected, [disk]: fault === 'ejected' };
  return { node: { ...emptied, makeEmptyFails, ejected: gone }, outcome: makeEmptyFailed(disk, node.index) };
}
