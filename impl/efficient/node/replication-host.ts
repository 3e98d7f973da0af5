/** The nodes of one process: the calls to all of them (`replication_*_all`), the QMP commands above, and their death. */
import type { ControlOperation, FaultOperation, QmpOperation } from '../../../model/operations.ts';
import type { AbortRule, Outcome } from '../../../model/vocabulary.ts';
import * as outcomes from './outcomes.ts';
import { OK } from './outcomes.ts';
import type { ReplicationNode } from './replication-node.ts';

export class ReplicationHost {
  readonly nodes: ReplicationNode[] = [];
  /** The open ones: `replication_new` puts each at the head of the list. */
  readonly newestFirst: ReplicationNode[] = [];
  /** The rule by which the process has died. */
  dead: AbortRule | null = null;

  load(nodes: readonly ReplicationNode[]): void {
    while (this.nodes.length > 0) this.nodes.pop();
    this.nodes.push(...nodes);
    while (this.newestFirst.length > 0) this.newestFirst.pop();
    this.dead = null;
  }

  /** After a death it is the first request to a new process. */
  open(node: ReplicationNode): Outcome {
    if (this.dead !== null) {
      for (const each of this.nodes) each.enterProcess();
      this.dead = null;
    }
    const outcome = node.open();
    if (outcome === OK) this.newestFirst.unshift(node);
    return outcome;
  }

  close(node: ReplicationNode): Outcome {
    const outcome = this.unlessDead(node.close());
    if (outcome === OK) this.newestFirst.splice(this.newestFirst.indexOf(node), 1);
    return outcome;
  }

  /** Newest first, until the first error. */
  control(operation: ControlOperation): Outcome {
    for (const node of this.newestFirst) {
      const outcome = this.unlessDead(controlNode(node, operation));
      if (outcome !== OK) return outcome;
    }
    return OK;
  }

  qmp(operation: QmpOperation): Outcome {
    if (operation.op === 'queryStatus') {
      const outcome = this.control({ op: 'getError' });
      return { kind: 'status', error: outcome.kind === 'error' ? outcome.message : null };
    }
    const { enable, primary, failover } = operation;
    if (enable) {
      if (failover !== null) return outcomes.FAILOVER_WITH_ENABLE;
      return this.control({ op: 'start', mode: primary ? 'primary' : 'secondary' });
    }
    const outcome = this.control({ op: 'stop', failover: failover ?? false });
    // No error pointer is handed down for a failover.
    return failover === true && outcome.kind === 'error' ? OK : outcome;
  }

  /** The link that a closed node would use may fail, too; the jobs of a dead process are gone already. */
  suffer(node: ReplicationNode, fault: FaultOperation): Outcome {
    if (fault.op === 'endJob' && fault.job === 'backup' && node.backupJobEndKills()) {
      return this.unlessDead(outcomes.aborted('reopenWithHiddenEjected'));
    }
    node.suffer(fault);
    return OK;
  }

  /** A death of the process is the death of all its nodes. */
  unlessDead(outcome: Outcome): Outcome {
    if (outcome.kind === 'abort') {
      this.dead = outcome.rule;
      for (const node of this.nodes) node.die();
      this.newestFirst.length = 0;
    }
    return outcome;
  }
}

function controlNode(node: ReplicationNode, operation: ControlOperation): Outcome {
  switch (operation.op) {
    case 'start':
      return node.start(operation.mode);
    case 'checkpoint':
      return node.checkpoint();
    case 'getError':
      return node.getError();
    case 'stop':
      return node.stop(operation.failover);
  }
}
