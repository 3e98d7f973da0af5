/**
 * How a commit that must fail, or is cancelled by a close, may end: QEMU completes its requests in any order, looks for the
 * failed one at any time, and copies some more units before it notices that it was cancelled.
 * Units of one sector, view `[2 3]` over secondary `[1 1]`, of which sector 1 cannot be written: the secondary disk ends as
 * `[2 1]`, or as `[1 1]` where QEMU has joined both units to one request.
 */
import type { Content, Qemu } from './choices.ts';
import { contains, endOf, gapAfter, guestView, isBad, isUnreadable, joined, replaced } from './disks.ts';
import { commitUnit, settleCommit } from './jobs.ts';
import type { Completed } from './jobs.ts';
import { changed } from './node.ts';
import type { CommitRequest, Host, Node } from './node.ts';
import type { Range } from './vocabulary.ts';

/** Until the job has ended, well or not; what one that fails leaves in each unit is chosen. */
export function settleInAnyOrder(node: Node, qemu: Qemu, completed: Completed): Node {
  const settled = settleCommit(node, completed);
  return settled.committed ? settled : leftBy(node, qemu, settled);
}

/** What of the commit of a node is on its secondary disk, of which `settled` is predicted. */
export function leftBy(node: Node, qemu: Qemu, settled: Node): Node {
  if (node.commitJob === null) return settled;
  const units = node.commitJob.dirty.map((_, unit) => commitUnit(node, unit));
  return units.reduce((ended, unit) => {
    const possible = unitContents(node, unit);
    if (possible.length === 1) return ended;
    const content = qemu.leaves(node, unit, possible, settled.secondary.slice(unit.sector, endOf(unit)));
    return changed(ended, { secondary: replaced(ended.secondary, unit, content) });
  }, settled);
}

/** A commit that has nothing to write, or must fail, may have ended by the time that it is first looked at. */
export function mayEndAtOnce(node: Node, completed: Completed): boolean {
  if (node.commitJob?.inFlight.length === 0) return true;
  return node.badSectors.length > 0 && !settleCommit(node, completed).committed;
}

/** Commits of a process that is about to die, of which a call may have waited for some. */
export function settledBeforeDeath(host: Host, qemu: Qemu): Host {
  // Nothing of a node outlives its process but its disks.
  const withoutJob = (node: Node): Node => changed(node, { commitJob: null });
  const nodes = host.nodes.map((node) =>
    node.commitJob !== null && qemu.settlesBeforeDeath(node) ? settleInAnyOrder(node, qemu, withoutJob) : node,
  );
  return { ...host, nodes };
}

/** Whether a commit that reads its target first, where that has at most 128 KiB (MAX_ZERO_CHECK_BUFFER), cannot. */
export function readsBadDisk(node: Node): boolean {
  const { lengthSectors, sectorBytes, gaps = [] } = node.setup.geometry;
  const isSmall = gaps.length === 0 && lengthSectors * sectorBytes <= 131_072;
  return isSmall && isBad(node, 'secondary', 'read', { sector: 0, count: lengthSectors });
}

/**
 * What a unit of the secondary disk holds before and after each request that can still write it. A unit in flight that is
 * dirty again is read and written a second time, then with what the first time has written below.
 */
function unitContents(node: Node, range: Range): Content[] {
  const before = node.secondary.slice(range.sector, endOf(range));
  const unit = range.sector / node.setup.geometry.commitUnitSectors;
  if (node.commitJob === null || isBad(node, 'secondary', 'write', range)) return [before];
  const { dirty, inFlight } = node.commitJob;
  const request = inFlight.find((each) => each.unit === unit);
  if (request?.content === null) return [before];
  const once = request === undefined ? [before] : [request.content];
  const contents = request !== undefined && mayStay(node, range, inFlight) ? [before, ...once] : once;
  if (dirty[unit] !== true || isUnreadable(node, range)) return contents;
  const secondary = replaced(node.secondary, range, request?.content ?? before);
  return [...contents, guestView(changed(node, { secondary }), range)];
}

/**
 * Whether a sound unit in flight may not have been written: a request of QEMU joins neighbouring units, up to 1 MiB, and
 * fails as a whole; and behind one that cannot be read no more need be started (mirror_iteration, block/mirror.c).
 */
function mayStay(node: Node, range: Range, inFlight: readonly CommitRequest[]): boolean {
  const read = inFlight.map(({ unit }) => commitUnit(node, unit)).toSorted((one, other) => one.sector - other.sector);
  const runs = joined(read, (before, next) => gapAfter(node, before.sector) > next.sector);
  const run = runs.find((each) => contains(each, range.sector)) ?? range;
  return inFlight.some(({ unit, content }) => {
    const other = commitUnit(node, unit);
    if (content === null && other.sector < range.sector) return true;
    return contains(run, other.sector) && (content === null || isBad(node, 'secondary', 'write', other));
  });
}
