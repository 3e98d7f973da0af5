/** Wrong versions of requests of the guest. */
import type { Outcome } from '../../model/vocabulary.ts';
import { OK } from '../efficient/outcomes.ts';
import { ReplicationNode } from '../efficient/replication-node.ts';
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
];
