/** How a commit that must fail may end: QEMU completes its requests in any order, and looks for the failed one at any time. */
import type { Content, Qemu } from './choices.ts';
import { endOf, guestView, isBad, isUnreadable, replaced } from './disks.ts';
import { commitUnits, settleCommit } from './jobs.ts';
import type { Completed } from './jobs.ts';
import type { Node } from './node.ts';
import type { Range } from './vocabulary.ts';

/** Until the job has ended, well or not; what one that fails leaves in each unit is chosen. */
export function settleInAnyOrder(node: Node, qemu: Qemu, completed: Completed): Node {
  const settled = settleCommit(node, completed);
  if (settled.stage !== 'failoverFailed' || settled === node) return settled;
  return commitUnits(node).reduce((ended, unit) => {
    const possible = unitContents(node, unit);
    if (possible.length === 1) return ended;
    const wanted = settled.secondary.slice(unit.sector, endOf(unit));
    const content = qemu.leaves(node, unit, possible, wanted);
    return { ...ended, secondary: replaced(ended.secondary, unit, content) };
  }, settled);
}

/** A commit that has nothing to write, or must fail, may have ended by the time that it is first looked at. */
export function mayEndAtOnce(node: Node, completed: Completed): boolean {
  if (node.commitJob?.inFlight.length === 0) return true;
  return node.badSectors.length > 0 && !settleCommit(node, completed).committed;
}

/**
 * What a unit of the secondary disk holds before and after each request that can still write it. A unit in flight that is
 * dirty again is read and written a second time, then with what the first time has written below.
 */
function unitContents(node: Node, range: Range): Content[] {
  const before = node.secondary.slice(range.sector, endOf(range));
  const unit = range.sector / node.setup.geometry.commitUnitSectors;
  if (node.commitJob === null || isBad(node, 'secondary', 'write', range)) return [before];
  const request = node.commitJob.inFlight.find((each) => each.unit === unit);
  if (request?.content === null) return [before];
  const once = request === undefined ? [before] : [before, request.content];
  if (node.commitJob.dirty[unit] !== true || isUnreadable(node, range)) return once;
  const secondary = replaced(node.secondary, range, request?.content ?? before);
  return [...once, guestView({ ...node, secondary }).slice(range.sector, endOf(range))];
}
