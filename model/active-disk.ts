/** Guest writes to the active disk: whole clusters, filled from the chain below, failing where a sector is bad. */
import { chainIsUnreadable, hasBadSector } from './bad-sector.ts';
import { contains, touchedUnits, unitPieces } from './geometry.ts';
import { chainTag } from './overlay.ts';
import { eio, ok } from './outcome.ts';
import { withActive } from './state.ts';
import type { State, Step } from './state.ts';
import type { Extent, OverlayContent, Range } from './vocabulary.ts';

/**
 * A guest write to the active disk. Clusters are written in ascending order; the first that fails ends the request, is
 * left as it was, and those before it stay written. (Where several may be written at once, see resolve.ts.)
 */
export function writeActive(state: State, extent: Extent): Step {
  if (!state.faults.badSectors.some(({ disk, access }) => disk === 'active' || access === 'read')) {
    return { state: withActive(state, overwritten(state, extent)), outcome: ok };
  }
  let current = state;
  for (const piece of unitPieces(extent, state.setup.geometry.activeClusterSectors)) {
    if (clusterWriteFails(current, piece)) return { state: current, outcome: eio };
    current = withActive(current, overwritten(current, { ...piece, tag: extent.tag }));
  }
  return { state: current, outcome: ok };
}

/** Active with `extent` written: clusters allocated for the first time are filled from the chain below. */
export function overwritten(state: State, extent: Extent): OverlayContent {
  const { disks, setup } = state;
  const active = disks.active.slice();
  const clusters = touchedUnits(extent, setup.geometry.activeClusterSectors, active.length);
  for (let sector = clusters.sector; sector < clusters.sector + clusters.count; sector++) {
    active[sector] = contains(extent, sector) ? extent.tag : chainTag(disks, sector);
  }
  return active;
}

/** `piece` lies in one cluster. The first write of a cluster writes all of it, and reads what it is not given. */
export function clusterWriteFails(state: State, piece: Range): boolean {
  const { lengthSectors, activeClusterSectors } = state.setup.geometry;
  if (state.disks.active[piece.sector] !== null) return hasBadSector(state, 'active', 'write', piece);
  const cluster = touchedUnits(piece, activeClusterSectors, lengthSectors);
  const pieceEnd = piece.sector + piece.count;
  const before = { sector: cluster.sector, count: piece.sector - cluster.sector };
  const after = { sector: pieceEnd, count: cluster.sector + cluster.count - pieceEnd };
  return (
    hasBadSector(state, 'active', 'write', cluster) ||
    chainIsUnreadable(state, before) ||
    chainIsUnreadable(state, after)
  );
}
