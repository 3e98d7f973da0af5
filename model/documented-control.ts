/** What the document allows a checkpoint, a start and a close to do where the binary does something else. */
import * as answers from './outcome.ts';
import { ok } from './outcome.ts';
import { start } from './start.ts';
import { freshNode, withDisks, withNode } from './state.ts';
import type { Disks, State, Step } from './state.ts';
import { flagged } from './documented-choice.ts';
import type { StepAt } from './documented-choice.ts';

export function notRunningBeforeStart({ before, operation }: StepAt): readonly Step[] {
  const asked = operation.op === 'checkpoint' && before.setup.mode === 'secondary';
  return asked && before.node.stage === 'none' ? [{ state: before, outcome: answers.notRunning }] : [];
}

/** The error that the first start met, once more. */
export function secondStartFailsAgain({ before, operation, step }: StepAt): readonly Step[] {
  if (operation.op !== 'start' || !died(step, 'startAfterFailedStart')) return [];
  return [start(withNode(before, { ...before.node, blockerLeft: false }), operation.mode)];
}

/** An emptying that failed has left its layer as it was. */
export function failedEmptyingKeepsTheLayer(at: StepAt): readonly Step[] {
  const { before, step } = at;
  if (!checkpointFailed(at)) return [];
  const was = before.faults.emptying;
  const { active, hidden, secondary, copied } = step.state.disks;
  const kept = (disks: Disks): readonly Step[] => [
    { state: withDisks(step.state, disks), outcome: step.outcome },
  ];
  if (was.active === 'emptied' && step.state.faults.emptying.active === null) {
    return kept({ active: before.disks.active, hidden, secondary, copied });
  }
  if (was.hidden === 'emptied' && step.state.faults.emptying.hidden === null) {
    return kept({ active, hidden: before.disks.hidden, secondary, copied });
  }
  return [];
}

/** A checkpoint that failed was none: the interval goes on, with what was buffered and copied in it. */
export function failedCheckpointChangesNothing(at: StepAt): readonly Step[] {
  const { before, step } = at;
  return checkpointFailed(at) && step.state.disks !== before.disks
    ? [{ state: withDisks(step.state, before.disks), outcome: step.outcome }]
    : [];
}

/** Case 6; a later checkpoint, by which the manager may answer, may take the report back. */
export function failedCheckpointIsReported(at: StepAt): readonly Step[] {
  const { operation, step } = at;
  const { node } = step.state;
  if (checkpointFailed(at) && !node.errorFlag && node.stage === 'running') return [flagged(step)];
  const healed = operation.op === 'checkpoint' && step.outcome === ok && node.backupJob && node.errorFlag;
  return healed ? [{ state: withNode(step.state, { ...node, errorFlag: false }), outcome: ok }] : [];
}

/** Not started at all; disks that were opened for writing may stay so. */
export function failedStartHasNotStarted(at: StepAt): readonly Step[] {
  const { before, operation, step } = at;
  if (operation.op !== 'start' || !checkpointFailed(at)) return [];
  const state = withNode(step.state, before.node);
  return [state, { ...state, reopened: before.reopened }].map((undone) => ({
    state: undone,
    outcome: step.outcome,
  }));
}

/** What a failed start has attached, and perhaps reopened, is undone. */
export function failedStartUndoesItself({ before, operation, step }: StepAt): readonly Step[] {
  const { state, outcome } = step;
  if (operation.op !== 'start' || outcome.kind !== 'error' || state === before) return [];
  if (before.node.stage !== 'none' || state.node.stage !== 'none') return [];
  const { hiddenAttached, secondaryAttached } = before.node;
  const detached = withNode(state, { ...state.node, hiddenAttached, secondaryAttached });
  return [detached, { ...detached, reopened: before.reopened }].map((undone) => ({ state: undone, outcome }));
}

/** Disks that were opened read-only are so again once replication, or its failover, has ended. */
export function disksArePutBack({ before, step }: StepAt): readonly Step[] {
  const { state, outcome } = step;
  if (!state.reopened || state.setup.readOnly.length === 0) return [];
  return hasEnded(before, state) ? [{ state: { ...state, reopened: false }, outcome }] : [];
}

export function closesWithoutCommit({ before, step }: StepAt): readonly Step[] {
  if (!died(step, 'closeWithoutCommitJob')) return [];
  return [{ state: withNode(before, freshNode('closed')), outcome: ok }];
}

function hasEnded({ node: from }: State, { node: to }: State): boolean {
  const replicationEnds = from.backupJob && !to.backupJob;
  const failoverEnds = from.stage === 'failover' && to.stage !== 'failover';
  return replicationEnds || failoverEnds || (from.stage !== 'closed' && to.stage === 'closed');
}

/** A checkpoint, a start's own included, that got as far as the emptying. */
function checkpointFailed({ before, operation, step }: StepAt): boolean {
  if (step.outcome.kind !== 'error') return false;
  if (operation.op === 'checkpoint') return before.node.backupJob;
  return operation.op === 'start' && before.node.stage === 'none' && step.state.node.stage === 'running';
}

export function died({ outcome }: Step, rule: string): boolean {
  return outcome.kind === 'abort' && outcome.rule === rule;
}
