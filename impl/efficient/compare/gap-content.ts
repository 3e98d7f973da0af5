/** Whether anything lies where no request of a case reaches: nothing may, on no layer. */
import type { Geometry, Range } from '../../../model/vocabulary.ts';
import { gapsOnDisk } from '../../gaps.ts';
import type { ClusterStore } from '../memory/cluster-store.ts';
import type { ReplicationNode } from '../node/replication-node.ts';

/** What the gaps of a disk hold, in words; null where that is nothing. Costs by what is allocated. */
export function contentOfGaps(geometry: Geometry, node: ReplicationNode): string | null {
  for (const gap of gapsOnDisk(geometry)) {
    const { active, hidden, secondary } = node;
    const found =
      foundIn(active, gap, () => true) ??
      foundIn(hidden, gap, () => true) ??
      foundIn(secondary, gap, (sector, end) => isAnythingIn(secondary, sector, end));
    if (found === null) continue;
    const layer = found.store === secondary ? 'secondary' : found.store === active ? 'active' : 'hidden';
    return `${layer} holds something at sector ${found.sector} of the disk, in the gap from ${gap.sector} to ${gap.sector + gap.count - 1}`;
  }
  return null;
}

/** The first sector of a gap in some cluster that `holds` something there. */
function foundIn(
  store: ClusterStore,
  gap: Range,
  holds: (sector: number, end: number) => boolean,
): { readonly store: ClusterStore; readonly sector: number } | null {
  let found: number | null = null;
  store.forEachAllocated((cluster) => {
    const sector = Math.max(cluster * store.clusterSectors, gap.sector);
    const end = Math.min(store.clusterEnd(cluster), gap.sector + gap.count);
    if (found === null && sector < end && holds(sector, end)) found = sector;
  });
  return found === null ? null : { store, sector: found };
}

/** Sectors of one cluster that is allocated. */
function isAnythingIn(store: ClusterStore, sector: number, end: number): boolean {
  const cluster = store.clusterOf(sector);
  const slot = store.slotOf(cluster);
  const words = store.segmentToRead(slot);
  const at = store.wordOffset(slot, sector - cluster * store.clusterSectors);
  const endAt = at + (end - sector) * store.wordsPerSector;
  // A loop: the engine takes several times as long to ask a function about each word.
  for (let index = at; index < endAt; index++) if (words[index] !== 0) return true;
  return false;
}
