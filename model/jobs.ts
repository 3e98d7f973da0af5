/** The two jobs of a secondary: the backup job that copies before writes, and the active commit of a failover. */
import { soundClusters, unitContents } from './allowed-ends.ts';
import { eio, ok } from './answers.ts';
import type { Qemu } from './choices.ts';
import { contains, endOf, guestView, isBad, isUnreadable, layerOf, unitsOf } from './disks.ts';
import type { CommitJob, CommitRequest, Node, Step } from './node.ts';
import type { Outcome, Range } from './vocabulary.ts';

/**
 * MIRROR_SYNC_MODE_NONE (replication.c:582-588): every unit that a write touches is saved to hidden first, once in each
 * checkpoint interval. Neighbouring units are one copy, which fails as a whole; QEMU may cut it into more, by what it
 * remembers of the disk (the block status cache of io.c). All copies are tried, and those that worked stay. A failed copy
 * fails the write and nothing else: neither the job nor the status.
 */
export function copyBeforeWrite(node: Node, range: Range, qemu: Qemu): Step {
  const uncopied = uncopiedUnits(node, range);
  if (uncopied.length === 0) return { node, outcome: ok };
  const failing = joined(uncopied).filter((copy) => failsToCopy(node, copy));
  const hidden = node.hidden.slice();
  const copied = node.copied.slice();
  for (const unit of uncopied) {
    const fails = failing.some((copy) => contains(copy, unit.sector));
    const isCopied = !fails || (!failsToCopy(node, unit) && qemu.saves(node, unit));
    if (isCopied) copied[unit.sector / node.setup.geometry.copyUnitSectors] = true;
    const saved = isCopied ? [unit] : soundClusters(node, unit).filter((each) => qemu.saves(node, each));
    for (const { sector, count } of saved)
      for (let each = sector; each < sector + count; each++) hidden[each] = node.secondary[each] ?? null;
  }
  return { node: { ...node, hidden, copied }, outcome: failing.length === 0 ? ok : eio };
}

/** Whether the copy before a write of `range` fails. */
export function copyFails(node: Node, range: Range): boolean {
  return joined(uncopiedUnits(node, range)).some((copy) => failsToCopy(node, copy));
}

function uncopiedUnits({ backupJob, copied, setup: { geometry } }: Node, range: Range): Range[] {
  if (!backupJob) return [];
  const { copyUnitSectors, lengthSectors } = geometry;
  const units = unitsOf(range, copyUnitSectors, lengthSectors);
  return units.filter(({ sector }) => copied[sector / copyUnitSectors] !== true);
}

function failsToCopy(node: Node, range: Range): boolean {
  return isBad(node, 'secondary', 'read', range) || isBad(node, 'hidden', 'write', range);
}

/** Neighbouring ranges as one. */
function joined(ranges: readonly Range[]): Range[] {
  const runs: Range[] = [];
  for (const range of ranges) {
    const last = runs.at(-1);
    if (last === undefined || endOf(last) < range.sector) runs.push(range);
    else runs[runs.length - 1] = { sector: last.sector, count: endOf(range) - last.sector };
  }
  return runs;
}

/** Called when the commit job has ended, with what it returns: `replication_done`. */
export type Completed = (node: Node, outcome: Outcome) => Node;

/** `commit_active_start`: every unit with anything allocated above the secondary disk is dirty; requests start at once. */
export function startCommit(node: Node): Node {
  const { commitUnitSectors, lengthSectors } = node.setup.geometry;
  const dirty = Array<boolean>(Math.ceil(lengthSectors / commitUnitSectors)).fill(false);
  for (let sector = 0; sector < lengthSectors; sector++)
    if (layerOf(node, sector) !== 'secondary') dirty[Math.floor(sector / commitUnitSectors)] = true;
  return startRequests(node, { dirty, cursor: 0, inFlight: [] });
}

/** The oldest request completes and others start; the job ends with nothing dirty and nothing in flight. */
export function advanceCommit(node: Node, completed: Completed): Node {
  const { commitJob } = node;
  if (commitJob === null) return node;
  const [oldest, ...inFlight] = commitJob.inFlight;
  const { node: done, outcome } =
    oldest === undefined ? { node, outcome: ok } : completeRequest(node, oldest);
  if (outcome !== ok) return completed(finishRequests(done, inFlight), outcome);
  const next = startRequests(done, { ...commitJob, inFlight });
  return isClean(next) ? completed(next, ok) : next;
}

/** All requests until the job has ended, well or not. */
export function settleCommit(node: Node, completed: Completed): Node {
  return node.commitJob === null ? node : settleCommit(advanceCommit(node, completed), completed);
}

/** The same for a job that must fail, which may do so before or after any of its other requests. */
export function settleInAnyOrder(node: Node, qemu: Qemu, completed: Completed): Node {
  const settled = settleCommit(node, completed);
  if (settled.stage !== 'failoverFailed' || settled === node) return settled;
  const secondary = settled.secondary.slice();
  for (const unit of commitUnits(node)) {
    const possible = unitContents(node, unit);
    const wanted = settled.secondary.slice(unit.sector, endOf(unit));
    if (possible.length > 1)
      secondary.splice(unit.sector, unit.count, ...qemu.leaves(node, unit, possible, wanted));
  }
  return { ...settled, secondary };
}

/** A commit that has nothing to write, or must fail, may have ended by the time that it is first looked at. */
export function mayEndAtOnce(node: Node, completed: Completed): boolean {
  if (node.commitJob?.inFlight.length === 0) return true;
  return node.badSectors.length > 0 && !settleCommit(node, completed).committed;
}

/** Requests in flight finish whatever becomes of the job (mirror.c waits for them before it exits). */
export function finishRequests(node: Node, requests: readonly CommitRequest[]): Node {
  return requests.reduce((finished, request) => completeRequest(finished, request).node, node);
}

/** A guest write dirties its units, already copied or not, whether it succeeds or not (bdrv_co_write_req_finish). */
export function markDirty(node: Node, range: Range): Node {
  if (node.commitJob === null || range.count === 0) return node;
  const { commitUnitSectors } = node.setup.geometry;
  const dirty = node.commitJob.dirty.slice();
  dirty.fill(true, Math.floor(range.sector / commitUnitSectors), Math.ceil(endOf(range) / commitUnitSectors));
  return { ...node, commitJob: { ...node.commitJob, dirty } };
}

function commitUnits({ setup }: Node): Range[] {
  const { commitUnitSectors, lengthSectors } = setup.geometry;
  return unitsOf({ sector: 0, count: lengthSectors }, commitUnitSectors, lengthSectors);
}

/** Reads as many dirty units as may be in flight; a unit that is dirty again while in flight makes the job wait. */
function startRequests(node: Node, job: CommitJob): Node {
  const units = commitUnits(node);
  const view = guestView(node);
  const dirty = job.dirty.slice();
  const inFlight = job.inFlight.slice();
  let { cursor } = job;
  while (inFlight.length < node.setup.commitRequestsMax) {
    const ahead = dirty.indexOf(true, cursor);
    const unit = ahead === -1 ? dirty.indexOf(true) : ahead;
    const range = units[unit];
    if (range === undefined || inFlight.some((request) => request.unit === unit)) break;
    const content = isUnreadable(node, range) ? null : view.slice(range.sector, endOf(range));
    inFlight.push({ unit, content });
    dirty[unit] = false;
    cursor = unit + 1;
  }
  return { ...node, commitJob: { dirty, cursor, inFlight } };
}

function completeRequest(node: Node, { unit, content }: CommitRequest): Step {
  const range = commitUnits(node)[unit];
  if (range === undefined || content === null || isBad(node, 'secondary', 'write', range))
    return { node, outcome: eio };
  const secondary = node.secondary.slice();
  secondary.splice(range.sector, range.count, ...content);
  return { node: { ...node, secondary }, outcome: ok };
}

function isClean({ commitJob }: Node): boolean {
  return commitJob !== null && commitJob.inFlight.length === 0 && !commitJob.dirty.includes(true);
}
