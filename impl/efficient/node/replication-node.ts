/** The control plane of the node: `replication_open`, `replication_close` and the four calls of `ReplicationOps`. */
import type { FaultOperation } from '../../../model/operations.ts';
import type { EmptyingFault, Mode, NodeSetup, Outcome } from '../../../model/vocabulary.ts';
import type { CommitProgress } from './commit-job.ts';
import * as outcomes from './outcomes.ts';
import { OK } from './outcomes.ts';
import { ReplicationGraph } from './replication-graph.ts';

export class ReplicationNode extends ReplicationGraph {
  /** A failover has a commit job. */
  commitJobRuns = false;
  peerIsGone = false;
  activeEmptyingFault: EmptyingFault | null = null;
  hiddenEmptyingFault: EmptyingFault | null = null;

  /** Begins a case: no node yet, a secondary disk of zero bytes, empty overlays. All memory is kept. */
  load(options: Omit<NodeSetup, 'geometry' | 'initialContent'>): void {
    this.mode = options.mode;
    this.defects = options.defects;
    this.openedReadOnly = options.readOnly;
    this.commitRequestsMax = options.commitRequestsMax;
    this.commitJoinsUnits = options.commitJoinsUnits ?? 1;
    this.bad.load(options.badSectors);
    this.secondary.load();
    this.peerIsGone = false;
    this.activeEmptyingFault = null;
    this.hiddenEmptyingFault = null;
    this.enterProcess();
  }

  open(): Outcome {
    // The client of the peer is opened first of all.
    if (this.peerIsGone) return outcomes.PEER_GONE;
    if (this.stage !== 'closed') return this.answers.nodeExists;
    // Active is attached before the options are looked at.
    const isActiveFixed = this.mode === 'secondary' && this.openedReadOnly.includes('active');
    if (isActiveFixed && !this.isOpenedReadOnly()) return outcomes.BLOCK_NODE_READ_ONLY;
    let refusal = this.checkOptions();
    if (refusal === OK && this.activeEjected) refusal = outcomes.NO_SECTOR_COUNT;
    if (refusal !== OK) return refusal;
    this.stage = 'none';
    this.hasExport = !this.hiddenEjected;
    return OK;
  }

  /** `replication_close`, and the checks of `blockdev-del` before it. */
  close(): Outcome {
    if (this.stage === 'closed') return this.answers.nodeMissing;
    // What lies above the node has to go first.
    const { nodeBusy, aboveBusy } = this.answers;
    if (this.isBlocked()) return this.defects.includes('topIdAbove') ? aboveBusy : nodeBusy;
    if (this.stage === 'failover') {
      // The job that close wants to cancel is a null pointer where it could not be made (replication.c:148-151).
      if (!this.commitJobRuns) return outcomes.aborted('closeWithoutCommitJob');
      this.commitJob.finishInFlight();
    }
    this.forgetNode();
    return OK;
  }

  start(mode: Mode): Outcome {
    if (this.ignoresControl()) return OK;
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
    if (this.ignoresControl()) return OK;
    return this.mode === 'secondary' ? this.secondaryDoCheckpoint() : OK;
  }

  getError(): Outcome {
    if (this.stage === 'none') return outcomes.NOT_RUNNING;
    return this.errorFlag ? outcomes.IO_ERROR_OCCURRED : OK;
  }

  stop(failover: boolean): Outcome {
    if (this.ignoresControl()) return OK;
    if (this.stage !== 'running') return outcomes.NOT_RUNNING;
    if (this.mode === 'primary') {
      this.stage = 'done';
      this.errorFlag = false;
      return OK;
    }
    if (this.backupJobEndKills()) return outcomes.aborted('reopenWithHiddenEjected');
    this.cancelBackupJob();
    if (failover) {
      this.stage = 'failover';
      return this.startCommitJob();
    }
    // The checkpoint that keeps active consistent comes after the cancel, and so always fails (replication.c:727).
    const outcome = this.secondaryDoCheckpoint();
    this.stage = 'done';
    return outcome;
  }

  /** One request of the commit completes; nothing where no commit runs. */
  commitAdvance(): Outcome {
    if (this.commitJobRuns) this.commitProgressed(this.commitJob.advance());
    return OK;
  }

  /** The commit runs to its end. */
  commitSettle(): Outcome {
    while (this.commitJobRuns) this.commitAdvance();
    return OK;
  }

  /** Things that happen to the node, its disks and its link. */
  suffer(fault: FaultOperation): void {
    switch (fault.op) {
      case 'breakSector':
        this.bad.add(fault);
        return;
      case 'repairSectors':
        this.bad.repair(fault.disk);
        return;
      case 'failEmptying':
        if (fault.disk === 'active') this.activeEmptyingFault = fault.how;
        else this.hiddenEmptyingFault = fault.how;
        return;
      case 'endJob':
        if (fault.job === 'backup') this.loseBackupJob();
        else this.loseCommitJob();
        return;
      case 'cutLink':
        // Only a primary reaches its disk over a link.
        if (this.mode === 'secondary') return;
        this.peerIsGone = true;
        this.linkIsDead ||= this.stage !== 'closed' && this.stage !== 'aborted';
        return;
      case 'restoreLink':
        this.peerIsGone = false;
        this.linkIsDead = false;
    }
  }

  loseBackupJob(): void {
    if (this.backupJobRuns) this.cancelBackupJob();
  }

  loseCommitJob(): void {
    if (!this.commitJobRuns) return;
    this.commitJob.finishInFlight();
    this.commitProgressed('failed');
  }

  /** A disk that was promoted, or that is being promoted, has nothing to do any more (replication.c:467, 622, 692). */
  ignoresControl(): boolean {
    return this.stage === 'done' || this.stage === 'failover';
  }

  /** `secondary_do_checkpoint` (replication.c:312-351). */
  secondaryDoCheckpoint(): Outcome {
    if (!this.backupJobRuns) return outcomes.BACKUP_JOB_CANCELLED;
    this.backupDoCheckpoint();
    const outcome = this.checkpointActive();
    return outcome === OK ? this.checkpointHidden() : outcome;
  }

  checkpointActive(): Outcome {
    if (this.activeEjected) return this.answers.activeEjected;
    const fault = this.activeEmptyingFault;
    if (fault === null) {
      this.emptyActive();
      return OK;
    }
    this.activeEmptyingFault = null;
    this.activeEjected = fault === 'ejected';
    if (fault === 'emptied') this.emptyActive();
    return this.answers.activeNotEmptied;
  }

  checkpointHidden(): Outcome {
    if (this.hiddenEjected) return this.answers.hiddenEjected;
    const fault = this.hiddenEmptyingFault;
    if (fault === null) {
      this.emptyHidden();
      return OK;
    }
    this.hiddenEmptyingFault = null;
    this.hiddenEjected = fault === 'ejected';
    if (fault === 'emptied') this.emptyHidden();
    return this.answers.hiddenNotEmptied;
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

  /** `backup_job_completed` runs before the stage changes, and so always sets the error flag (replication.c:424). */
  cancelBackupJob(): void {
    this.errorFlag = true;
    this.backupJobRuns = false;
    this.reopensHidden = false;
  }

  /** Where it cannot be made the stage still becomes failover (replication.c:733-738). */
  startCommitJob(): Outcome {
    if (this.activeEjected) return outcomes.aborted('failoverWithActiveEjected');
    if (this.hiddenEjected) return this.answers.commitWithoutMedium;
    if (this.defects.includes('hiddenExported')) return this.answers.commitRefused;
    this.commitJobRuns = true;
    this.commitJob.reset(this.commitRequestsMax, this.commitJoinsUnits);
    this.markAllocatedDirty();
    this.commitJob.startRequests();
    return OK;
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
        this.commitJobRuns = false;
        this.fileIsSecondary = true;
        this.errorFlag = false;
        this.hiddenAttached--;
        this.secondaryAttached--;
        return;
      case 'failed':
        this.commitJobRuns = false;
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

  /** The process is gone, and with it all that is not on a disk. */
  die(): void {
    this.enterProcess();
    this.stage = 'aborted';
  }

  /** A process that has opened the disks, but not the node. Its overlays are new: the old ones were half in caches. */
  enterProcess(): void {
    this.active.makeEmpty();
    this.hidden.makeEmpty();
    this.copiedUnits.clear();
    this.forgetNode();
    this.activeEjected = false;
    this.hiddenEjected = false;
    this.madeWritable = false;
  }

  /** Back to no node at all; the disks keep what they hold. */
  forgetNode(): void {
    this.stage = 'closed';
    this.hasExport = false;
    this.errorFlag = false;
    this.fileIsSecondary = false;
    this.blockerLeft = false;
    this.backupJobRuns = false;
    this.reopensHidden = false;
    this.commitJobRuns = false;
    this.hiddenAttached = 0;
    this.secondaryAttached = 0;
    this.linkIsDead = false;
  }
}
