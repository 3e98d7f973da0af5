/** Wrong versions of requests of the guest, and of primary mode. */
import type { Outcome } from '../../model/vocabulary.ts';
import { OK } from '../efficient/node/outcomes.ts';
import { ReplicationNode } from '../efficient/node/replication-node.ts';
import type { Mutant } from './mutant.ts';

class SwapsLastByte extends ReplicationNode {
  override guestRead(sector: number, count: number, target: Uint32Array, targetAt: number): Outcome {
    const outcome = super.guestRead(sector, count, target, targetAt);
    const last = targetAt + count * this.wordsPerSector - 1;
    if (outcome === OK && count > 0) target[last] = (target[last] ?? 0) ^ 1;
    return outcome;
  }
}

class FailedFillIsIgnored extends ReplicationNode {
  override canReadAround(): boolean {
    return true;
  }

  override fillAround(cluster: number, slot: number, from: number, to: number): Outcome {
    super.fillAround(cluster, slot, from, to);
    return OK;
  }
}

class PrimaryErrorReachesGuest extends ReplicationNode {
  override returnValue(outcome: Outcome): Outcome {
    super.returnValue(outcome);
    return outcome;
  }
}

class FlushErrorIsMasked extends ReplicationNode {
  override guestFlush(): Outcome {
    return this.returnValue(super.guestFlush());
  }
}

class LinkNeverComesBack extends ReplicationNode {
  override suffer(...[fault]: Parameters<ReplicationNode['suffer']>): void {
    const { linkIsDead } = this;
    super.suffer(fault);
    if (fault.op === 'restoreLink') this.linkIsDead = linkIsDead;
  }
}

export const guestRequestMutants: readonly Mutant[] = [
  {
    name: 'one-bit-of-a-read-is-flipped',
    wrong: 'One bit of a read is flipped.',
    origin: 'data loss',
    node: SwapsLastByte,
  },
  {
    name: 'a-fill-that-cannot-be-read-is-ignored',
    wrong: 'A fill that cannot be read is ignored.',
    origin: 'fault slip',
    node: FailedFillIsIgnored,
  },
  {
    name: 'the-primary-s-disk-error-reaches-the-guest',
    wrong: "The primary's disk error reaches the guest.",
    origin: 'fault slip',
    node: PrimaryErrorReachesGuest,
  },
  {
    name: 'a-primary-s-flush-error-is-masked',
    wrong: "A primary's flush error is masked.",
    origin: 'fault slip',
    node: FlushErrorIsMasked,
  },
  {
    name: 'a-link-never-comes-back',
    wrong: 'A link never comes back.',
    origin: 'fault slip',
    node: LinkNeverComesBack,
  },
];
