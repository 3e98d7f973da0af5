/** What the document allows a stop, and the failover after it, to do where the binary does something else. */
import { settleCommit, startCommit } from './failover.ts';
import { answeringLayer } from './overlay.ts';
import * as answers from './outcome.ts';
import { ok } from './outcome.ts';
import { stop } from './stage.ts';
import { withNode } from './state.ts';
import type { CommitRequest, State, Step } from './state.ts';
import { unitRange } from './geometry.ts';
import type { Extent } from './vocabulary.ts';
import { died } from './documented-control.ts';
import { anyAnswer, anyError, isRunningSecondary, primaryChange } from './documented-choice.ts';
import type { StepAt } from './documented-choice.ts';

/** The stop goes on without the reopening that hidden is not there for. */
export function stopsWithHiddenEjected({ before, operation, step, actual }: StepAt): readonly Step[] {
  if (operation.op !== 'stop' || !died(step, 'reopenWithHiddenEjected')) return [];
  const { state, outcome } = stopAnyway(before, operation.failover);
  return [{ state, outcome: outcome.kind === 'abort' ? outcome : anyError(actual, outcome) }];
}

/** The buffer is flushed, at once or by a commit as after a failover, and replication has ended. */
export function stopFlushesTheBuffer({ before, operation, actual }: StepAt): readonly Step[] {
  if (operation.op !== 'stop' || operation.failover || !isRunningSecondary(before)) return [];
  const begun = stopAnyway(before, true);
  if (begun.outcome !== ok) return [begun];
  const settled = settleCommit(begun.state);
  const isDone = settled.node.stage === 'done';
  return [begun, { state: settled, outcome: isDone ? ok : anyAnswer(actual, answers.ioErrorOccurred) }];
}

/** A second failover tries the commit again. */
export function failedFailoverIsTriedAgain({ before, operation }: StepAt): readonly Step[] {
  const again = operation.op === 'stop' && operation.failover;
  return again && before.node.stage === 'failoverFailed' && before.setup.mode === 'secondary'
    ? [startCommit(before)]
    : [];
}

/** Case 7: a failover that cannot be done has failed. */
export function failoverFailsWithActiveEjected({ before, step, actual }: StepAt): readonly Step[] {
  if (!died(step, 'failoverWithActiveEjected')) return [];
  const outcome = anyAnswer(actual, answers.ejected('active', before.suffix));
  return [{ state: failed(before), outcome }];
}

/** Case 7, at once or when the commit is waited for. */
export function failoverFailsWithoutCommit({ operation, step, actual }: StepAt): readonly Step[] {
  const { stage, commit } = step.state.node;
  if (stage !== 'failover' || commit !== null) return [];
  if (operation.op === 'stop') {
    return step.outcome === ok
      ? []
      : [{ state: failed(step.state), outcome: anyAnswer(actual, step.outcome) }];
  }
  const isWaitedFor = operation.op === 'commitSettle' || operation.op === 'commitAdvance';
  return isWaitedFor ? [{ state: failed(step.state), outcome: step.outcome }] : [];
}

/** As long as nothing has failed the status is ok. */
export function healthyFailoverIsHealthy({ operation, step }: StepAt): readonly Step[] {
  const { node } = step.state;
  if (operation.op !== 'stop' || step.outcome !== ok || node.commit === null || !node.errorFlag) return [];
  return [{ state: withNode(step.state, { ...node, errorFlag: false }), outcome: ok }];
}

/** What a request in flight has read below the overlays is replaced by what the primary writes there. */
export function primaryWriteOutlivesTheCommit({ before, operation, step }: StepAt): readonly Step[] {
  const range = primaryChange(operation);
  const { node, disks } = step.state;
  if (range === null || step.outcome !== ok || node.commit === null) return [];
  if (disks.secondary === before.disks.secondary) return [];
  const extent = { tag: 0, ...range };
  const inFlight = node.commit.inFlight.map((request) => withWrite(step.state, request, extent));
  const changed = inFlight.some((request, index) => request !== node.commit?.inFlight[index]);
  const commit = { ...node.commit, inFlight };
  return changed ? [{ state: withNode(step.state, { ...node, commit }), outcome: ok }] : [];
}

/** Case 2: the manager is still told of it. */
export function stoppedPrimaryRemembers({ before, operation, step }: StepAt): readonly Step[] {
  const isStopped = operation.op === 'stop' && before.setup.mode === 'primary' && before.node.errorFlag;
  if (!isStopped || before.node.stage !== 'running') return [];
  return [{ state: withNode(step.state, { ...step.state.node, errorFlag: true }), outcome: step.outcome }];
}

function stopAnyway(before: State, failover: boolean): Step {
  const { setup } = before;
  const { state, outcome } = stop({ ...before, setup: { ...setup, readOnly: [] } }, failover);
  return { state: { ...state, setup }, outcome };
}

function failed(state: State): State {
  const { node } = state;
  return withNode(state, {
    ...node,
    stage: 'failoverFailed',
    errorFlag: true,
    backupJob: false,
    commit: null,
  });
}

function withWrite({ setup, disks }: State, request: CommitRequest, extent: Extent): CommitRequest {
  if (request.content === null) return request;
  const { commitUnitSectors, lengthSectors } = setup.geometry;
  const { sector: first, count } = unitRange(request.unit, commitUnitSectors, lengthSectors);
  const content = request.content.slice();
  let changed = false;
  for (let sector = extent.sector; sector < extent.sector + extent.count; sector++) {
    if (sector < first || sector >= first + count || answeringLayer(disks, sector) !== 'secondary') continue;
    content[sector - first] = extent.tag;
    changed = true;
  }
  return changed ? { unit: request.unit, content } : request;
}
