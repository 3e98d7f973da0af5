/** What each operation of one node does step by step, with others in flight. */
import type { Operation, OperationAtNode } from '../../../model/operations.ts';
import type { Outcome } from '../../../model/vocabulary.ts';
import type { ReplicationHost } from '../node/replication-host.ts';
import { aborted } from '../node/outcomes.ts';
import { DataSteps } from './data-steps.ts';
import { STATION, type Steps, type Submitted } from './steps.ts';

/** Applies an operation at one instant. */
export type Apply = (operation: Operation) => Outcome;

export class NodeSteps extends DataSteps {
  *run(owner: Submitted, operation: OperationAtNode, host: ReplicationHost, apply: Apply): Steps {
    if (host.dead !== null && operation.op !== 'open') return aborted(host.dead);
    switch (operation.op) {
      case 'guestRead':
        return yield* this.guestRead(operation);
      case 'guestWrite':
        return yield* this.guestWrite(owner, operation, operation.tag);
      case 'guestWriteZeroes':
        return yield* this.guestWriteZeroes(owner, operation);
      case 'primaryRead':
        return yield* this.primaryRead(operation);
      case 'primaryWrite':
        return yield* this.primaryWrite(owner, operation, operation.tag);
      case 'primaryWriteZeroes':
        return yield* this.primaryWriteZeroes(owner, operation);
      case 'primaryDiscard':
        return yield* this.primaryDiscard(operation);
      default:
        yield STATION;
        return apply(operation);
    }
  }
}
