/** Wrong versions of requests: bounds, allocation, and what a primary answers. */
import type { Outcome } from '../../model/vocabulary.ts';
import { EIO, OK } from '../efficient/node/outcomes.ts';
import { ReplicationNode } from '../efficient/node/replication-node.ts';
import type { Mutant } from './mutant.ts';

class WritePastTheEnd extends ReplicationNode {
  override primaryWrite(
    sector: number,
    count: number,
    source: Uint32Array | null,
    sourceAt: number,
  ): Outcome {
    const outcome = super.primaryWrite(sector, count, source, sourceAt);
    if (sector < this.lengthSectors && !this.isInside(sector, count)) {
      super.primaryWrite(sector, this.lengthSectors - sector, source, sourceAt);
    }
    return outcome;
  }
}

class GuestDiscardZeroes extends ReplicationNode {
  override guestDiscard(sector: number, count: number): Outcome {
    const refusal = super.guestDiscard(sector, count);
    if (refusal === OK && this.stage === 'running' && this.mode === 'secondary' && count > 0) {
      this.writeActive(sector, count, null, 0);
    }
    return refusal;
  }
}

class FillFromSecondary extends ReplicationNode {
  #isFilling = false;

  override fillAround(cluster: number, slot: number, from: number, to: number): Outcome {
    this.#isFilling = true;
    const outcome = super.fillAround(cluster, slot, from, to);
    this.#isFilling = false;
    return outcome;
  }

  override readBelowActive(sector: number, count: number, target: Uint32Array, targetAt: number): Outcome {
    return this.#isFilling
      ? this.readSecondary(sector, count, target, targetAt)
      : super.readBelowActive(sector, count, target, targetAt);
  }
}

class FillOnlyBefore extends ReplicationNode {
  override fillAround(cluster: number, slot: number, from: number, _to: number): Outcome {
    return super.fillAround(cluster, slot, from, this.active.clusterEnd(cluster));
  }
}

class ReadStaysInLayer extends ReplicationNode {
  override readBelowActive(sector: number, count: number, target: Uint32Array, targetAt: number): Outcome {
    return this.hidden.isAllocated(sector)
      ? super.readBelowActive(sector, count, target, targetAt)
      : this.readSecondary(sector, count, target, targetAt);
  }
}

class WritesBeforeStart extends ReplicationNode {
  override ioStatus() {
    return this.stage === 'none' ? 'file' : super.ioStatus();
  }
}

class PrimaryWritesWhenDone extends ReplicationNode {
  override ioStatus() {
    return this.stage === 'done' ? 'file' : super.ioStatus();
  }
}

class PrimaryReads extends ReplicationNode {
  override guestRead(sector: number, count: number, target: Uint32Array, targetAt: number): Outcome {
    const outcome = super.guestRead(sector, count, target, targetAt);
    const isAnswered = outcome === EIO && this.mode === 'primary' && this.stage === 'running';
    return isAnswered ? this.readSecondary(sector, count, target, targetAt) : outcome;
  }
}

class PrimaryErrorForgotten extends ReplicationNode {
  override returnValue(outcome: Outcome): Outcome {
    const { errorFlag } = this;
    const returned = super.returnValue(outcome);
    this.errorFlag = errorFlag;
    return returned;
  }
}

class PrimaryErrorNotSticky extends ReplicationNode {
  override returnValue(outcome: Outcome): Outcome {
    if (this.mode === 'primary' && outcome === OK) this.errorFlag = false;
    return super.returnValue(outcome);
  }
}

class PrimaryZeroesErrorForgotten extends ReplicationNode {
  override guestWriteZeroes(sector: number, count: number): Outcome {
    const { errorFlag, mode } = this;
    const outcome = super.guestWriteZeroes(sector, count);
    if (mode === 'primary') this.errorFlag = errorFlag;
    return outcome;
  }
}

class PartOfABadWriteLands extends ReplicationNode {
  override writeSecondary(
    sector: number,
    count: number,
    source: Uint32Array | null,
    sourceAt: number,
  ): Outcome {
    const outcome = super.writeSecondary(sector, count, source, sourceAt);
    if (outcome !== OK && count > 1) super.writeSecondary(sector, 1, source, sourceAt);
    return outcome;
  }
}

export const requestSlipMutants: readonly Mutant[] = [
  {
    name: 'write-past-the-end-is-applied-in-part',
    wrong: 'A primary write past the end is refused, but what lies before the end is written.',
    origin: 'slip',
    node: WritePastTheEnd,
  },
  {
    name: 'guest-discard-zeroes-active',
    wrong: 'A guest discard writes zeroes to active.',
    origin: 'slip',
    node: GuestDiscardZeroes,
  },
  {
    name: 'fill-skips-hidden',
    wrong: 'The first write of a cluster of active fills it from the secondary disk, past what hidden holds.',
    origin: 'data loss',
    node: FillFromSecondary,
  },
  {
    name: 'fill-stops-at-the-write',
    wrong: 'The first write of a cluster of active leaves what lies behind it in the cluster unfilled.',
    origin: 'data loss',
    node: FillOnlyBefore,
  },
  {
    name: 'read-below-active-stays-in-its-first-layer',
    wrong: 'A read that begins on the secondary disk reads on there where hidden holds something.',
    origin: 'data loss',
    node: ReadStaysInLayer,
  },
  {
    name: 'requests-are-served-before-a-start',
    wrong: 'Guest requests reach the disks before replication was started.',
    origin: 'control slip',
    node: WritesBeforeStart,
  },
  {
    name: 'primary-writes-when-done',
    wrong: 'A primary whose replication was stopped goes on sending writes.',
    origin: 'control slip',
    node: PrimaryWritesWhenDone,
  },
  {
    name: 'primary-answers-reads',
    wrong: 'A running primary answers reads from its peer.',
    origin: 'slip',
    node: PrimaryReads,
  },
  {
    name: 'primary-error-is-not-recorded',
    wrong: 'An error of a running primary is masked and not recorded either.',
    origin: 'fault slip',
    node: PrimaryErrorForgotten,
  },
  {
    name: 'primary-error-is-not-sticky',
    wrong: 'The next write that succeeds clears the error of a primary.',
    origin: 'fault slip',
    node: PrimaryErrorNotSticky,
  },
  {
    name: 'primary-error-of-zeroes-is-not-recorded',
    wrong: 'An error of write-zeroes on a primary is not recorded.',
    origin: 'fault slip',
    node: PrimaryZeroesErrorForgotten,
  },
  {
    name: 'write-that-fails-lands-in-part',
    wrong: 'A request that meets a bad sector of the secondary disk writes its first sector.',
    origin: 'fault slip',
    node: PartOfABadWriteLands,
  },
];
