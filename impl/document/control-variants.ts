/** Starts and checkpoints that do what the design document says. */
import type { Mode, Outcome } from '../../model/vocabulary.ts';
import { aborted, BLOCK_NODE_READ_ONLY, NOT_RUNNING, OK } from '../efficient/node/outcomes.ts';
import type { NodeClass } from '../efficient/compare/case-memory.ts';
import type { DocumentedVariant } from './variant.ts';

const secondStartFailsAgain = (Base: NodeClass): NodeClass =>
  class extends Base {
    override startBackupJob(): Outcome {
      this.blockerLeft = false;
      return super.startBackupJob();
    }
  };

const readOnlyNodeCannotStart = (Base: NodeClass): NodeClass =>
  class extends Base {
    override startBackupJob(): Outcome {
      const outcome = super.startBackupJob();
      return outcome === aborted('startOfReadOnlyNode') ? BLOCK_NODE_READ_ONLY : outcome;
    }
  };

const notRunningBeforeStart = (Base: NodeClass): NodeClass =>
  class extends Base {
    override checkpoint(): Outcome {
      const early = this.mode === 'secondary' && this.stage === 'none';
      return early ? NOT_RUNNING : super.checkpoint();
    }
  };

const failedEmptyingKeepsTheLayer = (Base: NodeClass): NodeClass =>
  class extends Base {
    override checkpointActive(): Outcome {
      if (this.activeEmptyingFault === 'emptied') this.activeEmptyingFault = 'kept';
      return super.checkpointActive();
    }

    override checkpointHidden(): Outcome {
      if (this.hiddenEmptyingFault === 'emptied') this.hiddenEmptyingFault = 'kept';
      return super.checkpointHidden();
    }
  };

const failedCheckpointChangesNothing = (Base: NodeClass): NodeClass =>
  class extends Base {
    override secondaryDoCheckpoint(): Outcome {
      if (!this.backupJobRuns) return super.secondaryDoCheckpoint();
      if (this.activeEjected || this.activeEmptyingFault !== null) {
        if (this.activeEmptyingFault === 'emptied') this.activeEmptyingFault = 'kept';
        return super.checkpointActive();
      }
      if (this.hiddenEjected || this.hiddenEmptyingFault !== null) {
        if (this.hiddenEmptyingFault === 'emptied') this.hiddenEmptyingFault = 'kept';
        return super.checkpointHidden();
      }
      return super.secondaryDoCheckpoint();
    }
  };

const failedStartHasNotStarted = (Base: NodeClass): NodeClass =>
  class extends Base {
    override start(mode: Mode): Outcome {
      const { stage, hiddenAttached, secondaryAttached } = this;
      const outcome = super.start(mode);
      if (stage !== 'none' || outcome === OK || this.stage !== 'running') return outcome;
      this.stage = 'none';
      this.backupJobRuns = false;
      this.hiddenAttached = hiddenAttached;
      this.secondaryAttached = secondaryAttached;
      return outcome;
    }
  };

const failedStartDetaches = (Base: NodeClass): NodeClass =>
  class extends Base {
    override startBackupJob(): Outcome {
      const { hiddenAttached, secondaryAttached } = this;
      const outcome = super.startBackupJob();
      if (outcome !== OK) {
        this.hiddenAttached = hiddenAttached;
        this.secondaryAttached = secondaryAttached;
      }
      return outcome;
    }
  };

const failedStartUndoesAll = (Base: NodeClass): NodeClass =>
  class extends Base {
    override startBackupJob(): Outcome {
      const { hiddenAttached, secondaryAttached, madeWritable } = this;
      const outcome = super.startBackupJob();
      if (outcome !== OK) {
        this.hiddenAttached = hiddenAttached;
        this.secondaryAttached = secondaryAttached;
        this.madeWritable = madeWritable;
      }
      return outcome;
    }
  };

/** Reports a checkpoint that failed until one succeeds. */
const failedCheckpointIsReported = (Base: NodeClass): NodeClass =>
  class extends Base {
    override checkpoint(): Outcome {
      const outcome = super.checkpoint();
      this.report(outcome);
      return outcome;
    }

    override start(mode: Mode): Outcome {
      const { stage } = this;
      const outcome = super.start(mode);
      if (stage === 'none') this.report(outcome);
      return outcome;
    }

    report(outcome: Outcome): void {
      if (this.mode === 'secondary' && this.stage === 'running') this.errorFlag = outcome !== OK;
    }
  };

const disksArePutBack = (Base: NodeClass): NodeClass =>
  class extends Base {
    override cancelBackupJob(): void {
      super.cancelBackupJob();
      this.madeWritable = false;
    }
  };

export const controlVariants: readonly DocumentedVariant[] = [
  {
    deviation: 'second-start-kills-the-process',
    way: 'fails as the first time',
    node: secondStartFailsAgain,
  },
  {
    deviation: 'start-of-a-read-only-node-kills-the-process',
    way: 'fails with an error',
    node: readOnlyNodeCannotStart,
  },
  { deviation: 'checkpoint-without-start', way: 'is not running', node: notRunningBeforeStart },
  {
    deviation: 'failed-checkpoint-has-emptied-active',
    way: 'the layer is as it was',
    node: failedEmptyingKeepsTheLayer,
  },
  {
    deviation: 'failed-checkpoint-lets-the-view-change',
    way: 'nothing has changed',
    node: failedCheckpointChangesNothing,
  },
  { deviation: 'failed-start-runs', way: 'has not started', node: failedStartHasNotStarted },
  { deviation: 'start-leaks-a-child-each-time', way: 'detaches its children', node: failedStartDetaches },
  { deviation: 'start-leaks-a-child-each-time', way: 'undoes all', node: failedStartUndoesAll },
  {
    deviation: 'failed-checkpoint-reports-nothing',
    way: 'until one succeeds',
    node: failedCheckpointIsReported,
  },
  { deviation: 'disks-stay-writable', way: 'when the backup job ends', node: disksArePutBack },
];
