/** Stops and failovers that do what the design document says. */
import type { Outcome } from '../../model/vocabulary.ts';
import { OK } from '../efficient/node/outcomes.ts';
import type { NodeClass } from '../efficient/compare/case-memory.ts';
import type { DocumentedVariant } from './variant.ts';

const stopsWithHiddenEjected = (Base: NodeClass): NodeClass =>
  class extends Base {
    override stop(failover: boolean): Outcome {
      this.reopensHidden = false;
      return super.stop(failover);
    }
  };

const flushesAtOnce = (Base: NodeClass): NodeClass =>
  class extends Base {
    override stop(failover: boolean): Outcome {
      if (failover || this.mode === 'primary' || this.stage !== 'running') return super.stop(failover);
      const outcome = super.stop(true);
      if (outcome !== OK) return outcome;
      this.commitSettle();
      return this.errorFlag ? { kind: 'error', message: 'The buffer could not be flushed' } : OK;
    }
  };

const flushesByCommit = (Base: NodeClass): NodeClass =>
  class extends Base {
    override stop(failover: boolean): Outcome {
      const flushes = this.mode === 'secondary' && this.stage === 'running';
      return super.stop(failover || flushes);
    }
  };

const triesAgain = (Base: NodeClass): NodeClass =>
  class extends Base {
    override stop(failover: boolean): Outcome {
      const again = failover && this.mode === 'secondary' && this.stage === 'failoverFailed';
      if (!again) return super.stop(failover);
      this.stage = 'failover';
      return this.startCommitJob();
    }
  };

const failsWithActiveEjected = (Base: NodeClass): NodeClass =>
  class extends Base {
    override startCommitJob(): Outcome {
      if (!this.activeEjected) return super.startCommitJob();
      this.stage = 'failoverFailed';
      this.errorFlag = true;
      return { kind: 'error', message: 'There is no active disk any more' };
    }
  };

const failsWithoutCommit = (Base: NodeClass): NodeClass =>
  class extends Base {
    override startCommitJob(): Outcome {
      const outcome = super.startCommitJob();
      if (outcome.kind === 'error' && this.stage === 'failover') this.stage = 'failoverFailed';
      return outcome;
    }
  };

const failsWhenWaitedFor = (Base: NodeClass): NodeClass =>
  class extends Base {
    override commitSettle(): Outcome {
      if (this.stage === 'failover' && !this.commitJobRuns) this.stage = 'failoverFailed';
      return super.commitSettle();
    }

    override close(): Outcome {
      if (this.stage !== 'failover' || this.commitJobRuns) return super.close();
      this.forgetNode();
      return OK;
    }
  };

const healthyIsHealthy = (Base: NodeClass): NodeClass =>
  class extends Base {
    override startCommitJob(): Outcome {
      const outcome = super.startCommitJob();
      if (outcome === OK) this.errorFlag = false;
      return outcome;
    }
  };

const primaryWriteOutlivesTheCommit = (Base: NodeClass): NodeClass =>
  class extends Base {
    override primaryWrite(
      sector: number,
      count: number,
      source: Uint32Array | null,
      sourceAt: number,
    ): Outcome {
      const outcome = super.primaryWrite(sector, count, source, sourceAt);
      if (outcome !== OK || !this.commitJobRuns) return outcome;
      for (let each = sector; each < sector + count; each++) {
        if (this.answeringLayer(each) === 'secondary') this.patchInFlight(each);
      }
      return OK;
    }

    patchInFlight(sector: number): void {
      const { unitSectors } = this.commitJob;
      for (let age = 0; age < this.commitJob.inFlightCount; age++) {
        const { unit, units, captured } = this.commitJob.requestInFlight(age);
        const place = sector - unit * unitSectors;
        if (place < 0 || place >= units * unitSectors) continue;
        this.secondary.read(sector, 1, captured, place * this.wordsPerSector);
      }
    }
  };

const stoppedPrimaryRemembers = (Base: NodeClass): NodeClass =>
  class extends Base {
    override stop(failover: boolean): Outcome {
      const { errorFlag } = this;
      const outcome = super.stop(failover);
      if (this.mode === 'primary') this.errorFlag = errorFlag;
      return outcome;
    }
  };

export const failoverVariants: readonly DocumentedVariant[] = [
  {
    deviation: 'stop-with-hidden-ejected-kills-the-process',
    way: 'the stop goes on',
    node: stopsWithHiddenEjected,
  },
  { deviation: 'stop-without-failover-always-errors', way: 'flushes at once', node: flushesAtOnce },
  { deviation: 'stop-without-failover-always-errors', way: 'flushes by a commit', node: flushesByCommit },
  { deviation: 'no-way-back-after-a-failed-failover', way: 'tries again', node: triesAgain },
  {
    deviation: 'failover-with-active-ejected-kills-the-process',
    way: 'fails with a text of its own',
    node: failsWithActiveEjected,
  },
  { deviation: 'failover-without-commit-is-for-ever', way: 'fails at once', node: failsWithoutCommit },
  {
    deviation: 'failover-without-commit-is-for-ever',
    way: 'fails when it is waited for, and can be closed',
    node: failsWhenWaitedFor,
  },
  { deviation: 'healthy-failover-reports-an-error', way: 'the status is ok', node: healthyIsHealthy },
  {
    deviation: 'primary-write-lost-in-failover',
    way: 'what is in flight is patched',
    node: primaryWriteOutlivesTheCommit,
  },
  {
    deviation: 'dead-link-loses-acknowledged-writes',
    way: 'the stop forgets nothing',
    node: stoppedPrimaryRemembers,
  },
];
