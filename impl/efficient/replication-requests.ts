/**
 * The data plane of the node: what guest requests through the top and primary requests to the secondary disk do in each
 * stage (replication.c:187-310). Sectors; buffers are 32-bit words, and a place in one is counted in words. Every method
 * is small and overridable: a seeded bug is a subclass with one of them replaced.
 */
import type { Geometry, Mode, Outcome, Stage } from '../../model/vocabulary.ts';
import { CommitJob } from './commit-job.ts';
import { CopyBeforeWriteDisk } from './copy-before-write.ts';
import { ABORTED, EINVAL, EIO, EXPORT_MISSING, OK } from './outcomes.ts';

/** `replication_get_io_status`: refused (< 0), to `file` (0), or split between active and secondary disk (1). */
export type IoStatus = 'refused' | 'file' | 'split';

export class ReplicationRequests extends CopyBeforeWriteDisk {
  mode: Mode = 'secondary';
  stage: Stage = 'closed';
  /** `s->error`, of which only being set can be seen. */
  errorFlag = false;
  /** After a successful commit the node's `file` is the secondary disk. */
  fileIsSecondary = false;
  readonly commitJob: CommitJob;

  constructor(geometry: Geometry) {
    super(geometry);
    this.commitJob = new CommitJob(geometry, this.wordsPerSector, this);
  }

  guestRead(sector: number, count: number, target: Uint32Array, targetAt: number): Outcome {
    const refusal = this.refusal(sector, count);
    if (refusal !== OK) return refusal;
    // The primary's node only forwards writes (replication.c:231).
    if (this.mode === 'primary' || this.ioStatus() === 'refused') return EIO;
    return this.readGuestView(sector, count, target, targetAt);
  }

  guestWrite(sector: number, count: number, source: Uint32Array | null, sourceAt: number): Outcome {
    const refusal = this.refusal(sector, count);
    if (refusal !== OK) return refusal;
    return this.writeThroughTop(sector, count, source, sourceAt);
  }

  /** The node has no write-zeroes of its own: a write of zero bytes, except that zero length never reaches it. */
  guestWriteZeroes(sector: number, count: number): Outcome {
    const refusal = this.refusal(sector, count);
    if (refusal !== OK || count === 0) return refusal;
    return this.writeThroughTop(sector, count, null, 0);
  }

  /** The node has no discard: success without effect in every stage. */
  guestDiscard(sector: number, count: number): Outcome {
    return this.refusal(sector, count);
  }

  guestFlush(): Outcome {
    return this.stage === 'closed' ? EXPORT_MISSING : OK;
  }

  primaryRead(sector: number, count: number, target: Uint32Array, targetAt: number): Outcome {
    if (!this.isInside(sector, count)) return EINVAL;
    return this.readSecondary(sector, count, target, targetAt);
  }

  primaryWrite(sector: number, count: number, source: Uint32Array | null, sourceAt: number): Outcome {
    if (!this.isInside(sector, count)) return EINVAL;
    const copied = this.copyBeforeWrite(sector, count);
    if (copied !== OK) return copied;
    return this.writeSecondary(sector, count, source, sourceAt);
  }

  /** An empty one never reaches the backup job. */
  primaryWriteZeroes(sector: number, count: number): Outcome {
    if (count === 0) return this.isInside(sector, count) ? OK : EINVAL;
    return this.primaryWrite(sector, count, null, 0);
  }

  /** Changes nothing: with discard=ignore, the default, a discard does not even reach the backup job. */
  primaryDiscard(sector: number, count: number): Outcome {
    return this.isInside(sector, count) ? OK : EINVAL;
  }

  primaryFlush(): Outcome {
    return OK;
  }

  ioStatus(): IoStatus {
    switch (this.stage) {
      case 'running':
        return 'file';
      case 'failover':
      case 'done':
        return this.mode === 'primary' ? 'refused' : 'file';
      case 'failoverFailed':
        return this.mode === 'primary' ? 'refused' : 'split';
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
    if (this.mode === 'primary' || this.fileIsSecondary) {
      return this.writeSecondary(sector, count, source, sourceAt);
    }
    const outcome = this.writeActive(sector, count, source, sourceAt);
    if (this.stage === 'failover') this.commitJob.markDirty(sector, count);
    return outcome;
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
    if (this.stage === 'closed') return EXPORT_MISSING;
    if (this.stage === 'aborted') return ABORTED;
    return this.isInside(sector, count) ? OK : EINVAL;
  }

  isInside(sector: number, count: number): boolean {
    return sector >= 0 && count >= 0 && sector + count <= this.lengthSectors;
  }
}
