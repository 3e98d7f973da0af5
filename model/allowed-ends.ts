/** What a request that fails may leave behind: what QEMU chooses from. Each rule was seen on the binary. */
import type { Content } from './choices.ts';
import { guestView, isBad, isUnreadable, unitsOf } from './disks.ts';
import type { CommitRequest, Node } from './node.ts';
import type { Range } from './vocabulary.ts';

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
