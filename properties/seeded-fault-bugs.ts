/** Wrong versions of the efficient implementation that go wrong only when something else has. */
import type { NodeClass } from '../impl/efficient/case-memory.ts';
import type { CommitProgress } from '../impl/efficient/commit-job.ts';
import { OK } from '../impl/efficient/outcomes.ts';
import { ReplicationNode } from '../impl/efficient/replication-node.ts';
import type { Outcome } from '../model/vocabulary.ts';

class FailedCopyCounts extends ReplicationNode {
  override copyRun(unit: number, end: number): Outcome {
    const outcome = super.copyRun(unit, end);
    for (let each = unit; each < end; each++) this.copiedUnits.add(each);
    return outcome;
  }
}

class FailedCopyStillWrites extends ReplicationNode {
  override copyBeforeWrite(sector: number, count: number): Outcome {
    super.copyBeforeWrite(sector, count);
    return OK;
  }
}

class FailedCopySetsError extends ReplicationNode {
  override copyRun(unit: number, end: number): Outcome {
    const outcome = super.copyRun(unit, end);
    if (outcome !== OK) this.errorFlag = true;
    return outcome;
  }
}

class FailedFillIsIgnored extends ReplicationNode {
  override fillAround(cluster: number, slot: number, from: number, to: number): Outcome {
    super.fillAround(cluster, slot, from, to);
    return OK;
  }
}

class FailedCheckpointGoesOn extends ReplicationNode {
  override checkpointActive(): Outcome {
    const outcome = super.checkpointActive();
    if (outcome !== OK) this.emptyHidden();
    return outcome;
  }
}

class FailedCheckpointKeepsBitmap extends ReplicationNode {
  override secondaryDoCheckpoint(): Outcome {
    const willFail = this.activeEmptyingFault !== null || this.hiddenEmptyingFault !== null;
    const copied: number[] = [];
    if (willFail) this.copiedUnits.forEach((unit) => copied.push(unit));
    const outcome = super.secondaryDoCheckpoint();
    for (const unit of copied) this.copiedUnits.add(unit);
    return outcome;
  }
}

class FailedStartIsNotRunning extends ReplicationNode {
  override start(mode: Parameters<ReplicationNode['start']>[0]): Outcome {
    const before = this.stage;
    const outcome = super.start(mode);
    if (outcome !== OK && outcome.kind === 'error' && before === 'none') this.stage = 'none';
    return outcome;
  }
}

class EjectedLayerIsForgotten extends ReplicationNode {
  override checkpointActive(): Outcome {
    this.activeEjected = false;
    return super.checkpointActive();
  }
}

class CommitFailureLosesView extends ReplicationNode {
  override commitProgressed(progress: CommitProgress): void {
    super.commitProgressed(progress);
    if (progress === 'failed') this.emptyActive();
  }
}

class LostBackupJobStillCopies extends ReplicationNode {
  override loseBackupJob(): void {
    this.errorFlag ||= this.backupJobRuns;
  }
}

class FlushErrorIsMasked extends ReplicationNode {
  override guestFlush(): Outcome {
    return this.returnValue(super.guestFlush());
  }
}

class LinkNeverComesBack extends ReplicationNode {
  override suffer(...[fault]: Parameters<ReplicationNode['suffer']>): void {
    const { linkIsDead } = this;
    super.suffer(fault);
    if (fault.op === 'restoreLink') this.linkIsDead = linkIsDead;
  }
}

class DisksGoBackToReadOnly extends ReplicationNode {
  override cancelBackupJob(): void {
    super.cancelBackupJob();
    this.madeWritable = false;
  }
}

class BlockerIsFreed extends ReplicationNode {
  override startBackupJob(): Outcome {
    const outcome = super.startBackupJob();
    this.blockerLeft = false;
    return outcome;
  }
}

class AttachesOnce extends ReplicationNode {
  override startBackupJob(): Outcome {
    const outcome = super.startBackupJob();
    this.hiddenAttached = Math.min(1, this.hiddenAttached);
    return outcome;
  }
}

export const faultBugs: readonly { readonly name: string; readonly node: NodeClass }[] = [
  { name: 'a failed copy counts as done', node: FailedCopyCounts },
  { name: 'a failed copy does not stop the write', node: FailedCopyStillWrites },
  { name: 'a failed copy sets the error', node: FailedCopySetsError },
  { name: 'a fill that cannot be read is ignored', node: FailedFillIsIgnored },
  { name: 'a checkpoint that failed at active empties hidden', node: FailedCheckpointGoesOn },
  { name: 'a failed checkpoint leaves the copy bitmap', node: FailedCheckpointKeepsBitmap },
  { name: 'a start whose checkpoint fails does not run', node: FailedStartIsNotRunning },
  { name: 'a checkpoint brings an ejected layer back', node: EjectedLayerIsForgotten },
  { name: 'a failed commit loses what active held', node: CommitFailureLosesView },
  { name: 'copies go on without the backup job', node: LostBackupJobStillCopies },
  { name: "a primary's flush error is masked", node: FlushErrorIsMasked },
  { name: 'a link never comes back', node: LinkNeverComesBack },
  { name: 'disks go back to read-only', node: DisksGoBackToReadOnly },
  { name: 'a failed start frees the blocker', node: BlockerIsFreed },
  { name: 'a failed start leaves no child twice', node: AttachesOnce },
];
