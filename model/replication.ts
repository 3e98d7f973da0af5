/**
 * block/replication.c, function by function and in its order: each cites its lines in the seed. A line that asks `follow`
 * is one where QEMU contradicts its design document (see deviations.ts).
 *
 * Not here: bdrv_replication_init (771-774), which registers the driver.
 */
import { abort, backupCancelled, data, eio, ioErrorOccurred, notRunning, ok } from './answers.ts';
import * as answers from './answers.ts';
import type { Qemu } from './choices.ts';
import { answerEnd, endOf, guestView, isUnreadable, layerOf, repeated } from './disks.ts';
import { undone } from './document.ts';
import { leftBy, mayEndAtOnce, readsBadDisk, settleInAnyOrder } from './failed-commit.ts';
import * as jobs from './jobs.ts';
import { changed, closed } from './node.ts';
import type { Node, Step } from './node.ts';
import type { Defect, Extent, Mode, Outcome, Range } from './vocabulary.ts';
import { makeEmpty, writeActive, writeSecondary } from './writes.ts';

/** replication_open (82-137) */
export function replicationOpen(node: Node): Step {
  // The file is attached before the options are looked at, and written to unless the node is read-only.
  const isActiveFixed = node.setup.mode === 'secondary' && node.setup.readOnly.includes('active');
  if (isActiveFixed && !isNodeReadOnly(node)) return { node, outcome: answers.blockNodeReadOnly };
  const refused = refusal(node, answers.openRefusals[node.setup.mode]);
  if (refused !== null) return { node, outcome: refused };
  if (node.setup.mode === 'secondary' && node.ejected.active) return { node, outcome: answers.fileWithoutMedium };
  return { node: changed(node, { stage: 'none', exported: !node.ejected.hidden }), outcome: ok };
}

/** replication_close (139-159). In failover the requests in flight finish; no commit job is a null pointer (149-151). */
export function replicationClose(node: Node, qemu: Qemu): Step {
  if (node.stage === 'failover' && node.commitJob === null && !qemu.follow('failover-without-commit-is-for-ever'))
    return { node, outcome: abort('closeWithoutCommitJob') };
  const finished = jobs.finishRequests(node, node.commitJob?.inFlight ?? []);
  return { node: closed(leftBy(node, qemu, finished)), outcome: ok };
}

/** replication_child_perm (161-180): a node writes to its children, which another parent of the disk may not share. */
function replicationChildPerm(node: Node, disk: 'hidden' | 'secondary'): Outcome | null {
  const isShared = !has(node, disk === 'hidden' ? 'hiddenWriteUnshared' : 'secondaryWriteUnshared');
  if (isShared || isNodeReadOnly(node)) return null;
  // Hidden's backing is the filter of the other backup job, which has no name.
  const isFilter = disk === 'secondary' && has(node, 'secondaryBusy');
  return answers.writeUnshared(disk, isFilter ? '#block' : `${disk}${answers.suffixOf(node.index)}`, node.index);
}

/** replication_co_getlength (182-185), in sectors: that of `bs->file`, which before a start is active. */
export function replicationCoGetlength({ setup: { mode, geometry, defects } }: Node): number {
  if (mode === 'primary' || defects.length === 0) return geometry.lengthSectors;
  const extra = defects.includes('activeLonger') ? 1 : -Number(defects.includes('activeShorter'));
  return geometry.lengthSectors + extra;
}

/** replication_get_io_status (187-207): -EIO, 0 and 1. */
function replicationGetIoStatus({ stage, setup }: Node): 'refused' | 'plain' | 'split' {
  if (stage === 'running') return 'plain';
  if (setup.mode === 'primary' || stage === 'none' || stage === 'closed' || stage === 'aborted') return 'refused';
  return stage === 'failoverFailed' ? 'split' : 'plain';
}

/** replication_return_value (209-221): the error of a primary goes into `s->error` and not to the guest. */
function replicationReturnValue({ node, outcome }: Step): Step {
  if (node.setup.mode === 'secondary' || outcome === ok) return { node, outcome };
  return { node: changed(node, { error: true }), outcome: ok };
}

/** replication_co_readv (223-245) */
export function replicationCoReadv(node: Node, range: Range): Outcome {
  if (node.setup.mode === 'primary' || replicationGetIoStatus(node) === 'refused') return eio;
  return isUnreadable(node, range) ? eio : data(guestView(node, range));
}

/** replication_co_writev (247-310): refused, to `bs->file`, or after a failed failover split by layers (281-284). */
export function replicationCoWritev(node: Node, extent: Extent, qemu: Qemu): Step {
  const status = replicationGetIoStatus(node);
  if (status === 'refused') return { node, outcome: eio };
  if (status === 'plain') return replicationReturnValue(writeFile(node, extent, qemu));
  let split: Step = { node, outcome: ok };
  for (let sector = extent.sector; sector < endOf(extent) && split.outcome === ok;) {
    const end = answerEnd(split.node, sector, endOf(extent));
    const run = { sector, count: end - sector, tag: extent.tag };
    const isAllocated = layerOf(split.node, sector) !== 'secondary';
    split = isAllocated ? writeActive(split.node, run, qemu) : writeSecondary(split.node, run);
    sector = end;
  }
  return split;
}

/** `bs->file`: the peer, the secondary disk after a successful commit, or active, below a mirror job that sees the write. */
function writeFile(node: Node, extent: Extent, qemu: Qemu): Step {
  if (node.setup.mode === 'primary') {
    return extent.count > 0 && isLost(node, qemu) ? { node, outcome: eio } : writeSecondary(node, extent);
  }
  if (node.committed) return writeSecondary(node, extent);
  const { node: written, outcome } = writeActive(node, extent, qemu);
  return { node: jobs.markDirty(written, extent), outcome };
}

/** Whether a request of a primary does not get through to its peer. */
export function isLost(node: Node, qemu: Qemu): boolean {
  return node.link === 'dead' || (node.link === 'reconnecting' && !qemu.reconnects(node));
}

/** secondary_do_checkpoint (312-351): every unit may be copied again, even where make_empty then fails. */
function secondaryDoCheckpoint(node: Node, qemu: Qemu): Step {
  if (!node.backupJob) return { node, outcome: backupCancelled };
  const isCopied = node.copied.includes(true);
  const begun = isCopied ? changed(node, { copied: repeated(false, node.copied.length) }) : node;
  let done = makeEmpty(begun, 'active', qemu);
  if (done.outcome === ok) done = makeEmpty(done.node, 'hidden', qemu);
  if (done.outcome === ok || !qemu.follow('failed-checkpoint-lets-the-view-change')) return done;
  const { active, hidden, copied } = node;
  return { node: changed(done.node, { active, hidden, copied }), outcome: done.outcome };
}

/** reopen_backing_file (353-401), the first time: what is read-only now is noted, and opened read-write until the process ends. */
function reopenBackingFile(node: Node): Node {
  return changed(node, { origHiddenReadOnly: isReadOnly(node, 'hidden'), reopened: true });
}

/** The second time it fails silently, since the node's own children write; without a driver in hidden it is a null pointer. */
function reopenBackingFileReadOnly(node: Node, qemu: Qemu): Step {
  const dies = node.origHiddenReadOnly && node.ejected.hidden;
  if (dies && !qemu.follow('stop-with-hidden-ejected-kills-the-process'))
    return { node, outcome: abort('reopenWithHiddenEjected') };
  const isPutBack = node.setup.readOnly.length > 0 && qemu.follow('disks-stay-writable') > 0;
  return { node: isPutBack ? changed(node, { reopened: false }) : node, outcome: ok };
}

/** backup_job_cleanup (403-417): the top node is unblocked. */
function backupJobCleanup(node: Node, qemu: Qemu): Step {
  return reopenBackingFileReadOnly(changed(node, { backupJob: false }), qemu);
}

/** backup_job_completed (419-430): also a stop that cancels the job sets the error, since the stage only changes later. */
export function backupJobCompleted(node: Node, qemu: Qemu): Step {
  return node.backupJob ? backupJobCleanup(changed(node, { error: true }), qemu) : { node, outcome: ok };
}

const topIdDefects = ['topIdInvalid', 'topIdUnrelated', 'topIdNoRoot'] as const;

/** check_top_bs (432-449) */
function checkTopBs(node: Node): boolean {
  return !topIdDefects.some((defect) => has(node, defect));
}

/** replication_start (451-610) */
export function replicationStart(node: Node, mode: Mode, qemu: Qemu): Step {
  if (isPromoted(node)) return { node, outcome: ok };
  if (node.stage !== 'none') return { node, outcome: answers.runningOrDone };
  if (node.setup.mode !== mode) return { node, outcome: answers.modeMismatch[node.setup.mode] };
  if (mode === 'primary') return { node: changed(node, { stage: 'running', error: false }), outcome: ok };
  const refused = refusal(node, answers.startRefusals);
  if (refused !== null) return { node, outcome: refused };
  const reopened = reopenBackingFile(node);
  const hiddenConflict = replicationChildPerm(node, 'hidden');
  if (hiddenConflict !== null) return failedStart(node, reopened, hiddenConflict, qemu);
  const one = changed(reopened, { hiddenAttached: node.hiddenAttached + 1 });
  const secondaryConflict = replicationChildPerm(node, 'secondary');
  if (secondaryConflict !== null) return failedStart(node, one, secondaryConflict, qemu);
  // The filter of the other backup is no part of the reopening, and as read-only as the disk was.
  if (has(node, 'secondaryBusy') && node.setup.readOnly.includes('secondary') && !isNodeReadOnly(node))
    return failedStart(node, one, answers.blockNodeReadOnly, qemu);
  const both = changed(one, { secondaryAttached: node.secondaryAttached + 1 });
  // Making the blocker asserts that there is none (568); the next two failures leave it (574, 589).
  if (node.blockerLeft && !qemu.follow('second-start-kills-the-process'))
    return { node, outcome: abort('startAfterFailedStart') };
  const target = has(node, 'hiddenWriteUnshared') ? answers.backupTargetUnshared(node.index) : null;
  const job = has(node, 'secondaryBusy') ? answers.secondaryBusy : target;
  const blocked = checkTopBs(node) ? job : answers.topIdInvalid;
  if (blocked !== null) return failedStart(node, changed(both, { blockerLeft: true }), blocked, qemu);
  // make_empty asserts that the node may write to active (bdrv_make_empty, block.c).
  if (isNodeReadOnly(node))
    return qemu.follow('start-of-a-read-only-node-kills-the-process') > 0
      ? failedStart(node, both, answers.blockNodeReadOnly, qemu)
      : { node, outcome: abort('startOfReadOnlyNode') };
  const running = changed(both, { stage: 'running', backupJob: true, error: false });
  const done = secondaryDoCheckpoint(running, qemu);
  if (done.outcome === ok) return done;
  const way = qemu.follow('failed-start-runs');
  if (way !== 0) return { node: undone(done.node, node, way), outcome: done.outcome };
  const error = qemu.follow('failed-checkpoint-reports-nothing') > 0;
  return { node: changed(done.node, { error }), outcome: done.outcome };
}

/** What a start has done that fails after the reopening stays (547-593). */
function failedStart(before: Node, failed: Node, outcome: Outcome, qemu: Qemu): Step {
  const way = qemu.follow('start-leaks-a-child-each-time');
  return { node: way === 0 ? failed : undone(failed, before, way), outcome };
}

/** replication_do_checkpoint (612-637) */
export function replicationDoCheckpoint(node: Node, qemu: Qemu): Step {
  if (isPromoted(node) || node.setup.mode === 'primary') return { node, outcome: ok };
  if (node.stage === 'none' && qemu.follow('checkpoint-without-start') > 0) return { node, outcome: notRunning };
  const done = secondaryDoCheckpoint(node, qemu);
  const error = done.outcome !== ok;
  const isReported = node.backupJob && error !== node.error && qemu.follow('failed-checkpoint-reports-nothing') > 0;
  return isReported ? { node: changed(done.node, { error }), outcome: done.outcome } : done;
}

/** replication_get_error (639-661) */
export function replicationGetError({ stage, error }: Node): Outcome {
  if (stage === 'none') return notRunning;
  return error ? ioErrorOccurred : ok;
}

/** replication_done (663-680): the secondary disk takes the place of active, and the newest two children go. */
export function replicationDone(node: Node, result: Outcome): Node {
  if (result !== ok) return changed(node, { commitJob: null, stage: 'failoverFailed', error: true });
  const hiddenAttached = node.hiddenAttached - 1;
  const secondaryAttached = node.secondaryAttached - 1;
  const done = changed(node, { commitJob: null, stage: 'done', error: false, committed: true });
  return changed(done, { hiddenAttached, secondaryAttached });
}

/** replication_stop (682-744). The job is cancelled first, so that without failover the checkpoint never finds one. */
export function replicationStop(node: Node, failover: boolean, qemu: Qemu): Step {
  if (isPromoted(node)) return { node, outcome: ok };
  const isRetried =
    node.stage === 'failoverFailed' && failover && qemu.follow('no-way-back-after-a-failed-failover') > 0;
  if (node.stage !== 'running' && !isRetried) return { node, outcome: notRunning };
  if (node.setup.mode === 'primary') {
    const error = node.error && qemu.follow('dead-link-loses-acknowledged-writes') > 0;
    return { node: changed(node, { stage: 'done', error }), outcome: ok };
  }
  const flushes = failover ? 0 : qemu.follow('stop-without-failover-always-errors');
  const cancelled = backupJobCompleted(node, qemu);
  if (cancelled.outcome !== ok) return cancelled;
  if (failover || flushes === 1) return failOver(cancelled.node, qemu);
  if (flushes === 2) return flushed(failOver(cancelled.node, qemu));
  const { node: same, outcome } = secondaryDoCheckpoint(cancelled.node, qemu);
  return { node: changed(same, { stage: 'done' }), outcome };
}

/** 733-738: where the commit job cannot be created the stage stays failover and never leaves it. */
function failOver(node: Node, qemu: Qemu): Step {
  const begun = changed(node, { stage: 'failover' });
  if (node.ejected.active)
    return qemu.follow('failover-with-active-ejected-kills-the-process') > 0
      ? { node: replicationDone(begun, eio), outcome: answers.ejected('active', node.index) }
      : { node, outcome: abort('failoverWithActiveEjected') };
  const exported = has(node, 'hiddenExported') ? answers.commitCannotStart(node.index) : null;
  const refused = node.ejected.hidden ? answers.commitFindsNoMedium(node.index) : exported;
  const fails = refused !== null && qemu.follow('failover-without-commit-is-for-ever') > 0;
  if (refused !== null) return { node: fails ? replicationDone(begun, eio) : begun, outcome: refused };
  const error = !qemu.follow('healthy-failover-reports-an-error');
  const started = jobs.startCommit(changed(begun, { error }));
  const isRead =
    readsBadDisk(started) && qemu.follow('commit-reads-a-small-disk-first') > 0 && qemu.readsTarget(started);
  if (isRead) return { node: replicationDone(started, eio), outcome: ok };
  const ends = mayEndAtOnce(started, replicationDone) && qemu.endsAtOnce(started);
  return { node: ends ? settleInAnyOrder(started, qemu, replicationDone) : started, outcome: ok };
}

/** The buffer is flushed before the stop answers. */
function flushed({ node, outcome }: Step): Step {
  if (outcome !== ok) return { node, outcome };
  const settled = jobs.settleCommit(node, replicationDone);
  return { node: settled, outcome: settled.committed ? ok : ioErrorOccurred };
}

/** Ignored by a secondary that was promoted: it has nothing to do any more (467, 622, 692). */
function isPromoted({ stage }: Node): boolean {
  return stage === 'failover' || stage === 'done';
}

export function isReadOnly({ setup, reopened }: Node, disk: 'hidden' | 'secondary'): boolean {
  return setup.readOnly.length > 0 && setup.readOnly.includes(disk) && !reopened;
}

export function isNodeReadOnly({ setup: { readOnly } }: Node): boolean {
  return readOnly.length > 0 && readOnly.includes('node');
}

/** A layer without medium has no length (520). */
export function has({ setup, ejected }: Node, defect: Defect): boolean {
  if (defect === 'lengthsDiffer' && (ejected.active || ejected.hidden)) return true;
  return setup.defects.length > 0 && setup.defects.includes(defect);
}

function refusal(node: Node, refusals: answers.Refusals): Outcome | null {
  if (node.setup.defects.length === 0 && !node.ejected.active && !node.ejected.hidden) return null;
  for (const [defect, answer] of refusals) if (has(node, defect)) return answer;
  return null;
}
