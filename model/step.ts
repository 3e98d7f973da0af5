/** One operation applied to one host: the whole specification, total and pure. */
import { abort, failoverOnlyForStopping, nodeNotFound, ok } from './answers.ts';
import { predicted, qemuOf } from './choices.ts';
import type { Choices, Qemu } from './choices.ts';
import { asQemu } from './deviations.ts';
import type { Follow } from './deviations.ts';
import { settledBeforeDeath } from './failed-commit.ts';
import { inNewProcess } from './node.ts';
import type { Host, HostStep, Node, Step } from './node.ts';
import * as replication from './replication.ts';
import { nodeStep } from './requests.ts';
import { isFrom } from './operations.ts';
import type { ControlOperation, Operation } from './operations.ts';
import type { AbortRule, Outcome } from './vocabulary.ts';

/** `choices` decides where QEMU is free, `follow` where it contradicts its document; left out: as QEMU is predicted to do. */
export function step(
  host: Host,
  operation: Operation,
  choices: Choices = predicted,
  follow: Follow = asQemu,
): HostStep {
  // A process that died answers nothing until `open` reaches a new one; faults still apply.
  if (host.dead !== null) {
    if (operation.op === 'open') return step(inProcess(host, 'closed', null), operation, choices, follow);
    if (!isFrom(operation, 'nature')) return { host, outcome: abort(host.dead) };
  }
  const qemu = qemuOf(choices, follow);
  switch (operation.op) {
    case 'start':
    case 'checkpoint':
    case 'getError':
    case 'stop':
      return callAll(host, operation, qemu);
    case 'setReplication':
      return setReplication(host, operation, qemu);
    case 'queryStatus':
      return queryStatus(host, qemu);
    default: {
      const { node: index = 0 } = operation;
      const node = host.nodes[index];
      if (node === undefined) return { host, outcome: nodeNotFound(index) };
      return withStep(host, index, nodeStep(node, operation, qemu), qemu);
    }
  }
}

/** xen-set-replication (migration/colo.c): a failover hands down no error pointer. */
function setReplication(host: Host, { enable, primary, failover }: SetReplication, qemu: Qemu): HostStep {
  if (enable && failover !== null) return { host, outcome: failoverOnlyForStopping };
  if (enable) return callAll(host, { op: 'start', mode: primary ? 'primary' : 'secondary' }, qemu);
  const stopped = callAll(host, { op: 'stop', failover: failover ?? false }, qemu);
  const mayHide = failover === true && stopped.outcome.kind === 'error';
  return mayHide && !qemu.follow('failover-hides-every-error') ? { ...stopped, outcome: ok } : stopped;
}

type SetReplication = Extract<Operation, { readonly op: 'setReplication' }>;

/** query-xen-replication-status (migration/colo.c), which itself never fails. */
function queryStatus(host: Host, qemu: Qemu): HostStep {
  const { outcome } = callAll(host, { op: 'getError' }, qemu);
  return { host, outcome: { kind: 'status', error: outcome.kind === 'error' ? outcome.message : null } };
}

/** `replication_*_all` (replication.c of the top folder): newest node first, until the first error. */
function callAll(host: Host, operation: ControlOperation, qemu: Qemu): HostStep {
  let called: HostStep = { host, outcome: ok };
  let firstError: Outcome | null = null;
  for (let place = 0; place < host.newestFirst.length; place++) {
    const index = host.newestFirst[place] ?? 0;
    const node = called.host.nodes[index];
    if (node === undefined) continue;
    called = withStep(called.host, index, call(node, operation, qemu), qemu);
    if (called.outcome === ok) continue;
    if (called.outcome.kind === 'abort') return called;
    firstError ??= called.outcome;
    const isFailover = operation.op === 'stop' && operation.failover;
    const isLast = place === host.newestFirst.length - 1;
    if (isFailover && !isLast && qemu.follow('one-disk-fails-over-the-other-does-not')) continue;
    const isLater = operation.op === 'checkpoint' && place > 0;
    if (isLater && qemu.follow('checkpoints-of-different-disks-drift-apart'))
      return withStep(host, index, { node: called.host.nodes[index] ?? node, outcome: firstError }, qemu);
    break;
  }
  return { host: called.host, outcome: firstError ?? ok };
}

function call(node: Node, operation: ControlOperation, qemu: Qemu): Step {
  switch (operation.op) {
    case 'start':
      return replication.replicationStart(node, operation.mode, qemu);
    case 'checkpoint':
      return replication.replicationDoCheckpoint(node, qemu);
    case 'getError':
      return { node, outcome: replication.replicationGetError(node) };
    case 'stop':
      return replication.replicationStop(node, operation.failover, qemu);
  }
}

/** A violated assertion or a null pointer ends the process, and with it every node. */
function withStep(host: Host, index: number, { node, outcome }: Step, qemu: Qemu): HostStep {
  if (outcome !== ok && outcome.kind === 'abort')
    return { host: inProcess(settledBeforeDeath(host, qemu), 'aborted', outcome.rule), outcome };
  const before = host.nodes[index];
  if (node === before) return { host, outcome };
  const nodes = host.nodes.length === 1 ? [node] : host.nodes.with(index, node);
  const order = node.stage === before?.stage ? host.newestFirst : newestFirst(host, index, node);
  return { host: { nodes, newestFirst: order, dead: host.dead }, outcome };
}

/** `replication_new` puts a node at the head of the list, `replication_remove` takes it out. */
function newestFirst({ newestFirst: order }: Host, index: number, { stage }: Node): readonly number[] {
  const isOpen = stage !== 'closed' && stage !== 'aborted';
  if (order.includes(index) === isOpen) return order;
  return isOpen ? [index, ...order] : order.filter((other) => other !== index);
}

function inProcess({ nodes }: Host, stage: 'closed' | 'aborted', dead: AbortRule | null): Host {
  return { nodes: nodes.map((node) => inNewProcess(node, stage)), newestFirst: [], dead };
}
