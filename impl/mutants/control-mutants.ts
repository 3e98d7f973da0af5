/** Wrong versions of start, stop and the status. */
import type { Mode, Outcome } from '../../model/vocabulary.ts';
import { OK } from '../efficient/node/outcomes.ts';
import { ReplicationNode } from '../efficient/node/replication-node.ts';
import type { Mutant } from './mutant.ts';

class StopClearsError extends ReplicationNode {
  override stop(failover: boolean): Outcome {
    const outcome = super.stop(failover);
    if (this.stage === 'done') this.errorFlag = false;
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

class StartsAfterFailedFailover extends ReplicationNode {
  override start(mode: Mode): Outcome {
    if (this.stage === 'failoverFailed') this.stage = 'none';
    return super.start(mode);
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

class DisksGoBackToReadOnly extends ReplicationNode {
  override cancelBackupJob(): void {
    super.cancelBackupJob();
    this.madeWritable = false;
  }
}

class SecondStartNotesTheSetup extends ReplicationNode {
  override startBackupJob(): Outcome {
    const outcome = super.startBackupJob();
    this.reopensHidden = this.openedReadOnly.includes('hidden');
    return outcome;
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

export const controlMutants: readonly Mutant[] = [
  {
    name: 'stop-without-failover-clears-the-error',
    wrong: 'Stop without failover clears the error.',
    origin: 'control slip',
    node: StopClearsError,
  },
  {
    name: 'asking-for-the-error-clears-it',
    wrong: 'Asking for the error clears it.',
    origin: 'control slip',
    node: StatusClearsError,
  },
  {
    name: 'start-is-possible-after-a-failed-failover',
    wrong: 'Start is possible after a failed failover.',
    origin: 'control slip',
    node: StartsAfterFailedFailover,
  },
  {
    name: 'a-start-whose-checkpoint-fails-does-not-run',
    wrong: 'A start whose checkpoint fails does not run.',
    origin: 'fault slip',
    node: FailedStartIsNotRunning,
  },
  {
    name: 'disks-go-back-to-read-only',
    wrong: 'Disks go back to read-only.',
    origin: 'control slip',
    node: DisksGoBackToReadOnly,
  },
  {
    name: 'second-start-notes-the-setup',
    wrong: 'A second start notes hidden as it was opened, although the first start has made it writable.',
    origin: 'control slip',
    node: SecondStartNotesTheSetup,
  },
  {
    name: 'a-failed-start-frees-the-blocker',
    wrong: 'A failed start frees the blocker.',
    origin: 'control slip',
    node: BlockerIsFreed,
  },
  {
    name: 'a-failed-start-leaves-no-child-twice',
    wrong: 'A failed start leaves no child twice.',
    origin: 'control slip',
    node: AttachesOnce,
  },
];
