/** The two jobs of a secondary: the backup job that copies before writes, and the active commit of a failover. */
import { unitContents } from './allowed-ends.ts';
import { eio, ok } from './answers.ts';
import type { Qemu } from './choices.ts';
import { cutAt, endOf, guestView, isBad, isUnreadable, layerOf, unitsOf } from './disks.ts';
import type { CommitJob, CommitRequest, Node, Step } from './node.ts';
import type { Outcome, Range } from './vocabulary.ts';

/**
 * MIRROR_SYNC_MODE_NONE (replication.c:582-588): every unit that a write touches is saved to hidden first, once in each
 * checkpoint interval. All copies are tried; each saves all or nothing, and those that worked stay. A failed copy fails
 * the write and nothing else: neither the job nor the status.
 */
export function copyBeforeWrite(node: Node, range: Range, qemu: Qemu): Step {
  const copies = uncopiedRuns(node, range).flatMap((run) => copiesOf(node, run, qemu));
  if (copies.length === 0) return { node, outcome: ok };
  const { copyUnitSectors } = node.setup.geometry;
  const hidden = node.hidden.slice();
  const copied = node.copied.slice();
  let outcome = ok;
  for (const copy of copies) {
    if (failsToCopy(node, copy)) outcome = eio;
    else {
      for (let each = copy.sector; each < endOf(copy); each++) hidden[each] = node.secondary[each] ?? null;
      copied.fill(true, copy.sector / copyUnitSectors, Math.ceil(endOf(copy) / copyUnitSectors));
    }
  }
  return { node: { ...node, hidden, copied }, outcome };
}

/** Whether the copy before a write of `range` fails. */
export function copyFails(node: Node, range: Range): boolean {
  return uncopiedRuns(node, range).some((run) => failsToCopy(node, run));
}

function failsToCopy(node: Node, range: Range): boolean {
  return isBad(node, 'secondary', 'read', range) || isBad(node, 'hidden', 'write', range);
}

/** The maximal runs of units that a write touches and that are not copied yet. */
function uncopiedRuns({ backupJob, copied, setup: { geometry } }: Node, range: Range): Range[] {
  const runs: Range[] = [];
  if (!backupJob) return runs;
  const { copyUnitSectors, lengthSectors } = geometry;
  for (const unit of unitsOf(range, copyUnitSectors, lengthSectors)) {
    if (copied[unit.sector / copyUnitSectors] === true) continue;
    const last = runs.at(-1);
    if (last === undefined || endOf(last) < unit.sector) runs.push(unit);
    else runs[runs.length - 1] = { sector: last.sector, count: endOf(unit) - last.sector };
  }
  return runs;
}

const COPY_BYTES_MAX = 2 ** 20;

/**
 * A run is one copy up to 1 MiB, counted from its start. The block status that QEMU remembers of the disk (io.c) may cut
 * it at one boundary of units, or where it ends within a unit cut that unit out.
 */
function copiesOf(node: Node, run: Range, qemu: Qemu): Range[] {
  const { copyUnitSectors, sectorBytes } = node.setup.geometry;
  const unitsMax = Math.max(1, Math.floor(COPY_BYTES_MAX / sectorBytes / copyUnitSectors));
  const [copy, ...others] = cutAt(run, run.sector + unitsMax * copyUnitSectors);
  const following = others.flatMap((other) => copiesOf(node, other, qemu));
  if (!failsToCopy(node, copy)) return [copy, ...following];
  const [, ...places] = unitsOf(copy, copyUnitSectors, endOf(copy)).map(({ sector }) => sector);
  const first = qemu.cutsCopy(node, copy, places) ?? endOf(copy);
  const [before, ...after] = cutAt(copy, first);
  const next = first + copyUnitSectors;
  const second = after.flatMap((rest) => cutAt(rest, qemu.cutsCopy(node, rest, [next]) ?? endOf(rest)));
  return [before, ...second, ...following];
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
