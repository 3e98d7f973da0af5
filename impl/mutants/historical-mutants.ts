/** Bugs that QEMU had and fixed, as far as a single-threaded host without a guest shows them. */
import type { Outcome } from '../../model/vocabulary.ts';
import type { CommitProgress } from '../efficient/node/commit-job.ts';
import * as outcomes from '../efficient/node/outcomes.ts';
import { EIO, OK } from '../efficient/node/outcomes.ts';
import type { Overlay } from '../efficient/memory/overlay.ts';
import { ReplicationNode } from '../efficient/node/replication-node.ts';
import type { Mutant } from './mutant.ts';

/** Empties an overlay but for one cluster, if that is allocated. */
function emptyAllBut(overlay: Overlay, cluster: number): void {
  const slot = cluster < overlay.clusterCount ? overlay.slotOf(cluster) : -1;
  const count = overlay.clusterEnd(cluster) - cluster * overlay.clusterSectors;
  if (slot < 0) {
    overlay.makeEmpty();
    return;
  }
  const kept = new Uint32Array(count * overlay.wordsPerSector);
  overlay.readInSlot(slot, 0, count, kept, 0);
  overlay.makeEmpty();
  const place = overlay.reserve();
  overlay.writeInSlot(place, 0, count, kept, 0);
  overlay.publish(cluster, place);
}

class EmptyingKeepsUnalignedLast extends ReplicationNode {
  override emptyActive(): void {
    const { active } = this;
    if (active.lengthSectors % active.clusterSectors === 0) super.emptyActive();
    else emptyAllBut(active, active.clusterCount - 1);
  }
}

class EmptyingStepsOverClusters extends ReplicationNode {
  override emptyHidden(): void {
    emptyAllBut(this.hidden, 1);
  }
}

class LastUnitCopiedPastTheEnd extends ReplicationNode {
  override copyPiece(unit: number, end: number): Outcome {
    return end * this.geometry.copyUnitSectors > this.lengthSectors ? EIO : super.copyPiece(unit, end);
  }
}

class CallsRefusedAfterFailover extends ReplicationNode {
  override ignoresControl(): boolean {
    return false;
  }
}

class SplitWithoutPermission extends ReplicationNode {
  override writeSplit(sector: number, count: number, source: Uint32Array | null, sourceAt: number): Outcome {
    return this.answeringLayer(sector) === 'secondary' && count > 0
      ? outcomes.aborted('closeWithoutCommitJob')
      : super.writeSplit(sector, count, source, sourceAt);
  }
}

class EndedJobCancelledAgain extends ReplicationNode {
  override stop(failover: boolean): Outcome {
    const isFreed = this.stage === 'running' && this.mode === 'secondary' && !this.backupJobRuns;
    return isFreed ? outcomes.aborted('closeWithoutCommitJob') : super.stop(failover);
  }
}

class CloseInFailoverKills extends ReplicationNode {
  override close(): Outcome {
    return this.stage === 'failover' ? outcomes.aborted('closeWithoutCommitJob') : super.close();
  }
}

class EjectedLayerDereferenced extends ReplicationNode {
  override checkpointActive(): Outcome {
    return this.activeEjected ? outcomes.aborted('failoverWithActiveEjected') : super.checkpointActive();
  }
}

class SplitMixesUnits extends ReplicationNode {
  override writeSplit(sector: number, count: number, source: Uint32Array | null, sourceAt: number): Outcome {
    const first = this.answeringRunEnd(this.answeringLayer(sector), sector, sector + count) - sector;
    if (source === null || first >= count) return super.writeSplit(sector, count, source, sourceAt);
    const outcome = super.writeSplit(sector, first, source, sourceAt);
    return outcome === OK
      ? super.writeSplit(sector + first, count - first, source, sourceAt + first)
      : outcome;
  }
}

class OpenWantsToWrite extends ReplicationNode {
  override checkOptions(): Outcome {
    return this.openedReadOnly.length > 0 ? outcomes.BLOCK_NODE_READ_ONLY : super.checkOptions();
  }
}

class PrimaryTakesTopId extends ReplicationNode {
  override checkOptions(): Outcome {
    const outcome = super.checkOptions();
    return outcome === outcomes.TOP_ID_ON_PRIMARY ? OK : outcome;
  }
}

class CloseThrowsCommitAway extends ReplicationNode {
  override close(): Outcome {
    if (this.stage === 'failover' && this.commitJobRuns)
      this.commitJob.reset(this.commitRequestsMax, this.commitJoinsUnits);
    return super.close();
  }
}

class CommitGoesOnAfterError extends ReplicationNode {
  override commitProgressed(progress: CommitProgress): void {
    if (progress === 'failed') this.#commitRest();
    super.commitProgressed(progress);
  }

  #commitRest(): void {
    const { dirtyMask, unitCount, unitSectors } = this.commitJob;
    const words = new Uint32Array(unitSectors * this.wordsPerSector);
    for (let unit = 0; unit < Math.min(unitCount, 32); unit++) {
      if (((dirtyMask >>> unit) & 1) === 0) continue;
      const first = unit * unitSectors;
      const count = Math.min(unitSectors, this.lengthSectors - first);
      if (this.readGuestView(first, count, words, 0) === OK) this.writeCommitted(first, count, words, 0);
    }
  }
}

class CommitNeverCompletes extends ReplicationNode {
  override commitProgressed(progress: CommitProgress): void {
    if (progress === 'completed') this.commitJobRuns = false;
    else super.commitProgressed(progress);
  }
}

class ReadOnlyHiddenKills extends ReplicationNode {
  override checkpointHidden(): Outcome {
    return this.openedReadOnly.includes('hidden')
      ? outcomes.aborted('reopenWithHiddenEjected')
      : super.checkpointHidden();
  }
}

class PrimaryWriteWithoutPermission extends ReplicationNode {
  override primaryWriteRefusal(sector: number, count: number): Outcome {
    return this.backupJobRuns ? outcomes.EINVAL : super.primaryWriteRefusal(sector, count);
  }
}

class CommitSkipsZeroes extends ReplicationNode {
  override writeCommitted(sector: number, count: number, source: Uint32Array, sourceAt: number): Outcome {
    const words = source.subarray(sourceAt, sourceAt + count * this.wordsPerSector);
    return words.every((word) => word === 0) ? OK : super.writeCommitted(sector, count, source, sourceAt);
  }
}

const entries = [
  [
    'emptying-keeps-an-unaligned-last-cluster',
    'The slow make_empty skips the last cluster of active where the disk ends within it.',
    '0c1bd4692f, 2.9',
    EmptyingKeepsUnalignedLast,
  ],
  [
    'emptying-steps-over-a-cluster',
    'The slow make_empty goes in steps that are no multiple of a cluster and leaves the second cluster of hidden.',
    'a3e1505dae, 2.8',
    EmptyingStepsOverClusters,
  ],
  [
    'last-unit-is-copied-past-the-end',
    'The copy of a last partial unit reads past the end of the disk and fails.',
    '1048ddf0a3, 4.2',
    LastUnitCopiedPastTheEnd,
  ],
  [
    'calls-are-refused-after-a-failover',
    'Start and stop answer errors, and a checkpoint is attempted, while and after a failover.',
    '08ddb4eb6d, 5.0',
    CallsRefusedAfterFailover,
  ],
  [
    'write-after-a-failed-failover-lacks-permission',
    'A write after a failed failover that begins on the secondary disk violates a permission and kills the process.',
    '3b78420bb1, 6.1',
    SplitWithoutPermission,
  ],
  [
    'ended-backup-job-is-cancelled-again',
    'The pointer to a backup job that has ended is kept, and a stop cancels it again and dies.',
    'e140f4b7b8, 5.1',
    EndedJobCancelledAgain,
  ],
  [
    'close-during-failover-uses-freed-memory',
    'The end of the commit job runs on a node that close has freed.',
    '50ab0e0908, 2.8',
    CloseInFailoverKills,
  ],
  [
    'ejected-active-is-dereferenced',
    'A checkpoint calls the driver of active after it was ejected, and the process dies.',
    'd470ad42ac, 2.11',
    EjectedLayerDereferenced,
  ],
  [
    'split-write-mixes-units',
    'The split of a write after a failed failover counts its place in the buffer in the wrong unit.',
    '04a11d87d1, 3.0',
    SplitMixesUnits,
  ],
  [
    'open-asks-for-write-permission',
    'Opening the node over a disk that is read-only is refused, because it always asks for write permission.',
    '611e0653ad, 2.11',
    OpenWantsToWrite,
  ],
  ['primary-takes-a-top-id', 'A primary accepts the option top-id.', 'f4f2539bcf, 2.8', PrimaryTakesTopId],
  [
    'close-throws-the-commit-away',
    'Closing during a failover cancels the requests of the commit that are in flight instead of finishing them.',
    '73895f3838, 6.2',
    CloseThrowsCommitAway,
  ],
  [
    'commit-goes-on-after-an-error',
    'The commit goes on issuing requests after one has failed.',
    'dbaa7b57ec, 2.8',
    CommitGoesOnAfterError,
  ],
  [
    'commit-waits-to-be-completed',
    'The commit of a failover waits for a command to complete it, which nobody gives.',
    'b49f7ead8d, 2.8',
    CommitNeverCompletes,
  ],
  [
    'emptying-a-read-only-layer-asserts',
    'The make_empty of a hidden disk that was opened read-only violates an assertion.',
    'b3af2af43b, 5.1',
    ReadOnlyHiddenKills,
  ],
  [
    'running-replication-shares-no-write',
    'The secondary disk cannot be written by the primary while replication runs, for want of a shared permission.',
    '37a9051cc7, 2.9',
    PrimaryWriteWithoutPermission,
  ],
  [
    'commit-skips-zeroes',
    'The commit takes a unit that reads as zeroes for one that need not be written.',
    '39c11580f3, 2.9',
    CommitSkipsZeroes,
  ],
] as const;

export const historicalMutants: readonly Mutant[] = entries.map(([name, wrong, mendedBy, node]) => ({
  name,
  wrong,
  origin: 'qemu fix',
  mendedBy,
  node,
}));

/** Fixes in QEMU's history that no operation of the vocabulary distinguishes from what they fixed, and why. */
export interface LeftOut {
  readonly commit: string;
  readonly reason: string;
}

export const historyLeftOut: readonly LeftOut[] = [
  { commit: '29ff789060', reason: 'the first version: its bugs have rows of their own' },
  { commit: 'a8bbee0edf', reason: 'a race of a guest read with a copy; requests here do not overlap' },
  { commit: '720150f318', reason: 'a lock of an iothread' },
  { commit: '47970dfb0a', reason: 'jobs that can be cancelled from outside: the operation endJob does that' },
  { commit: 'f06033295b', reason: 'encrypted layers and persistent bitmaps' },
  { commit: 'f8d59dfb40', reason: 'a race of a guest read with a copy' },
  {
    commit: '3c4e964762',
    reason: 'fixed and lost again: disks stay writable today (mutant disks-go-back-to-read-only)',
  },
  { commit: 'ef53dc09ed', reason: 'the chain is never changed under a running commit' },
  { commit: '7a3f542fbd', reason: 'a regression that is still open, in requests of less than a sector' },
  { commit: '981fb5810a', reason: 'limits of copy offload' },
  { commit: '00e30f05de', reason: 'writers that hold the disk by name: the same as no-copy-before-a-write' },
  { commit: '4bc267a7c7', reason: 'a flag of zeroes that nothing here sets' },
  { commit: '08558e3325', reason: 'a lock of an iothread' },
  { commit: '27d07fcfa7', reason: 'an error object of the migration code above' },
  { commit: '86c6a3b690', reason: 'tunables, no bug' },
  { commit: '6690302b84', reason: 'a hang of removing a quorum child, which is above the node' },
  { commit: 'd22933acd2', reason: 'no bug that is seen' },
  { commit: 'b49f4755c7', reason: 'the end of a lock' },
];
