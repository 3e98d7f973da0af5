/** The control plane of the node: `replication_open`, `replication_close` and the four calls of `ReplicationOps`. */
import type { Defect, Mode, Outcome, Setup } from '../../model/vocabulary.ts';
import type { CommitProgress } from './commit-job.ts';
import * as outcomes from './outcomes.ts';
import { OK } from './outcomes.ts';
import { ReplicationRequests } from './replication-requests.ts';

/** What a case fixes beside the geometry and the content. */
export type NodeOptions = Pick<Setup, 'mode' | 'defects' | 'badSectors' | 'commitRequestsMax'>;

const NO_BAD_SECTORS: readonly number[] = [];

export class ReplicationNode extends ReplicationRequests {
  defects: readonly Defect[] = [];
  commitRequestsMax = 1;
  /** A start that failed for its top-id left `s->blocker` allocated; the next that gets as far dies. */
  blockerLeft = false;

  /** Begins a case: no node yet, a secondary disk of zero bytes, empty overlays. All memory is kept. */
  load(options: NodeOptions): void {
    this.mode = options.mode;
    this.defects = options.defects;
    this.commitRequestsMax = options.commitRequestsMax;
    const { badSectors } = options;
    this.secondary.load(badSectors.length === 0 ? NO_BAD_SECTORS : badSectors.map((bad) => bad.sector));
    this.active.makeEmpty();
    this.hidden.makeEmpty();
    this.copiedUnits.clear();
    this.forgetNode();
  }

  /** A node that has died is opened again in a new process; the disks keep their content. */
  open(): Outcome {
    if (this.stage === 'aborted') this.forgetNode();
    if (this.stage !== 'closed') return outcomes.NODE_EXISTS;
    const refusal = this.checkOptions();
    if (refusal === OK) this.stage = 'none';
    return refusal;
  }

  /** `replication_close`, and the checks of `blockdev-del` before it. */
  close(): Outcome {
    if (this.stage === 'closed') return outcomes.NODE_MISSING;
    if (this.stage === 'running' && this.mode === 'secondary') return outcomes.NODE_BUSY;
    if (this.stage === 'failover') this.commitJob.finishInFlight();
    this.forgetNode();
    return OK;
  }

  start(mode: Mode): Outcome {
    if (this.stage === 'closed' || this.ignoresControl()) return OK;
    if (this.stage !== 'none') return outcomes.RUNNING_OR_DONE;
    if (this.mode !== mode) return outcomes.modeInvalid(this.mode);
    if (this.mode === 'secondary') {
      const refusal = this.startBackupJob();
      if (refusal !== OK) return refusal;
    }
    this.stage = 'running';
    const outcome = this.mode === 'secondary' ? this.secondaryDoCheckpoint() : OK;
    this.errorFlag = false;
    return outcome;
  }

  checkpoint(): Outcome {
    if (this.stage === 'closed' || this.ignoresControl()) return OK;
    return this.mode === 'secondary' ? this.secondaryDoCheckpoint() : OK;
  }

  getError(): Outcome {
    if (this.stage === 'none') return outcomes.NOT_RUNNING;
    return this.errorFlag ? outcomes.IO_ERROR_OCCURRED : OK;
  }

  stop(failover: boolean): Outcome {
    if (this.stage === 'closed' || this.ignoresControl()) return OK;
    if (this.stage !== 'running') return outcomes.NOT_RUNNING;
    if (this.mode === 'primary') {
      this.stage = 'done';
      this.errorFlag = false;
      return OK;
    }
    this.cancelBackupJob();
    if (failover) {
      this.stage = 'failover';
      this.startCommitJob();
      return OK;
    }
    // The checkpoint that keeps active consistent comes after the cancel, and so always fails (replication.c:727).
    const outcome = this.secondaryDoCheckpoint();
    this.stage = 'done';
    return outcome;
  }

  /** One request of the commit completes; nothing in any other stage than failover. */
  commitAdvance(): Outcome {
    if (this.stage === 'failover') this.commitProgressed(this.commitJob.advance());
    return OK;
  }

  /** The commit runs to its end. */
  commitSettle(): Outcome {
    while (this.stage === 'failover') this.commitAdvance();
    return OK;
  }

  /** A disk that was promoted, or that is being promoted, has nothing to do any more (replication.c:467, 622, 692). */
  ignoresControl(): boolean {
    return this.stage === 'done' || this.stage === 'failover';
  }

  /** `secondary_do_checkpoint` (replication.c:312-351). */
  secondaryDoCheckpoint(): Outcome {
    if (!this.backupJobRuns) return outcomes.BACKUP_JOB_CANCELLED;
    this.backupDoCheckpoint();
    this.emptyActive();
    this.emptyHidden();
    return OK;
  }

  /** From now on every unit is to be copied again. */
  backupDoCheckpoint(): void {
    this.copiedUnits.clear();
  }

  emptyActive(): void {
    this.active.makeEmpty();
  }

  emptyHidden(): void {
    this.hidden.makeEmpty();
  }

  /** The preconditions of start, in the driver's order, then the job (replication.c:494-595). */
  startBackupJob(): Outcome {
    const refusal = this.checkWiring();
    if (refusal !== OK) return refusal;
    if (this.blockerLeft) {
      this.die();
      return outcomes.ABORTED;
    }
    if (this.defects.includes('topIdInvalid')) {
      this.blockerLeft = true;
      return outcomes.TOP_ID_INVALID;
    }
    this.backupJobRuns = true;
    return OK;
  }

  /** `backup_job_completed` runs before the stage changes, and so always sets the error flag (replication.c:424). */
  cancelBackupJob(): void {
    this.errorFlag = true;
    this.backupJobRuns = false;
  }

  startCommitJob(): void {
    this.commitJob.reset(this.commitRequestsMax);
    this.markAllocatedDirty();
    this.commitJob.startRequests();
  }

  /** What is allocated above the secondary disk has to be committed. */
  markAllocatedDirty(): void {
    for (const overlay of [this.active, this.hidden]) {
      overlay.forEachAllocated((cluster) => {
        const first = cluster * overlay.clusterSectors;
        this.commitJob.markDirty(first, overlay.clusterEnd(cluster) - first);
      });
    }
  }

  /** `replication_done` (replication.c:663-680), when the job has ended. */
  commitProgressed(progress: CommitProgress): void {
    switch (progress) {
      case 'running':
        return;
      case 'completed':
        this.stage = 'done';
        this.fileIsSecondary = true;
        this.errorFlag = false;
        return;
      case 'failed':
        this.stage = 'failoverFailed';
        this.errorFlag = true;
    }
  }

  /** The options of `replication_open`, in its order (replication.c:102-128). */
  checkOptions(): Outcome {
    const { defects, mode } = this;
    if (defects.length === 0) return OK;
    if (defects.includes('modeMissing')) return outcomes.MODE_MISSING;
    if (defects.includes('modeUnknown')) return outcomes.MODE_UNKNOWN;
    if (mode === 'primary' && defects.includes('topIdOnPrimary')) return outcomes.TOP_ID_ON_PRIMARY;
    if (mode === 'secondary' && defects.includes('topIdMissing')) return outcomes.TOP_ID_MISSING;
    return OK;
  }

  /** How active, hidden and secondary disk hang together (replication.c:495-537). */
  checkWiring(): Outcome {
    const { defects } = this;
    if (defects.length === 0) return OK;
    if (defects.includes('activeWithoutBacking')) return outcomes.ACTIVE_WITHOUT_BACKING;
    if (defects.includes('hiddenWithoutBacking')) return outcomes.HIDDEN_WITHOUT_BACKING;
    if (defects.includes('secondaryWithoutBackend')) return outcomes.SECONDARY_WITHOUT_BACKEND;
    if (defects.includes('lengthsDiffer')) return outcomes.LENGTHS_DIFFER;
    if (defects.includes('makeEmptyUnsupported')) return outcomes.MAKE_EMPTY_UNSUPPORTED;
    return OK;
  }

  /** The process is gone, and with it all that is not on a disk. */
  die(): void {
    this.forgetNode();
    this.stage = 'aborted';
  }

  /** Back to no node at all; the disks keep what they hold. */
  forgetNode(): void {
    this.stage = 'closed';
    this.errorFlag = false;
    this.fileIsSecondary = false;
    this.blockerLeft = false;
    this.backupJobRuns = false;
  }
}
