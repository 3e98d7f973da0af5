/** Wrong versions of the copy before a write. */
import type { Outcome } from '../../model/vocabulary.ts';
import { OK } from '../efficient/node/outcomes.ts';
import { ReplicationNode } from '../efficient/node/replication-node.ts';
import type { Mutant } from './mutant.ts';

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

class ZeroesBypassCopy extends ReplicationNode {
  override primaryWriteZeroes(sector: number, count: number): Outcome {
    const { backupJobRuns } = this;
    this.backupJobRuns = false;
    const outcome = super.primaryWriteZeroes(sector, count);
    this.backupJobRuns = backupJobRuns;
    return outcome;
  }
}

class FailedCopyCounts extends ReplicationNode {
  override copyPiece(unit: number, end: number): Outcome {
    const outcome = super.copyPiece(unit, end);
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
  override copyPiece(unit: number, end: number): Outcome {
    const outcome = super.copyPiece(unit, end);
    if (outcome !== OK) this.errorFlag = true;
    return outcome;
  }
}

class LongCopiesAreNotCut extends ReplicationNode {
  override readonly copyUnitsMax = Number.POSITIVE_INFINITY;
}

class LostBackupJobStillCopies extends ReplicationNode {
  override loseBackupJob(): void {
    this.errorFlag ||= this.backupJobRuns;
  }
}

export const copyBeforeWriteMutants: readonly Mutant[] = [
  {
    name: 'no-copy-before-a-write',
    wrong: 'No copy before a write.',
    origin: 'slip',
    node: NoCopyBeforeWrite,
  },
  {
    name: 'copy-before-write-stops-after-the-first-unit',
    wrong: 'Copy before write stops after the first unit.',
    origin: 'data loss',
    node: CopyStopsShort,
  },
  {
    name: 'a-unit-is-copied-again-in-the-same-interval',
    wrong: 'A unit is copied again in the same interval.',
    origin: 'data loss',
    node: CopiesAgain,
  },
  {
    name: 'primary-write-zeroes-bypasses-the-copy',
    wrong: 'Primary write-zeroes bypasses the copy.',
    origin: 'data loss',
    node: ZeroesBypassCopy,
  },
  {
    name: 'a-failed-copy-counts-as-done',
    wrong: 'A failed copy counts as done.',
    origin: 'fault slip',
    node: FailedCopyCounts,
  },
  {
    name: 'a-failed-copy-does-not-stop-the-write',
    wrong: 'A failed copy does not stop the write.',
    origin: 'fault slip',
    node: FailedCopyStillWrites,
  },
  {
    name: 'a-failed-copy-sets-the-error',
    wrong: 'A failed copy sets the error.',
    origin: 'fault slip',
    node: FailedCopySetsError,
  },
  {
    name: 'long-copies-are-not-cut',
    wrong: 'A run of units is one copy, however long it is.',
    origin: 'fault slip',
    node: LongCopiesAreNotCut,
  },
  {
    name: 'copies-go-on-without-the-backup-job',
    wrong: 'Copies go on without the backup job.',
    origin: 'fault slip',
    node: LostBackupJobStillCopies,
  },
];
