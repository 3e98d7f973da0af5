/** Wrong versions of the failover commit and the writes after it has failed. */
import type { Outcome } from '../../model/vocabulary.ts';
import type { CommitProgress } from '../efficient/node/commit-job.ts';
import { ReplicationNode } from '../efficient/node/replication-node.ts';
import type { Mutant } from './mutant.ts';

class CommitSkipsHidden extends ReplicationNode {
  override markAllocatedDirty(): void {
    this.active.forEachAllocated((cluster) => {
      const first = cluster * this.active.clusterSectors;
      this.commitJob.markDirty(first, this.active.clusterEnd(cluster) - first);
    });
  }
}

class FileStaysActive extends ReplicationNode {
  override readGuestView(sector: number, count: number, target: Uint32Array, targetAt: number): Outcome {
    return this.readActiveChain(sector, count, target, targetAt);
  }

  override writeFile(sector: number, count: number, source: Uint32Array | null, sourceAt: number): Outcome {
    return this.mode === 'primary'
      ? super.writeFile(sector, count, source, sourceAt)
      : this.writeActive(sector, count, source, sourceAt);
  }
}

class CommitFailureLosesView extends ReplicationNode {
  override commitProgressed(progress: CommitProgress): void {
    super.commitProgressed(progress);
    if (progress === 'failed') this.emptyActive();
  }
}

class FailedWritesGoToActive extends ReplicationNode {
  override writeSplit(sector: number, count: number, source: Uint32Array | null, sourceAt: number): Outcome {
    return this.writeActive(sector, count, source, sourceAt);
  }
}

export const failoverMutants: readonly Mutant[] = [
  {
    name: 'commit-of-active-only',
    wrong: 'Commit of active only.',
    origin: 'data loss',
    node: CommitSkipsHidden,
  },
  {
    name: 'file-stays-active-after-the-commit',
    wrong: 'File stays active after the commit.',
    origin: 'control slip',
    node: FileStaysActive,
  },
  {
    name: 'a-failed-commit-loses-what-active-held',
    wrong: 'A failed commit loses what active held.',
    origin: 'fault slip',
    node: CommitFailureLosesView,
  },
  {
    name: 'writes-after-a-failed-commit-all-go-to-active',
    wrong: 'Writes after a failed commit all go to active.',
    origin: 'fault slip',
    node: FailedWritesGoToActive,
  },
];
