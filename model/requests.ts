/** The block layer around the driver: what it refuses or answers by itself, and what faults change. */
import { data, einval, eio, ok } from './answers.ts';
import * as answers from './answers.ts';
import type { Qemu } from './choices.ts';
import { endOf, isBad } from './disks.ts';
import { patchInFlight, reported } from './document.ts';
import { settleInAnyOrder } from './failed-commit.ts';
import { advanceCommit, copyBeforeWrite, finishRequests } from './jobs.ts';
import { changed, withOverlay } from './node.ts';
import type { Node, Step } from './node.ts';
import * as replication from './replication.ts';
import { replicationDone } from './replication.ts';
import type { FaultOperation, GuestOperation, JobOperation, OperationAtNode, PrimaryOperation } from './operations.ts';
import type { Extent, Outcome, Range } from './vocabulary.ts';
import { writeSecondary } from './writes.ts';

export function nodeStep(node: Node, operation: OperationAtNode, qemu: Qemu): Step {
  switch (operation.op) {
    case 'guestRead':
    case 'guestWrite':
    case 'guestWriteZeroes':
    case 'guestDiscard':
    case 'guestFlush':
      return reported(node, operation, guestRequest(node, operation, qemu), qemu);
    case 'primaryRead':
    case 'primaryWrite':
    case 'primaryWriteZeroes':
    case 'primaryDiscard':
    case 'primaryFlush':
      return reported(node, operation, primaryRequest(node, operation, qemu), qemu);
    case 'commitAdvance':
    case 'commitSettle':
      return { node: jobProgress(node, operation.op, qemu), outcome: ok };
    case 'open':
      return blockdevAdd(node);
    case 'close':
      return blockdevDel(node, qemu);
    default:
      return fault(node, operation, qemu);
  }
}

/** The file of a primary is a client of its peer, which connects before anything else is looked at. */
function blockdevAdd(node: Node): Step {
  if (node.setup.mode === 'primary' && node.linkCut) return { node, outcome: answers.peerMissing };
  if (node.stage !== 'closed') return { node, outcome: answers.duplicateNode(node.index) };
  return replication.replicationOpen(node);
}

/** As long as the backup job lives the top node is blocked (replication.c:579). What lies above the node goes first. */
function blockdevDel(node: Node, qemu: Qemu): Step {
  if (node.stage === 'closed') return { node, outcome: answers.nodeNotFound(node.index) };
  const busy = replication.has(node, 'topIdAbove') ? answers.topNodeBusy : answers.nodeBusy;
  if (node.backupJob) return { node, outcome: busy(node.index) };
  return replication.replicationClose(node, qemu);
}

export function guestRead(node: Node, range: Range): Outcome {
  return guestRefusal(node, range, false) ?? replication.replicationCoReadv(node, range);
}

function guestRequest(node: Node, operation: GuestOperation, qemu: Qemu): Step {
  const isWrite = operation.op !== 'guestRead' && operation.op !== 'guestFlush';
  const refused = guestRefusal(node, 'count' in operation ? operation : nothing, isWrite);
  if (refused !== null) return { node, outcome: refused };
  switch (operation.op) {
    case 'guestRead':
      return { node, outcome: replication.replicationCoReadv(node, operation) };
    case 'guestWrite':
      return replication.replicationCoWritev(node, operation, qemu);
    // The driver has no write-zeroes: they arrive as a write of zero bytes, and an empty one never arrives.
    case 'guestWriteZeroes':
      if (operation.count === 0) return { node, outcome: ok };
      return replication.replicationCoWritev(node, zeroes(operation), qemu);
    // Nor has it discard: the block layer answers for it, and does nothing.
    case 'guestDiscard':
      if (!qemu.follow('guest-discard-does-nothing')) return { node, outcome: ok };
      return guestRequest(node, { ...operation, op: 'guestWriteZeroes' }, qemu);
    // A primary's goes over the link, and its error is not hidden.
    case 'guestFlush':
      return { node, outcome: node.setup.mode === 'primary' && replication.isLost(node, qemu) ? eio : ok };
  }
}

function primaryRequest(node: Node, operation: PrimaryOperation, qemu: Qemu): Step {
  const refused = primaryRefusal(node, operation);
  if (refused !== null) return { node, outcome: refused };
  switch (operation.op) {
    case 'primaryRead':
      if (isBad(node, 'secondary', 'read', operation)) return { node, outcome: eio };
      return { node, outcome: data(node.secondary.slice(operation.sector, endOf(operation))) };
    case 'primaryWrite':
      if (operation.count === 0 && qemu.follow('empty-primary-write-copies-a-unit')) return { node, outcome: ok };
      return primaryWrite(node, operation, qemu);
    // Unlike an empty write, an empty write-zeroes ends above the backup job.
    case 'primaryWriteZeroes':
      return operation.count === 0 ? { node, outcome: ok } : primaryWrite(node, zeroes(operation), qemu);
    case 'primaryDiscard': {
      const passes = passesDiscards(node) && operation.count > 0;
      const way = passes ? 1 : operation.count === 0 ? 0 : qemu.follow('primary-discard-is-not-copied');
      if (way === 1) return primaryWrite(node, zeroes(operation), qemu);
      return way === 2 ? copyBeforeWrite(node, operation, qemu) : { node, outcome: ok };
    }
    case 'primaryFlush':
      return { node, outcome: ok };
  }
}

/** With discard=ignore, the default, the disk drops them; and so does in any case the filter of a backup job above it. */
function passesDiscards(node: Node): boolean {
  const { mode, defects } = node.setup;
  const unmaps = mode === 'secondary' && defects.includes('secondaryUnmaps');
  return unmaps && !node.backupJob && !defects.includes('secondaryBusy');
}

function primaryWrite(node: Node, extent: Extent, qemu: Qemu): Step {
  const copied = copyBeforeWrite(node, extent, qemu);
  if (copied.outcome !== ok) return copied;
  const written = writeSecondary(copied.node, extent);
  if (written.outcome !== ok || node.commitJob === null) return written;
  const survives = qemu.follow('primary-write-lost-in-failover') > 0;
  return survives ? { node: patchInFlight(written.node, extent), outcome: ok } : written;
}

const nothing: Range = { sector: 0, count: 0 };

/** Without all of its layers the node counts as one without medium (ENOMEDIUM). */
function guestRefusal(node: Node, range: Range, isWrite: boolean): Outcome | null {
  if (!node.exported) return answers.exportMissing(node.index);
  if (isWrite && replication.isNodeReadOnly(node)) return einval;
  const isGone = node.ejected.active || node.ejected.hidden;
  return isGone || endOf(range) > replication.replicationCoGetlength(node) ? einval : null;
}

/**
 * A disk that was opened read-only, or has a parent that does not share writing, could only be exported read-only. Hidden
 * is a child of the filter that the backup job keeps above the secondary disk: without it that has no medium.
 */
function primaryRefusal(node: Node, operation: PrimaryOperation): Outcome | null {
  const isWrite = operation.op !== 'primaryRead' && operation.op !== 'primaryFlush';
  if ((isWrite && isExportedReadOnly(node)) || (node.ejected.hidden && node.backupJob)) return einval;
  return 'count' in operation && endOf(operation) > node.setup.geometry.lengthSectors ? einval : null;
}

const unshared = ['hiddenWriteUnshared', 'secondaryWriteUnshared'] as const;

function isExportedReadOnly({ setup: { readOnly, defects } }: Node): boolean {
  return readOnly.includes('secondary') || (defects.length > 0 && unshared.some((defect) => defects.includes(defect)));
}

function zeroes({ sector, count }: Range): Extent {
  return { sector, count, tag: 0 };
}

function jobProgress(node: Node, op: JobOperation['op'], qemu: Qemu): Node {
  const isStuck = node.stage === 'failover' && node.commitJob === null;
  if (isStuck && qemu.follow('failover-without-commit-is-for-ever')) return replicationDone(node, eio);
  return op === 'commitSettle' ? settleInAnyOrder(node, qemu, replicationDone) : advanceCommit(node, replicationDone);
}

/** Faults ask nobody: each answers ok, also where it changes nothing. Only the end of a job may kill the process. */
function fault(node: Node, operation: FaultOperation, qemu: Qemu): Step {
  switch (operation.op) {
    case 'breakSector': {
      const { disk, access, sector } = operation;
      return struck(node, { badSectors: [...node.badSectors, { disk, access, sector }] });
    }
    case 'repairSectors':
      return struck(node, { badSectors: node.badSectors.filter(({ disk }) => disk !== operation.disk) });
    case 'failEmptying':
      return struck(node, { makeEmptyFails: withOverlay(node.makeEmptyFails, operation.disk, operation.how) });
    case 'endJob':
      if (operation.job === 'backup') return replication.backupJobCompleted(node, qemu);
      if (node.commitJob === null) return { node, outcome: ok };
      return { node: replicationDone(finishRequests(node, node.commitJob.inFlight), eio), outcome: ok };
    case 'cutLink':
      return { node: withLink(node, true, 'dead'), outcome: ok };
    case 'restoreLink':
      return { node: withLink(node, false, 'reconnecting'), outcome: ok };
  }
}

function struck(node: Node, change: Partial<Node>): Step {
  return { node: changed(node, change), outcome: ok };
}

/** The client of an open node finds the peer gone at its next request, and reconnects when it is back. */
function withLink(node: Node, linkCut: boolean, link: Node['link']): Node {
  if (node.setup.mode === 'secondary' || linkCut === node.linkCut) return node;
  const isClosed = node.stage === 'closed' || node.stage === 'aborted';
  return changed(node, { linkCut, link: isClosed ? node.link : link });
}
