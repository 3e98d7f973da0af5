/** The control plane of one node: open, checkpoint, get_error, stop and close in every stage (replication.c:82-159, 612-744). */
import { checkpointOverlays } from './checkpoint.ts';
import { finishRequests, startCommit } from './failover.ts';
import * as answers from './outcome.ts';
import { abort, ok } from './outcome.ts';
import { freshNode, openedNode, withNode } from './state.ts';
import type { Node, State, Step } from './state.ts';
import type { NodeSetup, Outcome, Stage } from './vocabulary.ts';

export function open(state: State): Step {
  const { setup, suffix, faults } = state;
  // The file of a primary is a client of its peer, which is connected before anything else is looked at.
  if (setup.mode === 'primary' && faults.linkCut) return { state, outcome: answers.peerMissing };
  if (state.node.stage !== 'closed') return { state, outcome: answers.duplicateNode(suffix) };
  const withoutMedium = setup.mode === 'secondary' && faults.ejected.active;
  const refused = openError(setup) ?? (withoutMedium ? answers.fileWithoutMedium : null);
  if (refused !== null) return { state, outcome: refused };
  return { state: withNode(state, openedNode(!state.faults.ejected.hidden)), outcome: ok };
}

export function checkpoint(state: State): Step {
  if (isIgnored(state.node.stage) || state.setup.mode === 'primary') return { state, outcome: ok };
  return checkpointOverlays(state);
}

/** replication.c:639-661 */
export function getError({ stage, errorFlag }: Node): Outcome {
  if (stage === 'none') return answers.notRunning;
  return errorFlag ? answers.ioErrorOccurred : ok;
}

export function stop(state: State, failover: boolean): Step {
  const { setup, node } = state;
  if (isIgnored(node.stage)) return { state, outcome: ok };
  if (node.stage !== 'running') return { state, outcome: answers.notRunning };
  if (setup.mode === 'primary') {
    return { state: withNode(state, { ...node, stage: 'done', errorFlag: false }), outcome: ok };
  }
  if (node.backupJob && setup.readOnly.includes('hidden') && state.faults.ejected.hidden) {
    // The end of the backup job reopens what was opened read-only, and follows hidden's driver (replication.c:416).
    return { state, outcome: answers.abort('reopenWithHiddenEjected') };
  }
  return failover ? startCommit(state) : stopWithoutFailover(state);
}

/**
 * Cancelling the backup job sets `s->error` (replication.c:424-427), and the checkpoint that should merge the overlays
 * then finds no job: a stop without failover always answers with this error and leaves the overlays as they are.
 */
function stopWithoutFailover(state: State): Step {
  const cancelled = withNode(state, { ...state.node, errorFlag: true, backupJob: false });
  const { state: stopped, outcome } = checkpointOverlays(cancelled);
  return { state: withNode(stopped, { ...stopped.node, stage: 'done' }), outcome };
}

/**
 * While the backup job lives the top node is blocked (replication.c:579); in failover the requests in flight finish, and
 * a job that could not be created is a null pointer (replication.c:148-152).
 */
export function close(state: State): Step {
  const { node, suffix } = state;
  if (node.stage === 'closed') return { state, outcome: answers.nodeNotFound(suffix) };
  if (node.backupJob) return { state, outcome: answers.nodeBusy(suffix) };
  if (node.stage === 'failover' && node.commit === null) {
    return { state, outcome: abort('closeWithoutCommitJob') };
  }
  const finished = finishRequests(state, node.commit?.inFlight ?? []);
  return { state: withNode(finished, freshNode('closed')), outcome: ok };
}

/** A promoted secondary has nothing to do any more (replication.c:467, 622, 692). */
export function isIgnored(stage: Stage): boolean {
  return stage === 'failover' || stage === 'done';
}

/** replication.c:102-128 */
function openError({ mode, defects }: NodeSetup): Outcome | null {
  if (defects.includes('modeMissing')) return answers.openErrors.modeMissing;
  if (defects.includes('modeUnknown')) return answers.openErrors.modeUnknown;
  if (mode === 'primary' && defects.includes('topIdOnPrimary')) return answers.openErrors.topIdOnPrimary;
  if (mode === 'secondary' && defects.includes('topIdMissing')) return answers.openErrors.topIdMissing;
  return null;
}
