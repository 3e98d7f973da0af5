/** Wrong versions of the failover commit: what it takes, what it leaves, and how it ends. */
import type { Outcome } from '../../model/vocabulary.ts';
import type { CommitProgress } from '../efficient/node/commit-job.ts';
import { OK } from '../efficient/node/outcomes.ts';
import { ReplicationNode } from '../efficient/node/replication-node.ts';
import type { Mutant } from './mutant.ts';

class CommitOfCleanUnits extends ReplicationNode {
  override markAllocatedDirty(): void {
    this.commitJob.markDirty(0, this.lengthSectors);
  }
}

class CommitForgetsGuestWrites extends ReplicationNode {
  override writeFile(sector: number, count: number, source: Uint32Array | null, sourceAt: number): Outcome {
    const isActive = this.mode === 'secondary' && !this.fileIsSecondary;
    return isActive
      ? this.writeActive(sector, count, source, sourceAt)
      : super.writeFile(sector, count, source, sourceAt);
  }
}

class CommitPrefersHidden extends ReplicationNode {
  #isGuest = false;

  override guestRead(sector: number, count: number, target: Uint32Array, targetAt: number): Outcome {
    this.#isGuest = true;
    const outcome = super.guestRead(sector, count, target, targetAt);
    this.#isGuest = false;
    return outcome;
  }

  override readGuestView(sector: number, count: number, target: Uint32Array, targetAt: number): Outcome {
    const outcome = super.readGuestView(sector, count, target, targetAt);
    if (this.#isGuest || this.stage !== 'failover') return outcome;
    if (outcome !== OK) return outcome;
    for (let each = sector; each < sector + count; each++) {
      const at = targetAt + (each - sector) * this.wordsPerSector;
      if (this.hidden.isAllocated(each)) this.readBelowActive(each, 1, target, at);
    }
    return outcome;
  }
}

class CommitSkipsLastPartialUnit extends ReplicationNode {
  override writeCommitted(sector: number, count: number, source: Uint32Array, sourceAt: number): Outcome {
    const isPartial = count < this.geometry.commitUnitSectors && sector > 0;
    return isPartial ? OK : super.writeCommitted(sector, count, source, sourceAt);
  }
}

class CommitOfHiddenSkipsActive extends ReplicationNode {
  override markAllocatedDirty(): void {
    this.hidden.forEachAllocated((cluster) => {
      const first = cluster * this.hidden.clusterSectors;
      this.commitJob.markDirty(first, this.hidden.clusterEnd(cluster) - first);
    });
  }
}

class FailedCommitRolledBack extends ReplicationNode {
  override commitProgressed(progress: CommitProgress): void {
    if (progress === 'failed') this.#writeHiddenBack();
    super.commitProgressed(progress);
  }

  #writeHiddenBack(): void {
    const sector = new Uint32Array(this.wordsPerSector);
    for (let each = 0; each < this.lengthSectors; each++) {
      if (!this.hidden.isAllocated(each)) continue;
      this.readBelowActive(each, 1, sector, 0);
      this.writeSecondary(each, 1, sector, 0);
    }
  }
}

class FailedWriteCompletesCommit extends ReplicationNode {
  override commitProgressed(progress: CommitProgress): void {
    super.commitProgressed(progress === 'failed' ? 'completed' : progress);
  }
}

class ErrorClearedAtOnce extends ReplicationNode {
  override startCommitJob(): Outcome {
    const outcome = super.startCommitJob();
    this.errorFlag = false;
    return outcome;
  }
}

class ErrorStays extends ReplicationNode {
  override commitProgressed(progress: CommitProgress): void {
    super.commitProgressed(progress);
    if (progress === 'completed') this.errorFlag = true;
  }
}

class ChildrenStay extends ReplicationNode {
  override commitProgressed(progress: CommitProgress): void {
    const { hiddenAttached, secondaryAttached } = this;
    super.commitProgressed(progress);
    this.hiddenAttached = hiddenAttached;
    this.secondaryAttached = secondaryAttached;
  }
}

class CommitEmptiesOverlays extends ReplicationNode {
  override commitProgressed(progress: CommitProgress): void {
    super.commitProgressed(progress);
    if (progress !== 'completed') return;
    this.emptyActive();
    this.emptyHidden();
  }
}

class LostCommitSucceeds extends ReplicationNode {
  override loseCommitJob(): void {
    if (!this.commitJobRuns) return;
    this.commitJob.finishInFlight();
    this.commitProgressed('completed');
  }
}

class CommitHasNoRequestLimit extends ReplicationNode {
  override startCommitJob(): Outcome {
    this.commitRequestsMax = this.lengthSectors;
    return super.startCommitJob();
  }
}

class CommitJoinsAcrossLayers extends ReplicationNode {
  override answeredEnd(_sector: number, end: number): number {
    return end;
  }
}

export const commitMutants: readonly Mutant[] = [
  {
    name: 'commit-of-clean-units',
    wrong: 'The commit copies units of which no overlay holds anything, too.',
    origin: 'data loss',
    node: CommitOfCleanUnits,
  },
  {
    name: 'guest-write-in-failover-is-not-committed',
    wrong: 'A guest write during the commit does not make its units dirty.',
    origin: 'data loss',
    node: CommitForgetsGuestWrites,
  },
  {
    name: 'commit-prefers-hidden',
    wrong: 'The commit takes what hidden holds where active holds something newer.',
    origin: 'data loss',
    node: CommitPrefersHidden,
  },
  {
    name: 'commit-skips-the-last-partial-unit',
    wrong: 'The commit leaves out the last unit where the disk ends within it.',
    origin: 'data loss',
    node: CommitSkipsLastPartialUnit,
  },
  {
    name: 'commit-of-hidden-only',
    wrong: 'The commit takes the units of hidden alone.',
    origin: 'data loss',
    node: CommitOfHiddenSkipsActive,
  },
  {
    name: 'failed-commit-is-rolled-back',
    wrong: 'A commit that fails puts back on the secondary disk what hidden has kept of it.',
    origin: 'fault slip',
    node: FailedCommitRolledBack,
  },
  {
    name: 'failed-commit-counts-as-done',
    wrong: 'A commit that could not write everything promotes the secondary disk.',
    origin: 'fault slip',
    node: FailedWriteCompletesCommit,
  },
  {
    name: 'failover-clears-the-error-at-once',
    wrong: 'The error flag is cleared when the commit starts, not when it has ended.',
    origin: 'control slip',
    node: ErrorClearedAtOnce,
  },
  {
    name: 'error-stays-after-a-good-failover',
    wrong: 'A commit that ended well leaves the error flag set.',
    origin: 'control slip',
    node: ErrorStays,
  },
  {
    name: 'failover-keeps-its-children',
    wrong: 'A commit that ended well leaves hidden and secondary disk attached to the node.',
    origin: 'control slip',
    node: ChildrenStay,
  },
  {
    name: 'failover-empties-the-overlays',
    wrong: 'A commit that ended well empties active and hidden.',
    origin: 'slip',
    node: CommitEmptiesOverlays,
  },
  {
    name: 'commit-that-ends-by-itself-counts-as-done',
    wrong: 'A commit job that ends before its time promotes the secondary disk.',
    origin: 'fault slip',
    node: LostCommitSucceeds,
  },
  {
    name: 'commit-has-no-request-limit',
    wrong: 'The commit reads all dirty units at once, however few requests may be in flight.',
    origin: 'slip',
    node: CommitHasNoRequestLimit,
  },
  {
    name: 'commit-joins-what-two-layers-hold',
    wrong: 'A commit request joins dirty units without asking which layer holds them.',
    origin: 'slip',
    node: CommitJoinsAcrossLayers,
  },
];
