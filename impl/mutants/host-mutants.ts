/** Wrong versions of the calls to every node. */
import type { ControlOperation, QmpOperation } from '../../model/operations.ts';
import type { Outcome } from '../../model/vocabulary.ts';
import { OK } from '../efficient/node/outcomes.ts';
import { ReplicationHost } from '../efficient/node/replication-host.ts';
import type { ReplicationNode } from '../efficient/node/replication-node.ts';
import type { Mutant } from './mutant.ts';

class OldestFirst extends ReplicationHost {
  override open(node: ReplicationNode): Outcome {
    const outcome = super.open(node);
    if (outcome === OK) this.newestFirst.push(...this.newestFirst.splice(0, 1));
    return outcome;
  }
}

class GoesOnAfterError extends ReplicationHost {
  override control(operation: ControlOperation): Outcome {
    let first = OK;
    const listed = this.newestFirst.slice();
    for (const node of listed) {
      this.newestFirst.splice(0, this.newestFirst.length, node);
      const outcome = super.control(operation);
      if (first === OK) first = outcome;
    }
    this.newestFirst.splice(
      0,
      this.newestFirst.length,
      ...this.nodes.filter(({ stage }) => stage !== 'closed'),
    );
    return first;
  }
}

class FailoverReportsErrors extends ReplicationHost {
  override qmp(operation: QmpOperation): Outcome {
    if (operation.op !== 'setReplication' || operation.enable) return super.qmp(operation);
    return this.control({ op: 'stop', failover: operation.failover ?? false });
  }
}

export const hostMutants: readonly Mutant[] = [
  {
    name: 'nodes-are-asked-oldest-first',
    wrong: 'Nodes are asked oldest first.',
    origin: 'control slip',
    host: OldestFirst,
  },
  {
    name: 'the-walk-goes-on-after-an-error',
    wrong: 'The walk goes on after an error.',
    origin: 'control slip',
    host: GoesOnAfterError,
  },
  {
    name: 'a-failover-reports-errors',
    wrong: 'A failover reports errors.',
    origin: 'control slip',
    host: FailoverReportsErrors,
  },
];
