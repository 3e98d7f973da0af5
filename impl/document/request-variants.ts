/** Requests, and calls to several nodes, that do what the design document says. */
import type { ControlOperation, QmpOperation } from '../../model/operations.ts';
import type { Outcome } from '../../model/vocabulary.ts';
import { EIO, OK } from '../efficient/node/outcomes.ts';
import type { NodeClass } from '../efficient/compare/case-memory.ts';
import type { HostClass } from '../efficient/efficient-system.ts';
import type { ReplicationNode } from '../efficient/node/replication-node.ts';
import type { DocumentedVariant } from './variant.ts';

const failedCopyIsReported = (Base: NodeClass): NodeClass =>
  class extends Base {
    override copyBeforeWrite(sector: number, count: number): Outcome {
      const outcome = super.copyBeforeWrite(sector, count);
      if (outcome !== OK) this.errorFlag = true;
      return outcome;
    }
  };

const secondaryErrorIsReported = (Base: NodeClass): NodeClass =>
  class extends Base {
    override writeSecondary(
      sector: number,
      count: number,
      source: Uint32Array | null,
      sourceAt: number,
    ): Outcome {
      return this.reported(super.writeSecondary(sector, count, source, sourceAt));
    }

    override primaryRead(sector: number, count: number, target: Uint32Array, targetAt: number): Outcome {
      return this.reported(super.primaryRead(sector, count, target, targetAt));
    }

    reported(outcome: Outcome): Outcome {
      if (outcome === EIO && this.mode === 'secondary' && this.stage === 'running') this.errorFlag = true;
      return outcome;
    }
  };

const ejectedOverlayIsReported = (Base: NodeClass): NodeClass =>
  class extends Base {
    override primaryRefusal(sector: number, count: number): Outcome {
      const gone = this.hiddenEjected && this.stage === 'running' && this.backupJobRuns;
      if (gone && this.isInside(sector, count)) this.errorFlag = true;
      return super.primaryRefusal(sector, count);
    }
  };

const emptyWriteDoesNothing = (Base: NodeClass): NodeClass =>
  class extends Base {
    override primaryWrite(
      sector: number,
      count: number,
      source: Uint32Array | null,
      sourceAt: number,
    ): Outcome {
      if (count === 0) return this.primaryWriteRefusal(sector, count);
      return super.primaryWrite(sector, count, source, sourceAt);
    }
  };

const guestDiscardIsAWrite = (Base: NodeClass): NodeClass =>
  class extends Base {
    override guestDiscard(sector: number, count: number): Outcome {
      return this.guestWriteZeroes(sector, count);
    }
  };

const primaryDiscardZeroes = (Base: NodeClass): NodeClass =>
  class extends Base {
    override primaryDiscard(sector: number, count: number): Outcome {
      return this.primaryWriteZeroes(sector, count);
    }
  };

const primaryDiscardIsCopied = (Base: NodeClass): NodeClass =>
  class extends Base {
    override primaryDiscard(sector: number, count: number): Outcome {
      const refusal = super.primaryDiscard(sector, count);
      return refusal !== OK || count === 0 ? refusal : this.copyBeforeWrite(sector, count);
    }
  };

const failoverReportsErrors = (Base: HostClass): HostClass =>
  class extends Base {
    override qmp(operation: QmpOperation): Outcome {
      const isFailover =
        operation.op === 'setReplication' && !operation.enable && operation.failover === true;
      return isFailover ? this.control({ op: 'stop', failover: true }) : super.qmp(operation);
    }
  };

const allFailOver = (Base: HostClass): HostClass =>
  class extends Base {
    override control(operation: ControlOperation): Outcome {
      if (operation.op !== 'stop' || !operation.failover) return super.control(operation);
      let first = OK;
      for (const node of this.newestFirst) {
        const outcome = this.unlessDead(node.stop(true));
        if (outcome.kind === 'abort') return outcome;
        if (first === OK) first = outcome;
      }
      return first;
    }
  };

const allOrNoneAreCheckpointed = (Base: HostClass): HostClass =>
  class extends Base {
    override control(operation: ControlOperation): Outcome {
      const failing = operation.op === 'checkpoint' ? this.newestFirst.find(checkpointWillFail) : undefined;
      return failing === undefined ? super.control(operation) : failing.checkpoint();
    }
  };

function checkpointWillFail(node: ReplicationNode): boolean {
  if (node.mode === 'primary' || node.ignoresControl()) return false;
  const { activeEjected, hiddenEjected, activeEmptyingFault, hiddenEmptyingFault } = node;
  const fails =
    activeEjected || hiddenEjected || activeEmptyingFault !== null || hiddenEmptyingFault !== null;
  return !node.backupJobRuns || fails;
}

export const requestVariants: readonly DocumentedVariant[] = [
  { deviation: 'failed-copy-reports-nothing', way: 'for good', node: failedCopyIsReported },
  {
    deviation: 'failed-secondary-write-reports-nothing',
    way: 'reads of the primary, too',
    node: secondaryErrorIsReported,
  },
  {
    deviation: 'ejected-overlay-reports-nothing',
    way: 'when the primary asks',
    node: ejectedOverlayIsReported,
  },
  {
    deviation: 'empty-primary-write-copies-a-unit',
    way: 'nothing is copied',
    node: emptyWriteDoesNothing,
  },
  { deviation: 'guest-discard-does-nothing', way: 'a write of zeroes', node: guestDiscardIsAWrite },
  { deviation: 'primary-discard-is-not-copied', way: 'a write of zeroes', node: primaryDiscardZeroes },
  {
    deviation: 'primary-discard-is-not-copied',
    way: 'a copy before what the disk drops',
    node: primaryDiscardIsCopied,
  },
  { deviation: 'failover-hides-every-error', way: 'the command fails', host: failoverReportsErrors },
  {
    deviation: 'one-disk-fails-over-the-other-does-not',
    way: 'all do, with the first error',
    host: allFailOver,
  },
  {
    deviation: 'checkpoints-of-different-disks-drift-apart',
    way: 'all or none',
    host: allOrNoneAreCheckpointed,
  },
];
