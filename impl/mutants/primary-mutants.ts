/** Wrong versions of primary mode. */
import type { Outcome } from '../../model/vocabulary.ts';
import { ReplicationNode } from '../efficient/replication-node.ts';
import type { Mutant } from './mutant.ts';

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

export const primaryMutants: readonly Mutant[] = [
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
