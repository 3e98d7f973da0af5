/** Wrong versions of what is copied before a write, and when: off by a unit, too late, too little. */
import type { Outcome } from '../../model/vocabulary.ts';
import { OK } from '../efficient/node/outcomes.ts';
import { ReplicationNode } from '../efficient/node/replication-node.ts';
import type { Mutant } from './mutant.ts';

class CopiesAfterWrite extends ReplicationNode {
  override primaryWrite(
    sector: number,
    count: number,
    source: Uint32Array | null,
    sourceAt: number,
  ): Outcome {
    const refusal = this.primaryWriteRefusal(sector, count);
    if (refusal !== OK) return refusal;
    const written = this.writeSecondary(sector, count, source, sourceAt);
    return written === OK ? this.copyBeforeWrite(sector, count) : written;
  }
}

class CopiesTouchedClusters extends ReplicationNode {
  #first = 0;
  #last = 0;

  override copyBeforeWrite(sector: number, count: number): Outcome {
    this.#first = this.hidden.clusterOf(sector);
    this.#last = this.hidden.clusterOf(sector + Math.max(count, 1) - 1);
    return super.copyBeforeWrite(sector, count);
  }

  override copyCluster(cluster: number): void {
    if (cluster >= this.#first && cluster <= this.#last) super.copyCluster(cluster);
  }
}

class EndRoundedDown extends ReplicationNode {
  override copyBeforeWrite(sector: number, count: number): Outcome {
    const { copyUnitSectors } = this.geometry;
    const end = Math.floor((sector + count) / copyUnitSectors) * copyUnitSectors;
    const isWithin = this.copyUnitOf(sector) === this.copyUnitOf(sector + Math.max(count, 1) - 1);
    return super.copyBeforeWrite(sector, isWithin ? count : Math.max(0, end - sector));
  }
}

class StartRoundedUp extends ReplicationNode {
  override copyBeforeWrite(sector: number, count: number): Outcome {
    const { copyUnitSectors } = this.geometry;
    const start = Math.ceil(sector / copyUnitSectors) * copyUnitSectors;
    return start >= sector + count ? OK : super.copyBeforeWrite(start, sector + count - start);
  }
}

class LastPartialUnitSkipped extends ReplicationNode {
  override copyUnit(unit: number): void {
    if ((unit + 1) * this.geometry.copyUnitSectors <= this.lengthSectors) super.copyUnit(unit);
  }
}

class EmptyWriteCopiesNothing extends ReplicationNode {
  override copyBeforeWrite(sector: number, count: number): Outcome {
    return count === 0 ? OK : super.copyBeforeWrite(sector, count);
  }
}

class FailedCopyEndsJob extends ReplicationNode {
  override copyPiece(unit: number, end: number): Outcome {
    const outcome = super.copyPiece(unit, end);
    if (outcome !== OK) this.backupJobRuns = false;
    return outcome;
  }
}

class FailedCopyWritesTheRest extends ReplicationNode {
  override primaryWrite(
    sector: number,
    count: number,
    source: Uint32Array | null,
    sourceAt: number,
  ): Outcome {
    const outcome = super.primaryWrite(sector, count, source, sourceAt);
    const isCopied = this.copiedUnits.has(this.copyUnitOf(sector)) && count > 0;
    const end = (this.copyUnitOf(sector) + 1) * this.geometry.copyUnitSectors;
    // The first unit of several has been copied, and another has not.
    if (outcome.kind === 'errno' && outcome.errno === 'EIO' && isCopied && end < sector + count) {
      this.writeSecondary(sector, end - sector, source, sourceAt);
    }
    return outcome;
  }
}

class DiscardZeroesSecondary extends ReplicationNode {
  override primaryDiscard(sector: number, count: number): Outcome {
    const refusal = super.primaryDiscard(sector, count);
    return refusal === OK ? this.writeSecondary(sector, count, null, 0) : refusal;
  }
}

class CopyOnlyOfUnallocated extends ReplicationNode {
  override copyCluster(cluster: number): void {
    const first = cluster * this.hidden.clusterSectors;
    if (!this.active.isAllocated(first)) super.copyCluster(cluster);
  }
}

class CopiesAfterStop extends ReplicationNode {
  override copyBeforeWrite(sector: number, count: number): Outcome {
    const { backupJobRuns, stage, fileIsSecondary } = this;
    this.backupJobRuns ||= stage === 'failoverFailed' || (stage === 'done' && !fileIsSecondary);
    const outcome = super.copyBeforeWrite(sector, count);
    this.backupJobRuns = backupJobRuns;
    return outcome;
  }
}

export const copySlipMutants: readonly Mutant[] = [
  {
    name: 'copies-after-the-write',
    wrong: 'A unit is copied after the primary has written it.',
    origin: 'slip',
    node: CopiesAfterWrite,
  },
  {
    name: 'unit-counts-as-copied-when-part-of-it-is',
    wrong: 'Only the touched clusters of a unit are copied, and the unit counts as copied.',
    origin: 'data loss',
    node: CopiesTouchedClusters,
  },
  {
    name: 'copy-end-is-rounded-down',
    wrong: 'A write across units does not copy the last unit where it touches only a part of it.',
    origin: 'data loss',
    node: EndRoundedDown,
  },
  {
    name: 'copy-start-is-rounded-up',
    wrong: 'A write that begins within a unit does not copy that unit.',
    origin: 'data loss',
    node: StartRoundedUp,
  },
  {
    name: 'last-partial-unit-is-not-copied',
    wrong: 'The last unit counts as copied and is not, where the disk ends within it.',
    origin: 'data loss',
    node: LastPartialUnitSkipped,
  },
  {
    name: 'empty-write-copies-nothing',
    wrong: 'A write of no bytes inside a unit does not copy it.',
    origin: 'slip',
    node: EmptyWriteCopiesNothing,
  },
  {
    name: 'failed-copy-ends-the-backup-job',
    wrong: 'A copy before a write that fails ends the backup job.',
    origin: 'fault slip',
    node: FailedCopyEndsJob,
  },
  {
    name: 'failed-copy-lets-the-first-unit-be-written',
    wrong: 'Where the copy of a later unit fails, the first unit of the request is still written.',
    origin: 'fault slip',
    node: FailedCopyWritesTheRest,
  },
  {
    name: 'primary-discard-zeroes-the-secondary-disk',
    wrong: 'A discard of the primary zeroes the secondary disk without a copy.',
    origin: 'slip',
    node: DiscardZeroesSecondary,
  },
  {
    name: 'clusters-under-active-are-not-copied',
    wrong: 'What active hides is not copied to hidden, as if it could not be seen again.',
    origin: 'data loss',
    node: CopyOnlyOfUnallocated,
  },
  {
    name: 'copies-go-on-after-a-stop',
    wrong: 'Primary writes after a stop are still preceded by copies to hidden.',
    origin: 'slip',
    node: CopiesAfterStop,
  },
];
