/**
 * The data plane of the node: what guest requests through the top and primary requests to the secondary disk do in each
 * stage (replication.c:187-310). Sectors; buffers are 32-bit words, and a place in one is counted in words. Every method
 * is small and overridable: a seeded bug is a subclass with one of them replaced.
 */
import type { Defect, Geometry, Mode, Outcome, Setup, Stage } from '../../../model/vocabulary.ts';
import { CommitJob } from './commit-job.ts';
import { CopyBeforeWriteDisk } from './copy-before-write.ts';
import { EINVAL, EIO, namedAnswers, OK } from './outcomes.ts';
import type { NamedAnswers } from './outcomes.ts';

/** `replication_get_io_status`: refused (< 0), to `file` (0), or split between active and secondary disk (1). */
export type IoStatus = 'refused' | 'file' | 'split';

export class ReplicationRequests extends CopyBeforeWriteDisk {
  mode: Mode = 'secondary';
  stage: Stage = 'closed';
  /** `s->error`, of which only being set can be seen. */
  errorFlag = false;
  /** After a successful commit the node's `file` is the secondary disk. */
  fileIsSecondary = false;
  defects: readonly Defect[] = [];
  /** Disks that were opened read-only. */
  openedReadOnly: Setup['nodes'][number]['readOnly'] = [];
  /** The guest has an export to reach the node by: none for a node that had no medium when it was opened. */
  hasExport = false;
  /** Layers that a make_empty has left without a driver. */
  activeEjected = false;
  hiddenEjected = false;
  /** The connection of an open primary to its peer is gone. */
  linkIsDead = false;
  commitRequestsMax = 1;
  commitJoinsUnits = 1;
  readonly commitJob: CommitJob;
  readonly answers: NamedAnswers;

  /** `suffix` follows the names of the node and of its disks. */
  constructor(geometry: Geometry, suffix = '') {
    super(geometry);
    this.answers = namedAnswers(suffix);
    this.commitJob = new CommitJob(geometry, this.wordsPerSector, this);
  }

  guestRead(sector: number, count: number, target: Uint32Array, targetAt: number): Outcome {
    const refusal = this.guestReadRefusal(sector, count);
    return refusal === OK ? this.readGuestView(sector, count, target, targetAt) : refusal;
  }

  guestReadRefusal(sector: number, count: number): Outcome {
    const refusal = this.refusal(sector, count);
    if (refusal !== OK) return refusal;
    // The primary's node only forwards writes (replication.c:231).
    return this.mode === 'primary' || this.ioStatus() === 'refused' ? EIO : OK;
  }

  guestWrite(sector: number, count: number, source: Uint32Array | null, sourceAt: number): Outcome {
    const refusal = this.guestWriteRefusal(sector, count);
    if (refusal !== OK) return refusal;
    return this.writeThroughTop(sector, count, source, sourceAt);
  }

  /** The node has no write-zeroes of its own: a write of zero bytes, except that zero length never reaches it. */
  guestWriteZeroes(sector: number, count: number): Outcome {
    const refusal = this.guestWriteRefusal(sector, count);
    if (refusal !== OK || count === 0) return refusal;
    return this.writeThroughTop(sector, count, null, 0);
  }

  /** The node has no discard: success without effect in every stage. */
  guestDiscard(sector: number, count: number): Outcome {
    return this.guestWriteRefusal(sector, count);
  }

  /** On a primary it goes to the peer, and its error comes back. */
  guestFlush(): Outcome {
    const refusal = this.refusal(0, 0);
    if (refusal !== OK) return refusal;
    return this.linkIsDead ? EIO : OK;
  }

  primaryRead(sector: number, count: number, target: Uint32Array, targetAt: number): Outcome {
    const refusal = this.primaryRefusal(sector, count);
    if (refusal !== OK) return refusal;
    return this.readSecondary(sector, count, target, targetAt);
  }

  primaryWrite(sector: number, count: number, source: Uint32Array | null, sourceAt: number): Outcome {
    const refusal = this.primaryWriteRefusal(sector, count);
    if (refusal !== OK) return refusal;
    const copied = this.copyBeforeWrite(sector, count);
    if (copied !== OK) return copied;
    return this.writeSecondary(sector, count, source, sourceAt);
  }

  /** An empty one never reaches the backup job. */
  primaryWriteZeroes(sector: number, count: number): Outcome {
    if (count === 0) return this.primaryWriteRefusal(sector, count);
    return this.primaryWrite(sector, count, null, 0);
  }

  /** Zeroes what it reaches, which mostly is nothing. */
  primaryDiscard(sector: number, count: number): Outcome {
    const refusal = this.primaryWriteRefusal(sector, count);
    if (refusal !== OK || count === 0 || !this.discardReachesDisk()) return refusal;
    return this.writeSecondary(sector, count, null, 0);
  }

  /** With discard=ignore, the default, none does; with discard=unmap those that meet no filter of a backup job. */
  discardReachesDisk(): boolean {
    const { defects } = this;
    if (this.mode === 'primary' || defects.length === 0) return false;
    return defects.includes('secondaryUnmaps') && !this.backupJobRuns && !defects.includes('secondaryBusy');
  }

  primaryFlush(): Outcome {
    return this.primaryRefusal(0, 0);
  }

  ioStatus(): IoStatus {
    switch (this.stage) {
      case 'running':
        return 'file';
      case 'failover':
      case 'done':
        return this.mode === 'primary' ? 'refused' : 'file';
      case 'failoverFailed':
        return 'split';
      case 'none':
      case 'closed':
      case 'aborted':
        return 'refused';
    }
  }

  /** What a read through the node's `file` returns. */
  readGuestView(sector: number, count: number, target: Uint32Array, targetAt: number): Outcome {
    return this.fileIsSecondary
      ? this.readSecondary(sector, count, target, targetAt)
      : this.readActiveChain(sector, count, target, targetAt);
  }

  writeCommitted(sector: number, count: number, source: Uint32Array, sourceAt: number): Outcome {
    return this.writeSecondary(sector, count, source, sourceAt);
  }

  /** `replication_co_writev` (replication.c:247-310). */
  writeThroughTop(sector: number, count: number, source: Uint32Array | null, sourceAt: number): Outcome {
    switch (this.ioStatus()) {
      case 'refused':
        return EIO;
      case 'file':
        return this.returnValue(this.writeFile(sector, count, source, sourceAt));
      case 'split':
        return this.writeSplit(sector, count, source, sourceAt);
    }
  }

  /** Writes to the node's `file`: the disk itself on the primary, else active or, after a commit, the secondary disk. */
  writeFile(sector: number, count: number, source: Uint32Array | null, sourceAt: number): Outcome {
    if (this.mode === 'primary') return this.writePeer(sector, count, source, sourceAt);
    if (this.fileIsSecondary) return this.writeSecondary(sector, count, source, sourceAt);
    const outcome = this.writeActive(sector, count, source, sourceAt);
    if (this.stage === 'failover') this.commitJob.markDirty(sector, count);
    return outcome;
  }

  /** Over the link; a request of no bytes is not sent. */
  writePeer(sector: number, count: number, source: Uint32Array | null, sourceAt: number): Outcome {
    if (this.linkIsDead && count > 0) return EIO;
    return this.writeSecondary(sector, count, source, sourceAt);
  }

  /** `replication_return_value`: on the primary a failed write is a success that sets the error flag. */
  returnValue(outcome: Outcome): Outcome {
    if (this.mode === 'secondary' || outcome === OK) return outcome;
    this.errorFlag = true;
    return OK;
  }

  /** After a failed failover: one piece for each run that one layer answers, asked again for each piece. */
  writeSplit(sector: number, count: number, source: Uint32Array | null, sourceAt: number): Outcome {
    const end = sector + count;
    let from = sector;
    let at = sourceAt;
    while (from < end) {
      const layer = this.answeringLayer(from);
      const to = this.answeringRunEnd(layer, from, end);
      const outcome =
        layer === 'secondary'
          ? this.writeSecondary(from, to - from, source, at)
          : this.writeActive(from, to - from, source, at);
      if (outcome !== OK) return outcome;
      at += (to - from) * this.wordsPerSector;
      from = to;
    }
    return OK;
  }

  /** What the generic block layer answers before a request reaches the node; OK lets it through. */
  refusal(sector: number, count: number): Outcome {
    if (!this.hasExport) return this.answers.exportMissing;
    // Without a driver in one of its layers the whole node has no medium, which the NBD server calls EINVAL.
    if (this.activeEjected || this.hiddenEjected) return EINVAL;
    return sector + count <= this.lengthSectors + this.activeExtraSectors() ? OK : EINVAL;
  }

  /** A node that was opened read-only has a read-only export. */
  guestWriteRefusal(sector: number, count: number): Outcome {
    return this.hasExport && this.isOpenedReadOnly() ? EINVAL : this.refusal(sector, count);
  }

  isOpenedReadOnly(): boolean {
    return this.openedReadOnly.length > 0 && this.openedReadOnly.includes('node');
  }

  /** The same for the export of the secondary disk; hidden is below the filter of the backup job. */
  primaryRefusal(sector: number, count: number): Outcome {
    if (this.hiddenEjected && this.backupJobRuns) return EINVAL;
    return this.isInside(sector, count) ? OK : EINVAL;
  }

  /** A disk that cannot be shared for writing has a read-only export. */
  primaryWriteRefusal(sector: number, count: number): Outcome {
    return this.hasReadOnlyDisk() ? EINVAL : this.primaryRefusal(sector, count);
  }

  hasReadOnlyDisk(): boolean {
    const { defects, openedReadOnly } = this;
    if (openedReadOnly.length > 0 && openedReadOnly.includes('secondary')) return true;
    if (defects.length === 0) return false;
    return defects.includes('hiddenWriteUnshared') || defects.includes('secondaryWriteUnshared');
  }

  /** The node is as long as active. No start gets past an active disk of another length, so that nothing lies there. */
  activeExtraSectors(): number {
    if (this.defects.length === 0 || this.mode === 'primary') return 0;
    if (this.defects.includes('activeLonger')) return 1;
    return this.defects.includes('activeShorter') ? -1 : 0;
  }

  isInside(sector: number, count: number): boolean {
    return sector + count <= this.lengthSectors;
  }
}
