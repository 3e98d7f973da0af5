/** What changes a layer: writes to the secondary disk and to active, and make_empty (io.c, qcow2-cluster.c, qcow2.c). */
import { eio, ejected, makeEmptyFailed, ok } from './answers.ts';
import { piecesOfWrite } from './choices.ts';
import type { Qemu } from './choices.ts';
import { contains, endOf, filled, isBad, isUnreadable, joined, repeated, sliceEnd, tagAt, unitsOf } from './disks.ts';
import { changed, withContent, withOverlay } from './node.ts';
import type { Node, Step } from './node.ts';
import type { Extent, OverlayContent, OverlayName, Range } from './vocabulary.ts';

/** All or nothing. */
export function writeSecondary(node: Node, extent: Extent): Step {
  if (isBad(node, 'secondary', 'write', extent)) return { node, outcome: eio };
  const secondary = filled(node.secondary, extent.sector, endOf(extent), extent.tag);
  return { node: withContent(node, node.active, node.hidden, secondary, node.copied), outcome: ok };
}

/** A guest write; one that fails may be cut, and then each piece is tried. */
export function writeActive(node: Node, extent: Extent, qemu: Qemu): Step {
  if (extent.count === 0) return { node, outcome: ok };
  const whole = node.badSectors.length === 0 ? null : writePiece(node, extent);
  if (whole === null || whole.outcome === ok) return { node: withData(node, extent, []), outcome: ok };
  const pieces = piecesOfWrite(node, extent, qemu);
  return { node: pieces.reduce((done, piece) => writePiece(done, piece).node, node), outcome: eio };
}

/**
 * qcow2_co_pwritev_part: a run of new clusters that covers the whole write is filled from below and written in one.
 * Otherwise the data is written first, which is all that allocated clusters need; then the new runs are filled and linked,
 * the last one first, and the first that fails ends it. Clusters of 2, write 4 at 1: `[f 4|a 4|4 4|f .]` has the new run
 * 0 to 1, which is filled at 0, and the new run 4 to 5, of which nothing is left to fill.
 */
function writePiece(node: Node, extent: Extent): Step {
  const runs = newRuns(node, extent);
  const [first] = runs;
  const isFirst = first !== undefined && first.sector <= extent.sector && endOf(first) >= endOf(extent);
  const fails = isFirst && cannotFill(node, first, extent);
  if (fails || isBad(node, 'active', 'write', isFirst ? first : extent)) return { node, outcome: eio };
  const failing = runs.findLastIndex(
    (run) => cannotFill(node, run, extent) || endsOf(run, extent).some((end) => isBad(node, 'active', 'write', end)),
  );
  return { node: withData(node, extent, runs.slice(0, failing + 1)), outcome: failing === -1 ? ok : eio };
}

/** The maximal runs of whole clusters that a write touches and active does not hold, each within one L2 slice. */
function newRuns(node: Node, extent: Extent): Range[] {
  const clusters = clustersOf(node, extent).filter(({ sector }) => node.active[sector] === null);
  return joined(clusters, (run, { sector }) => sliceEnd(node, 'active', run.sector) > sector);
}

/** What of a run of new clusters lies before and after a write. */
function endsOf(run: Range, extent: Extent): readonly [Range, Range] {
  const from = Math.max(run.sector, extent.sector);
  const to = Math.min(endOf(run), endOf(extent));
  return [
    { sector: run.sector, count: from - run.sector },
    { sector: to, count: endOf(run) - to },
  ];
}

const JOINED_BYTES_MAX = 16_384;

/**
 * perform_cow: both ends of a run, if there is data of up to 16 KiB between them, are read in one with it, and so fail for
 * a bad sector that is replaced. The last cluster of a disk ends where a whole one would.
 */
function cannotFill(node: Node, run: Range, extent: Extent): boolean {
  const { activeClusterSectors, sectorBytes } = node.setup.geometry;
  const [head, tail] = endsOf(run, extent);
  const hasTail = endOf(extent) < Math.ceil(endOf(run) / activeClusterSectors) * activeClusterSectors;
  const isJoined = head.count > 0 && hasTail && extent.count * sectorBytes <= JOINED_BYTES_MAX;
  return isJoined ? isUnreadable(node, run) : isUnreadable(node, head) || isUnreadable(node, tail);
}

function clustersOf({ setup: { geometry } }: Node, range: Range): Range[] {
  return unitsOf(range, geometry.activeClusterSectors, geometry.lengthSectors);
}

/** Active after a write, but for the new clusters in `unlinked`; what a new cluster is not given comes from below. */
function withData(node: Node, extent: Extent, unlinked: readonly Range[]): Node {
  const active = node.active.slice();
  const { sector: from, count: length, tag } = extent;
  for (const { sector: first, count } of clustersOf(node, extent)) {
    if (unlinked.some((run) => contains(run, first))) continue;
    for (let sector = first; sector < first + count; sector++)
      active[sector] = sector >= from && sector < from + length ? tag : tagAt(node, sector);
  }
  return withContent(node, active, node.hidden, node.secondary, node.copied);
}

/** `bdrv_make_empty`; a fault strikes once. */
export function makeEmpty(node: Node, disk: OverlayName, qemu: Qemu): Step {
  if (node.ejected[disk]) return { node, outcome: ejected(disk, node.index) };
  const fault = node.makeEmptyFails[disk];
  const isKept = fault !== null && (fault !== 'emptied' || qemu.follow('failed-checkpoint-has-emptied-active') > 0);
  const held = disk === 'active' ? node.active : node.hidden;
  const isSame = isKept || held.every((tag) => tag === null);
  const { active, hidden } = withOverlay<OverlayContent>(node, disk, isSame ? held : repeated(null, held.length));
  const emptied = isSame ? node : withContent(node, active, hidden, node.secondary, node.copied);
  if (fault === null) return { node: emptied, outcome: ok };
  const makeEmptyFails = withOverlay(node.makeEmptyFails, disk, null);
  const gone = withOverlay(node.ejected, disk, fault === 'ejected');
  return {
    node: changed(emptied, { makeEmptyFails, ejected: gone }),
    outcome: makeEmptyFailed(disk, node.index),
  };
}
