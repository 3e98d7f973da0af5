/** What a request that fails may leave behind: what QEMU chooses from. Each rule was seen on the binary. */
import type { Content } from './choices.ts';
import { guestView, isBad, isUnreadable, unitsOf } from './disks.ts';
import type { CommitRequest, Node } from './node.ts';
import type { Range } from './vocabulary.ts';

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
