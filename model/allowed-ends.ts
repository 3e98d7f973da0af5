/** What a request that fails may leave behind: what QEMU chooses from. Each rule was seen on the binary. */
import type { Content } from './choices.ts';
import { endOf, guestView, isBad, isUnreadable, unitsOf } from './disks.ts';
import type { CommitRequest, Node } from './node.ts';
import type { Extent, Range } from './vocabulary.ts';

const JOINED_BYTES_MAX = 16_384;

/**
 * A write of up to 16 KiB that allocates clusters and fills both ends from below reads them and what lies between in one
 * (perform_cow, block/qcow2-cluster.c). Clusters of 4, write 2 at 3: `[f f f w|w f f f]`.
 */
export function mayJoinReads(node: Node, extent: Extent): boolean {
  const { activeClusterSectors, lengthSectors, sectorBytes } = node.setup.geometry;
  const end = endOf(extent);
  const fillsBothEnds =
    extent.sector % activeClusterSectors !== 0 && end % activeClusterSectors !== 0 && end !== lengthSectors;
  return (
    fillsBothEnds &&
    extent.count * sectorBytes <= JOINED_BYTES_MAX &&
    node.active.slice(extent.sector, end).every((tag) => tag === null) &&
    isUnreadable(node, extent)
  );
}

/** Of a copy unit that could be read and not be written single clusters of hidden may have been saved. */
export function soundClusters(node: Node, unit: Range): Range[] {
  if (isBad(node, 'secondary', 'read', unit) || !isBad(node, 'hidden', 'write', unit)) return [];
  const { hiddenClusterSectors, lengthSectors } = node.setup.geometry;
  return unitsOf(unit, hiddenClusterSectors, lengthSectors).filter(
    (cluster) => !isBad(node, 'hidden', 'write', cluster),
  );
}

/**
 * What a unit of the secondary disk holds before and after each request of a commit that can still write it. A unit in
 * flight that is dirty again is read and written a second time, then with what the first time has written below.
 */
export function unitContents(node: Node, range: Range): Content[] {
  const { sector, count } = range;
  const contents = [node.secondary.slice(sector, sector + count)];
  const unit = sector / node.setup.geometry.commitUnitSectors;
  if (node.commitJob === null || isBad(node, 'secondary', 'write', range)) return contents;
  const { dirty, inFlight } = node.commitJob;
  const request = inFlight.find((each: CommitRequest) => each.unit === unit);
  if (request?.content === null) return contents;
  const first = request?.content ?? contents[0] ?? [];
  const again = dirty[unit] === true && !isUnreadable(node, range);
  const secondary = node.secondary.toSpliced(sector, count, ...first);
  const second = guestView({ ...node, secondary }).slice(sector, sector + count);
  return [...contents, ...(request === undefined ? [] : [first]), ...(again ? [second] : [])];
}
