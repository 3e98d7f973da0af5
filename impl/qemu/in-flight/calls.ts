/** Calls of the manager as QMP commands, and their answers. */
import type { HostCall, Operation } from '../../../model/operations.ts';
import type { Outcome } from '../../../model/vocabulary.ts';
import { isHostCall } from '../../operation-lists.ts';
import { qmpOutcome } from '../graph/answers.ts';
import type { QmpClient } from '../process/qmp-client.ts';
import { replicationError } from '../process/replication-status.ts';

/** Whether it is asked over QMP. */
export function isCall(operation: Operation): boolean {
  return isHostCall(operation) || operation.op === 'open' || operation.op === 'close';
}

/** Whether it may begin a commit. */
export function isFailover(operation: Operation): boolean {
  return (operation.op === 'stop' || operation.op === 'setReplication') && operation.failover === true;
}

export async function callQemu(qmp: QmpClient, call: HostCall): Promise<Outcome> {
  switch (call.op) {
    case 'checkpoint':
      return qmpOutcome(await qmp.ask('xen-colo-do-checkpoint'));
    case 'getError':
      return replicationError(qmp);
    case 'queryStatus': {
      const status = await replicationError(qmp);
      return { kind: 'status', error: status.kind === 'error' ? status.message : null };
    }
    case 'start':
      return setReplication(qmp, { enable: true, primary: call.mode === 'primary' });
    case 'stop':
      return setReplication(qmp, { enable: false, primary: false, failover: call.failover });
    case 'setReplication': {
      const { enable, primary, failover } = call;
      return setReplication(qmp, { enable, primary, ...(failover === null ? {} : { failover }) });
    }
  }
}

async function setReplication(
  qmp: QmpClient,
  given: { readonly enable: boolean; readonly primary: boolean; readonly failover?: boolean },
): Promise<Outcome> {
  return qmpOutcome(await qmp.ask('xen-set-replication', given));
}
