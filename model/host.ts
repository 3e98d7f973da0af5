/** The calls that reach every node of a host: `replication_*_all`, and the QMP commands above them. */
import { ok } from './outcome.ts';
import * as answers from './outcome.ts';
import { getError, checkpoint, stop } from './stage.ts';
import { start } from './start.ts';
import { inNewProcess } from './state.ts';
import type { HostState, HostStep, State, Step } from './state.ts';
import type { ControlOperation, QmpOperation } from './operations.ts';
import type { AbortRule, Outcome } from './vocabulary.ts';

/** Newest node first; the first error ends the walk, and older nodes are not asked. */
export function controlAll(host: HostState, operation: ControlOperation): HostStep {
  let nodes = host.nodes;
  let outcome = ok;
  for (const index of host.newestFirst) {
    const state = nodes[index];
    if (state === undefined) continue;
    const step = control(state, operation);
    if (step.outcome.kind === 'abort') return died({ ...host, nodes }, step.outcome.rule);
    if (step.state !== state) nodes = nodes.length === 1 ? [step.state] : nodes.with(index, step.state);
    ({ outcome } = step);
    if (outcome !== ok) break;
  }
  if (nodes === host.nodes) return { state: host, outcome };
  return { state: { nodes, newestFirst: host.newestFirst, dead: host.dead }, outcome };
}

export function control(state: State, operation: ControlOperation): Step {
  switch (operation.op) {
    case 'start':
      return start(state, operation.mode);
    case 'checkpoint':
      return checkpoint(state);
    case 'getError':
      return { state, outcome: getError(state.node) };
    case 'stop':
      return stop(state, operation.failover);
  }
}

/** A null pointer or a violated assertion ends the process and with it every node; the disks keep what they hold. */
export function died(host: HostState, rule: AbortRule): HostStep {
  const nodes = host.nodes.map((state) => inNewProcess(state, 'aborted'));
  return { state: { nodes, newestFirst: [], dead: rule }, outcome: answers.abort(rule) };
}

/** qmp_xen_set_replication and qmp_query_xen_replication_status (migration/colo.c). */
export function qmpCommand(host: HostState, operation: QmpOperation): HostStep {
  if (operation.op === 'queryStatus') {
    const { outcome } = controlAll(host, { op: 'getError' });
    return {
      state: host,
      outcome: { kind: 'status', error: outcome.kind === 'error' ? outcome.message : null },
    };
  }
  const { enable, primary, failover } = operation;
  if (enable) {
    return failover === null
      ? controlAll(host, { op: 'start', mode: primary ? 'primary' : 'secondary' })
      : { state: host, outcome: answers.failoverOnlyForStopping };
  }
  const stopping: ControlOperation = { op: 'stop', failover: failover ?? false };
  const { state, outcome } = controlAll(host, stopping);
  return { state, outcome: throughQmp(stopping, outcome) };
}

/** `xen-set-replication` with failover=true hands down no error pointer: every error is discarded. */
export function throughQmp(
  operation: { readonly op: string; readonly failover?: boolean | null },
  outcome: Outcome,
): Outcome {
  return operation.op === 'stop' && operation.failover === true && outcome.kind === 'error' ? ok : outcome;
}
