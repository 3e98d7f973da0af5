/** The two jobs of a secondary: the backup job that copies before writes, and the active commit of a failover. */
import { eio, ok } from './answers.ts';
import { failsToCopy, piecesOfCopy } from './choices.ts';
import type { Qemu } from './choices.ts';
import {
  answerEnd,
  endOf,
  filled,
  guestView,
  isBad,
  isUnreadable,
  joined,
  layerOf,
  repeated,
  replaced,
  unitsOf,
} from './disks.ts';
import { changed, withContent } from './node.ts';
import type { CommitJob, CommitRequest, Node, Step } from './node.ts';
import type { Outcome, Range } from './vocabulary.ts';

/**
 * MIRROR_SYNC_MODE_NONE (replication.c:582-588): every unit that a write touches is saved to hidden first, once in each
 * checkpoint interval. All copies are tried; each saves all or nothing, and those that worked stay. A failed copy fails
 * the write and nothing else: neither the job nor the status.
 */
export function copyBeforeWrite(node: Node, range: Range, qemu: Qemu): Step {
  const runs = copiesOf(node, range);
  const copies = node.badSectors.length === 0 ? runs : runs.flatMap((copy) => piecesOfCopy(node, copy, qemu));
  if (copies.length === 0) return { node, outcome: ok };
  const { copyUnitSectors } = node.setup.geometry;
  const hidden = node.hidden.slice();
  const copied = node.copied.slice();
  const saved = copies.filter((copy) => !failsToCopy(node, copy));
  for (const { sector: first, count } of saved) {
    for (let sector = first; sector < first + count; sector++) hidden[sector] = node.secondary[sector] ?? null;
    for (let unit = first / copyUnitSectors; unit * copyUnitSectors < first + count; unit++) copied[unit] = true;
  }
  const copying = withContent(node, node.active, hidden, node.secondary, copied);
  return { node: copying, outcome: saved.length < copies.length ? eio : ok };
}

const COPY_BYTES_MAX = 2 ** 20;

/** Runs of neighbouring units that a write touches and that are not copied yet; each is one copy up to 1 MiB. */
export function copiesOf({ backupJob, copied, setup: { geometry } }: Node, range: Range): Range[] {
  if (!backupJob) return [];
  const { copyUnitSectors, lengthSectors, sectorBytes } = geometry;
  const units = unitsOf(range, copyUnitSectors, lengthSectors);
  const uncopied = units.filter(({ sector }) => copied[sector / copyUnitSectors] !== true);
  return joined(uncopied, (run) => (run.count + copyUnitSectors) * sectorBytes <= COPY_BYTES_MAX);
}

/** Called when the commit job has ended, with what it returns: `replication_done`. */
export type Completed = (node: Node, outcome: Outcome) => Node;

/** `commit_active_start`: every unit with anything allocated above the secondary disk is dirty; requests start at once. */
export function startCommit(node: Node): Node {
  const { commitUnitSectors, lengthSectors } = node.setup.geometry;
  const dirty = repeated(false, Math.ceil(lengthSectors / commitUnitSectors));
  for (let sector = 0; sector < lengthSectors; sector++)
    if (layerOf(node, sector) !== 'secondary') dirty[Math.floor(sector / commitUnitSectors)] = true;
  return startRequests(node, { dirty, cursor: 0, inFlight: [] });
}

/** The oldest request completes and others start; the job ends with nothing dirty and nothing in flight. */
export function advanceCommit(node: Node, completed: Completed): Node {
  const { commitJob } = node;
  if (commitJob === null) return node;
  const { dirty, cursor, inFlight: all } = commitJob;
  const [oldest, inFlight] = oldestOf(all);
  const { node: done, outcome } = completeRequest(node, oldest);
  if (outcome !== ok) return completed(finishRequests(done, inFlight), outcome);
  const next = startRequests(done, { dirty, cursor, inFlight });
  const isOver = next.commitJob?.inFlight.length === 0 && !next.commitJob.dirty.includes(true);
  return isOver ? completed(next, ok) : next;
}

/** All requests until the job has ended, well or not. */
export function settleCommit(node: Node, completed: Completed): Node {
  let settled = node;
  while (settled.commitJob !== null) settled = advanceCommit(settled, completed);
  return settled;
}

/** Requests in flight finish whatever becomes of the job (mirror.c waits for them before it exits). */
export function finishRequests(node: Node, requests: readonly CommitRequest[]): Node {
  let finished = node;
  for (let [oldest, others] = oldestOf(requests); oldest.length > 0; [oldest, others] = oldestOf(others))
    finished = completeRequest(finished, oldest).node;
  return finished;
}

/** The units of the oldest request, and those of the others. */
function oldestOf(requests: readonly CommitRequest[]): [readonly CommitRequest[], readonly CommitRequest[]] {
  let units = Math.min(1, requests.length);
  while (requests[units]?.joined === true) units++;
  return [requests.slice(0, units), requests.slice(units)];
}

/** A guest write dirties its units, already copied or not, whether it succeeds or not (bdrv_co_write_req_finish). */
export function markDirty(node: Node, range: Range): Node {
  if (node.commitJob === null || range.count === 0) return node;
  const { commitUnitSectors } = node.setup.geometry;
  const { dirty: before, cursor, inFlight } = node.commitJob;
  const end = Math.ceil(endOf(range) / commitUnitSectors);
  const dirty = filled(before, Math.floor(range.sector / commitUnitSectors), end, true);
  return changed(node, { commitJob: { dirty, cursor, inFlight } });
}

export function commitUnit({ setup }: Node, unit: number): Range {
  const { commitUnitSectors, lengthSectors } = setup.geometry;
  const sector = unit * commitUnitSectors;
  return { sector, count: Math.min(commitUnitSectors, lengthSectors - sector) };
}

/** Starts as many requests as may be in flight; a unit that is dirty again while in flight makes the job wait. */
function startRequests(node: Node, job: CommitJob): Node {
  const dirty = job.dirty.slice();
  const inFlight = job.inFlight.slice();
  let { cursor } = job;
  let left = node.setup.commitRequestsMax - inFlight.filter(({ joined: isJoined }) => isJoined !== true).length;
  for (; left > 0; left--) {
    const ahead = dirty.indexOf(true, cursor);
    const first = ahead === -1 ? dirty.indexOf(true) : ahead;
    const isFree = (unit: number) => dirty[unit] === true && !inFlight.some((request) => request.unit === unit);
    if (first === -1 || !isFree(first)) break;
    const end = first + unitsAnswered(node, first);
    for (cursor = first; cursor === first || (cursor < end && isFree(cursor)); cursor++) {
      const range = commitUnit(node, cursor);
      const content = isUnreadable(node, range) ? null : guestView(node, range);
      inFlight.push(cursor === first ? { unit: cursor, content } : { unit: cursor, content, joined: true });
      dirty[cursor] = false;
    }
  }
  return changed(node, { commitJob: { dirty, cursor, inFlight } });
}

/**
 * How many units one request can join: as many as one answer on what holds them has whole. One that ends within a unit,
 * as the last of a disk may, leaves that to the next request (mirror_iteration, block/mirror.c).
 */
function unitsAnswered(node: Node, unit: number): number {
  const { commitJoinsUnits = 1, geometry } = node.setup;
  if (commitJoinsUnits === 1) return 1;
  const { commitUnitSectors, lengthSectors } = geometry;
  const sector = unit * commitUnitSectors;
  const end = answerEnd(node, sector, Math.min(sector + commitJoinsUnits * commitUnitSectors, lengthSectors));
  return Math.floor((end - sector) / commitUnitSectors);
}

/** All or nothing, with all the units that it joins. */
function completeRequest(node: Node, units: readonly CommitRequest[]): Step {
  let { secondary } = node;
  for (const { unit, content } of units) {
    const range = commitUnit(node, unit);
    if (content === null || isBad(node, 'secondary', 'write', range)) return { node, outcome: eio };
    secondary = replaced(secondary, range, content);
  }
  return { node: changed(node, { secondary }), outcome: ok };
}
