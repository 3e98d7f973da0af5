/** Wrong versions of the efficient implementation, to show that the search finds them: one overridden method each. */
import type { NodeClass } from '../impl/efficient/case-memory.ts';
import { OK } from '../impl/efficient/outcomes.ts';
import { ReplicationNode } from '../impl/efficient/replication-node.ts';
import type { Mode, Outcome } from '../model/vocabulary.ts';

export interface SeededBug {
  readonly name: string;
  readonly node: NodeClass;
}

class NoCopyBeforeWrite extends ReplicationNode {
  override copyBeforeWrite(): Outcome {
    return OK;
  }
}

class CopyStopsShort extends ReplicationNode {
  override copyBeforeWrite(sector: number, count: number): Outcome {
    return super.copyBeforeWrite(sector, Math.min(count, 1));
  }
}

class CopiesAgain extends ReplicationNode {
  override copyBeforeWrite(sector: number, count: number): Outcome {
    this.copiedUnits.clear();
    return super.copyBeforeWrite(sector, count);
  }
}

class CheckpointKeepsActive extends ReplicationNode {
  override emptyActive(): void {}
}

class CheckpointKeepsHidden extends ReplicationNode {
  override emptyHidden(): void {}
}

class CheckpointForgetsBitmap extends ReplicationNode {
  override backupDoCheckpoint(): void {}
}

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

class FailedWritesGoToActive extends ReplicationNode {
  override writeSplit(sector: number, count: number, source: Uint32Array | null, sourceAt: number): Outcome {
    return this.writeActive(sector, count, source, sourceAt);
  }
}

class StopClearsError extends ReplicationNode {
  override stop(failover: boolean): Outcome {
    const outcome = super.stop(failover);
    if (this.stage === 'done') this.errorFlag = false;
    return outcome;
  }
}

class PrimaryErrorReachesGuest extends ReplicationNode {
  override returnValue(outcome: Outcome): Outcome {
    super.returnValue(outcome);
    return outcome;
  }
}

class RestartsWhenDone extends ReplicationNode {
  override ignoresControl(): boolean {
    return this.stage === 'failover';
  }
}

class ZeroesBypassCopy extends ReplicationNode {
  override primaryWriteZeroes(sector: number, count: number): Outcome {
    const { backupJobRuns } = this;
    this.backupJobRuns = false;
    const outcome = super.primaryWriteZeroes(sector, count);
    this.backupJobRuns = backupJobRuns;
    return outcome;
  }
}

class StatusClearsError extends ReplicationNode {
  override getError(): Outcome {
    const outcome = super.getError();
    this.errorFlag = false;
    return outcome;
  }
}

class CheckpointsInFailover extends ReplicationNode {
  override checkpoint(): Outcome {
    if (this.stage === 'failover') this.emptyActive();
    return super.checkpoint();
  }
}

class StartsAfterFailedFailover extends ReplicationNode {
  override start(mode: Mode): Outcome {
    if (this.stage === 'failoverFailed') this.stage = 'none';
    return super.start(mode);
  }
}

class SwapsLastByte extends ReplicationNode {
  override guestRead(sector: number, count: number, target: Uint32Array, targetAt: number): Outcome {
    const outcome = super.guestRead(sector, count, target, targetAt);
    const last = targetAt + count * this.wordsPerSector - 1;
    if (outcome === OK && count > 0) target[last] = (target[last] ?? 0) ^ 1;
    return outcome;
  }
}

export const seededBugs: readonly SeededBug[] = [
  { name: 'no copy before a write', node: NoCopyBeforeWrite },
  { name: 'copy before write stops after the first unit', node: CopyStopsShort },
  { name: 'a unit is copied again in the same interval', node: CopiesAgain },
  { name: 'checkpoint does not empty active', node: CheckpointKeepsActive },
  { name: 'checkpoint does not empty hidden', node: CheckpointKeepsHidden },
  { name: 'checkpoint leaves the copy bitmap', node: CheckpointForgetsBitmap },
  { name: 'commit of active only', node: CommitSkipsHidden },
  { name: 'file stays active after the commit', node: FileStaysActive },
  { name: 'writes after a failed commit all go to active', node: FailedWritesGoToActive },
  { name: 'stop without failover clears the error', node: StopClearsError },
  { name: "the primary's disk error reaches the guest", node: PrimaryErrorReachesGuest },
  { name: 'control calls are not ignored when done', node: RestartsWhenDone },
  { name: 'primary write-zeroes bypasses the copy', node: ZeroesBypassCopy },
  { name: 'asking for the error clears it', node: StatusClearsError },
  { name: 'a checkpoint in failover empties active', node: CheckpointsInFailover },
  { name: 'start is possible after a failed failover', node: StartsAfterFailedFailover },
  { name: 'one bit of a read is flipped', node: SwapsLastByte },
];
