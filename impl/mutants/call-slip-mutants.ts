/** Wrong versions of start, stop, status and checkpoint: the wrong order, the wrong answer, too much or too little done. */
import type { QmpOperation } from '../../model/operations.ts';
import type { Mode, Outcome } from '../../model/vocabulary.ts';
import * as outcomes from '../efficient/node/outcomes.ts';
import { OK } from '../efficient/node/outcomes.ts';
import { ReplicationHost } from '../efficient/node/replication-host.ts';
import { ReplicationNode } from '../efficient/node/replication-node.ts';
import type { Mutant } from './mutant.ts';

class ModeBeforeStage extends ReplicationNode {
  override start(mode: Mode): Outcome {
    const isAsked = this.stage !== 'closed' && !this.ignoresControl() && this.mode !== mode;
    return isAsked ? outcomes.modeInvalid(this.mode) : super.start(mode);
  }
}

class NumbersSwapped extends ReplicationNode {
  override start(mode: Mode): Outcome {
    const outcome = super.start(mode);
    return outcome === outcomes.modeInvalid(this.mode) ? outcomes.modeInvalid(mode) : outcome;
  }
}

class StartEmptiesNothing extends ReplicationNode {
  override secondaryDoCheckpoint(): Outcome {
    return this.errorFlag || this.stage !== 'running' ? super.secondaryDoCheckpoint() : this.#checkpoint();
  }

  #isFirst = false;

  override start(mode: Mode): Outcome {
    this.#isFirst = this.stage === 'none';
    return super.start(mode);
  }

  #checkpoint(): Outcome {
    const isFirst = this.#isFirst;
    this.#isFirst = false;
    return isFirst ? OK : super.secondaryDoCheckpoint();
  }
}

class CheckpointNeedsRunning extends ReplicationNode {
  override checkpoint(): Outcome {
    return this.stage === 'none' ? outcomes.NOT_RUNNING : super.checkpoint();
  }
}

class StatusOfNone extends ReplicationNode {
  override getError(): Outcome {
    return this.stage === 'none' ? OK : super.getError();
  }
}

class StatusOfDone extends ReplicationNode {
  override getError(): Outcome {
    return this.stage === 'done' ? outcomes.NOT_RUNNING : super.getError();
  }
}

class StopSucceeds extends ReplicationNode {
  override stop(failover: boolean): Outcome {
    const outcome = super.stop(failover);
    return !failover && this.stage === 'done' ? OK : outcome;
  }
}

class StopEmpties extends ReplicationNode {
  override stop(failover: boolean): Outcome {
    const wasRunning = this.stage === 'running' && this.mode === 'secondary';
    const outcome = super.stop(failover);
    if (wasRunning && this.stage === 'done') this.emptyActive();
    return outcome;
  }
}

class StopFlushes extends ReplicationNode {
  override stop(failover: boolean): Outcome {
    const wasRunning = this.stage === 'running' && this.mode === 'secondary' && !failover;
    const words = new Uint32Array(this.lengthSectors * this.wordsPerSector);
    const outcome = super.stop(failover);
    if (wasRunning && this.stage === 'done' && this.readActiveChain(0, this.lengthSectors, words, 0) === OK) {
      this.writeSecondary(0, this.lengthSectors, words, 0);
    }
    return outcome;
  }
}

class CheckpointClearsError extends ReplicationNode {
  override checkpoint(): Outcome {
    const outcome = super.checkpoint();
    if (outcome === OK && this.stage === 'running') this.errorFlag = false;
    return outcome;
  }
}

class StopLeavesBlocker extends ReplicationNode {
  override isBlocked(): boolean {
    const isStopped = this.stage === 'done' && this.mode === 'secondary' && !this.fileIsSecondary;
    return super.isBlocked() || isStopped;
  }
}

class CloseInspiteOfJob extends ReplicationNode {
  override close(): Outcome {
    if (this.isBlocked()) this.backupJobRuns = false;
    return super.close();
  }
}

class CheckpointEmptiesHiddenFirst extends ReplicationNode {
  override secondaryDoCheckpoint(): Outcome {
    if (!this.backupJobRuns) return super.secondaryDoCheckpoint();
    this.backupDoCheckpoint();
    const outcome = this.checkpointHidden();
    return outcome === OK ? this.checkpointActive() : outcome;
  }
}

class EnableTakesFailover extends ReplicationHost {
  override qmp(operation: QmpOperation): Outcome {
    const isBoth = operation.op === 'setReplication' && operation.enable;
    return super.qmp(isBoth ? { ...operation, failover: null } : operation);
  }
}

class StatusIsAnError extends ReplicationHost {
  override qmp(operation: QmpOperation): Outcome {
    const outcome = super.qmp(operation);
    return outcome.kind === 'status' && outcome.error !== null ? outcomes.IO_ERROR_OCCURRED : outcome;
  }
}

export const callSlipMutants: readonly Mutant[] = [
  {
    name: 'mode-is-tested-before-the-stage',
    wrong: 'A start while running that asks for the other mode is answered with the error about the mode.',
    origin: 'control slip',
    node: ModeBeforeStage,
  },
  {
    name: 'mode-numbers-are-swapped',
    wrong: 'The message about the wrong mode names the two modes the other way round.',
    origin: 'control slip',
    node: NumbersSwapped,
  },
  {
    name: 'start-empties-nothing',
    wrong: 'A start does not begin with a checkpoint.',
    origin: 'slip',
    node: StartEmptiesNothing,
  },
  {
    name: 'checkpoint-before-a-start-is-not-running',
    wrong: 'A checkpoint before any start says that replication is not running.',
    origin: 'control slip',
    node: CheckpointNeedsRunning,
  },
  {
    name: 'status-before-a-start-is-ok',
    wrong: 'The status before any start is ok.',
    origin: 'control slip',
    node: StatusOfNone,
  },
  {
    name: 'status-when-done-is-not-running',
    wrong: 'The status after the end says that replication is not running.',
    origin: 'control slip',
    node: StatusOfDone,
  },
  {
    name: 'stop-without-failover-succeeds',
    wrong: 'A stop without failover answers success, as its document says it should.',
    origin: 'control slip',
    node: StopSucceeds,
  },
  {
    name: 'stop-without-failover-empties-active',
    wrong: 'A stop without failover empties active.',
    origin: 'data loss',
    node: StopEmpties,
  },
  {
    name: 'stop-without-failover-flushes',
    wrong: 'A stop without failover writes what the guest sees to the secondary disk.',
    origin: 'slip',
    node: StopFlushes,
  },
  {
    name: 'checkpoint-clears-the-error',
    wrong: 'A checkpoint that succeeds clears the error flag.',
    origin: 'control slip',
    node: CheckpointClearsError,
  },
  {
    name: 'stop-leaves-the-blocker',
    wrong: 'A stop without failover does not lift the blocker of the top node.',
    origin: 'control slip',
    node: StopLeavesBlocker,
  },
  {
    name: 'close-ends-the-backup-job',
    wrong: 'A node can be closed while its backup job runs.',
    origin: 'control slip',
    node: CloseInspiteOfJob,
  },
  {
    name: 'checkpoint-empties-hidden-first',
    wrong: 'A checkpoint empties hidden before active, so that a failure keeps the wrong one.',
    origin: 'fault slip',
    node: CheckpointEmptiesHiddenFirst,
  },
  {
    name: 'enable-takes-failover',
    wrong: 'The QMP command accepts failover together with enable.',
    origin: 'control slip',
    host: EnableTakesFailover,
  },
  {
    name: 'status-is-a-qmp-error',
    wrong: 'The QMP status answers an error as an error of the command.',
    origin: 'control slip',
    host: StatusIsAnError,
  },
];
