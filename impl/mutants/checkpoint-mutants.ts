/** Wrong versions of checkpoints. */
import type { Outcome } from '../../model/vocabulary.ts';
import { OK } from '../efficient/node/outcomes.ts';
import { ReplicationNode } from '../efficient/node/replication-node.ts';
import type { Mutant } from './mutant.ts';

class CheckpointKeepsActive extends ReplicationNode {
  override emptyActive(): void {}
}

class CheckpointKeepsHidden extends ReplicationNode {
  override emptyHidden(): void {}
}

class CheckpointForgetsBitmap extends ReplicationNode {
  override backupDoCheckpoint(): void {}
}

class CheckpointsInFailover extends ReplicationNode {
  override checkpoint(): Outcome {
    if (this.stage === 'failover') this.emptyActive();
    return super.checkpoint();
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

class EjectedLayerIsForgotten extends ReplicationNode {
  override checkpointActive(): Outcome {
    this.activeEjected = false;
    return super.checkpointActive();
  }
}

export const checkpointMutants: readonly Mutant[] = [
  {
    name: 'checkpoint-does-not-empty-active',
    wrong: 'Checkpoint does not empty active.',
    origin: 'slip',
    node: CheckpointKeepsActive,
  },
  {
    name: 'checkpoint-does-not-empty-hidden',
    wrong: 'Checkpoint does not empty hidden.',
    origin: 'slip',
    node: CheckpointKeepsHidden,
  },
  {
    name: 'checkpoint-leaves-the-copy-bitmap',
    wrong: 'Checkpoint leaves the copy bitmap.',
    origin: 'data loss',
    node: CheckpointForgetsBitmap,
  },
  {
    name: 'a-checkpoint-in-failover-empties-active',
    wrong: 'A checkpoint in failover empties active.',
    origin: 'control slip',
    node: CheckpointsInFailover,
  },
  {
    name: 'a-checkpoint-that-failed-at-active-empties-hidden',
    wrong: 'A checkpoint that failed at active empties hidden.',
    origin: 'fault slip',
    node: FailedCheckpointGoesOn,
  },
  {
    name: 'a-failed-checkpoint-leaves-the-copy-bitmap',
    wrong: 'A failed checkpoint leaves the copy bitmap.',
    origin: 'fault slip',
    node: FailedCheckpointKeepsBitmap,
  },
  {
    name: 'a-checkpoint-brings-an-ejected-layer-back',
    wrong: 'A checkpoint brings an ejected layer back.',
    origin: 'fault slip',
    node: EjectedLayerIsForgotten,
  },
];
