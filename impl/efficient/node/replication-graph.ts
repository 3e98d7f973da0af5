/**
 * The block graph around the node: the preconditions of a start, in the driver's order, and what it attaches, reopens and
 * blocks (replication.c:353-417, 491-595).
 */
import type { Defect, OverlayName, Outcome, Wiring } from '../../../model/vocabulary.ts';
import * as outcomes from './outcomes.ts';
import { OK } from './outcomes.ts';
import { ReplicationRequests } from './replication-requests.ts';

/** In all of these top-id names no root node that is this one or above it. */
const TOP_ID_DEFECTS: ReadonlySet<Defect> = new Set(['topIdInvalid', 'topIdUnrelated', 'topIdNoRoot']);

/** The size of each disk is looked at (replication.c:520). */
const unequalLengths = [
  'lengthsDiffer',
  'hiddenShorter',
  'secondaryLonger',
  'activeLonger',
  'activeShorter',
] as const;

export class ReplicationGraph extends ReplicationRequests {
  /** A start that failed after it had made `s->blocker` left it; the next that gets as far dies. */
  blockerLeft = false;
  /** The children that starts have attached. */
  hiddenAttached = 0;
  secondaryAttached = 0;
  /** A start has made hidden and the secondary disk writable, which lasts as long as the process. */
  madeWritable = false;
  /**
   * The backup job's end reopens hidden: the start that made the job found hidden read-only, and noted it. After an
   * earlier start in the same process hidden is writable, and there is nothing to reopen (replication.c:372-389).
   */
  reopensHidden = false;

  /** The top node refuses most operations as long as the internal backup job runs. */
  isBlocked(): boolean {
    return this.backupJobRuns;
  }

  /** What the start found read-only is reopened as the job ends, and an ejected hidden has no driver for it (replication.c:416). */
  backupJobEndKills(): boolean {
    return this.backupJobRuns && this.reopensHidden && this.hiddenEjected;
  }

  /** The preconditions of start, in the driver's order, then the job (replication.c:494-595). */
  startBackupJob(): Outcome {
    const unwired = this.checkWiring();
    if (unwired !== OK) return unwired;
    const hiddenWasReadOnly = this.isReadOnly('hidden');
    this.madeWritable = true;
    const { defects } = this;
    // Only a node that is writable itself asks to write to its children.
    const writes = !this.isOpenedReadOnly();
    const isHiddenUnshared = defects.includes('hiddenWriteUnshared');
    if (writes && isHiddenUnshared) return this.answers.hiddenUnshared;
    this.hiddenAttached++;
    // What is attached lies below hidden: the disk, or the filter of another backup over it.
    const isBusy = defects.includes('secondaryBusy');
    if (writes && defects.includes('secondaryWriteUnshared')) {
      return isBusy ? this.answers.filterUnshared : this.answers.secondaryUnshared;
    }
    // The filter stays as read-only as the disk was opened.
    if (writes && isBusy && this.openedReadOnly.includes('secondary')) return outcomes.BLOCK_NODE_READ_ONLY;
    this.secondaryAttached++;
    if (this.blockerLeft) return outcomes.aborted('startAfterFailedStart');
    const refusal = this.checkBackup();
    if (refusal !== OK) {
      this.blockerLeft = true;
      return refusal;
    }
    // The make_empty that follows may not write to active.
    if (!writes) return outcomes.aborted('startOfReadOnlyNode');
    this.backupJobRuns = true;
    this.reopensHidden = hiddenWasReadOnly;
    return OK;
  }

  /** What the backup job needs: a top node to block, a source that no other backup has, a target that it may write to. */
  checkBackup(): Outcome {
    const { defects } = this;
    if (defects.some((defect) => TOP_ID_DEFECTS.has(defect))) return outcomes.TOP_ID_INVALID;
    if (defects.includes('secondaryBusy')) return outcomes.SECONDARY_BUSY;
    return defects.includes('hiddenWriteUnshared') ? this.answers.targetUnshared : OK;
  }

  /** How active, hidden and secondary disk hang together (replication.c:495-545). */
  checkWiring(): Outcome {
    const { defects } = this;
    if (defects.includes('activeWithoutBacking')) return outcomes.ACTIVE_WITHOUT_BACKING;
    if (defects.includes('hiddenWithoutBacking')) return outcomes.HIDDEN_WITHOUT_BACKING;
    if (defects.includes('secondaryWithoutBackend')) return outcomes.SECONDARY_WITHOUT_BACKEND;
    // What has no driver has no length.
    const isLength = unequalLengths.every((defect) => !defects.includes(defect));
    if (!isLength || this.activeEjected || this.hiddenEjected) {
      return outcomes.LENGTHS_DIFFER;
    }
    if (defects.includes('makeEmptyUnsupported') || defects.includes('hiddenCannotBeEmptied')) {
      return outcomes.MAKE_EMPTY_UNSUPPORTED;
    }
    return defects.includes('hiddenFileReadOnly') ? outcomes.BLOCK_NODE_READ_ONLY : OK;
  }

  /** Whether a disk is read-only now. */
  isReadOnly(disk: Exclude<OverlayName, 'active'> | 'secondary'): boolean {
    if (this.openedReadOnly.length === 0 && this.defects.length === 0) return false;
    if (disk === 'hidden' && this.defects.includes('hiddenFileReadOnly')) return true;
    if (!this.openedReadOnly.includes(disk)) return false;
    // A start reopens what lies below hidden, which is the filter of the other backup here, and not the disk.
    if (disk === 'secondary' && this.defects.includes('secondaryBusy')) return true;
    return !this.madeWritable;
  }

  wiring(): Wiring {
    return {
      blocked: this.isBlocked(),
      hiddenReadOnly: this.isReadOnly('hidden'),
      secondaryReadOnly: this.isReadOnly('secondary'),
      hiddenAttached: this.hiddenAttached,
      secondaryAttached: this.secondaryAttached,
    };
  }
}
