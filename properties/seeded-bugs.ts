/** Wrong versions of the efficient implementation, to show that the search finds them: one thing overridden in each. */
import type { HostClass } from '../impl/efficient/efficient-system.ts';
import type { NodeClass } from '../impl/efficient/case-memory.ts';
import { OK } from '../impl/efficient/outcomes.ts';
import { ReplicationHost } from '../impl/efficient/replication-host.ts';
import { ReplicationNode } from '../impl/efficient/replication-node.ts';
import { faultBugs } from './seeded-fault-bugs.ts';
import type { ControlOperation, Mode, Outcome, QmpOperation } from '../model/vocabulary.ts';

export interface SeededBug {
  readonly name: string;
  readonly node: NodeClass;
  /** The host that the nodes are in, where the bug is there. */
  readonly host?: HostClass;
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

class OldestFirst extends ReplicationHost {
  override open(node: ReplicationNode): Outcome {
    const outcome = super.open(node);
    if (outcome === OK) this.newestFirst.push(...this.newestFirst.splice(0, 1));
    return outcome;
  }
}

class GoesOnAfterError extends ReplicationHost {
  override control(operation: ControlOperation): Outcome {
    let first = OK;
    const listed = this.newestFirst.slice();
    for (const node of listed) {
      this.newestFirst.splice(0, this.newestFirst.length, node);
      const outcome = super.control(operation);
      if (first === OK) first = outcome;
    }
    this.newestFirst.splice(
      0,
      this.newestFirst.length,
      ...this.nodes.filter(({ stage }) => stage !== 'closed'),
    );
    return first;
  }
}

class FailoverReportsErrors extends ReplicationHost {
  override qmp(operation: QmpOperation): Outcome {
    if (operation.op !== 'setReplication' || operation.enable) return super.qmp(operation);
    return this.control({ op: 'stop', failover: operation.failover ?? false });
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
  { name: 'nodes are asked oldest first', node: ReplicationNode, host: OldestFirst },
  { name: 'the walk goes on after an error', node: ReplicationNode, host: GoesOnAfterError },
  { name: 'a failover reports errors', node: ReplicationNode, host: FailoverReportsErrors },
  ...faultBugs,
];
