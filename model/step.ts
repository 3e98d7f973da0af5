/** One operation applied to one state: the whole specification, total and pure. */
import { advanceCommit, settleCommit } from './failover.ts';
import { applyFault } from './fault.ts';
import { controlAll, died, qmpCommand } from './host.ts';
import { abort, nodeNotFound, ok } from './outcome.ts';
import * as request from './request.ts';
import { close, open } from './stage.ts';
import { inNewProcess } from './state.ts';
import type { HostState, HostStep, State, Step } from './state.ts';
import type {
  FaultOperation,
  GuestOperation,
  JobOperation,
  NodeOperation,
  Operation,
  PrimaryOperation,
} from './operations.ts';

/** A process that died answers nothing until `open` reaches a new one; accidents happen all the same. */
export function step(host: HostState, operation: Operation): HostStep {
  switch (operation.op) {
    case 'start':
    case 'checkpoint':
    case 'getError':
    case 'stop':
      return host.dead === null ? controlAll(host, operation) : { state: host, outcome: abort(host.dead) };
    case 'setReplication':
    case 'queryStatus':
      return host.dead === null ? qmpCommand(host, operation) : { state: host, outcome: abort(host.dead) };
    case 'open':
      return atNode(host.dead === null ? host : restarted(host), operation);
    case 'breakSector':
    case 'repairSectors':
    case 'failEmptying':
    case 'endJob':
    case 'cutLink':
    case 'restoreLink':
      return atNode(host, operation);
    default:
      return host.dead === null ? atNode(host, operation) : { state: host, outcome: abort(host.dead) };
  }
}

type AtNode = NodeOperation | GuestOperation | PrimaryOperation | JobOperation | FaultOperation;

function atNode(host: HostState, operation: AtNode): HostStep {
  const index = operation.node ?? 0;
  const before = host.nodes[index];
  if (before === undefined) return { state: host, outcome: nodeNotFound(String(index + 1)) };
  const { state, outcome } = nodeStep(before, operation);
  if (outcome.kind === 'abort') return died(host, outcome.rule);
  if (state === before) return { state: host, outcome };
  const nodes = host.nodes.length === 1 ? [state] : host.nodes.with(index, state);
  const newestFirst = nodeNewestFirst(host.newestFirst, index, state);
  return { state: { nodes, newestFirst, dead: host.dead }, outcome };
}

/** replication_new puts a node at the head of the list, replication_remove takes it out. */
export function nodeNewestFirst(
  newestFirst: readonly number[],
  index: number,
  { node }: State,
): readonly number[] {
  const isOpen = node.stage !== 'closed' && node.stage !== 'aborted';
  if (newestFirst.includes(index) === isOpen) return newestFirst;
  return isOpen ? [index, ...newestFirst] : newestFirst.filter((other) => other !== index);
}

function restarted(host: HostState): HostState {
  const nodes = host.nodes.map((state) => inNewProcess(state, 'closed'));
  return { nodes, newestFirst: [], dead: null };
}

export function nodeStep(state: State, operation: AtNode): Step {
  switch (operation.op) {
    case 'open':
      return open(state);
    case 'close':
      return close(state);
    case 'guestRead':
      return request.guestRead(state, operation);
    case 'guestWrite':
      return request.guestWrite(state, operation);
    case 'guestWriteZeroes':
      return request.guestWriteZeroes(state, operation);
    case 'guestDiscard':
      return request.guestDiscard(state, operation);
    case 'guestFlush':
      return request.guestFlush(state);
    case 'primaryRead':
      return request.primaryRead(state, operation);
    case 'primaryWrite':
      return request.primaryWrite(state, operation);
    case 'primaryWriteZeroes':
      return request.primaryWriteZeroes(state, operation);
    case 'primaryDiscard':
      return request.primaryDiscard(state, operation);
    case 'primaryFlush':
      return request.primaryFlush(state);
    case 'commitAdvance':
      return { state: advanceCommit(state), outcome: ok };
    case 'commitSettle':
      return { state: settleCommit(state), outcome: ok };
    case 'breakSector':
    case 'repairSectors':
    case 'failEmptying':
    case 'endJob':
    case 'cutLink':
    case 'restoreLink':
      return applyFault(state, operation);
  }
}
