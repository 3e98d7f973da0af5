/** The control plane: open, start, checkpoint, get_error, stop and close in every stage (replication.c:82-159, 451-744). */
import { finishRequests, startCommit } from './failover.ts';
import * as answers from './outcome.ts';
import { ok } from './outcome.ts';
import { emptyOverlay, freshNode, nothingCopied, withDisks, withNode } from './state.ts';
import type { Node, State, Step } from './state.ts';
import type { Mode, Outcome, Setup, Stage } from './vocabulary.ts';

/** After a process died `open` is the first request to a new process: the disks are as they were left. */
export function open(state: State): Step {
  const { stage } = state.node;
  if (stage !== 'closed' && stage !== 'aborted') return { state, outcome: answers.duplicateNode };
  const refused = openError(state.setup);
  const node = freshNode(refused === null ? 'none' : 'closed');
  return { state: withNode(state, node), outcome: refused ?? ok };
}

export function start(state: State, mode: Mode): Step {
  const { setup, node } = state;
  if (isIgnored(node.stage)) return { state, outcome: ok };
  if (node.stage !== 'none') return { state, outcome: answers.startErrors.runningOrDone };
  if (setup.mode !== mode) return { state, outcome: answers.modeMismatch[setup.mode] };
  if (mode === 'primary') {
    return { state: withNode(state, { ...node, stage: 'running', errorFlag: false }), outcome: ok };
  }
  return startSecondary(state);
}

/** replication.c:494-608; the first checkpoint empties both overlays. */
function startSecondary(state: State): Step {
  const { setup, node } = state;
  const refused = wiringError(setup);
  if (refused !== null) return { state, outcome: refused };
  // error_setg asserts that the blocker is unset (replication.c:568), which the failure at 574-577 does not restore.
  if (node.blockerLeft) {
    return { state: withNode(state, freshNode('aborted')), outcome: answers.processDied };
  }
  if (setup.defects.includes('topIdInvalid')) {
    const left = withNode(state, { ...node, blockerLeft: true });
    return { state: left, outcome: answers.startErrors.topIdInvalid };
  }
  const running = withNode(state, { ...node, stage: 'running', backupJob: true });
  const { state: checkpointed, outcome } = secondaryCheckpoint(running);
  return { state: withNode(checkpointed, { ...checkpointed.node, errorFlag: false }), outcome };
}

export function checkpoint(state: State): Step {
  if (isIgnored(state.node.stage) || state.setup.mode === 'primary') return { state, outcome: ok };
  return secondaryCheckpoint(state);
}

/** replication.c:312-351: every unit may be copied again, then active is emptied, then hidden. */
function secondaryCheckpoint(state: State): Step {
  if (!state.node.backupJob) return { state, outcome: answers.backupCancelled };
  const { geometry } = state.setup;
  const emptied = withDisks(state, {
    active: emptyOverlay(geometry),
    hidden: emptyOverlay(geometry),
    secondary: state.disks.secondary,
    copied: nothingCopied(geometry),
  });
  return { state: emptied, outcome: ok };
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
  return failover ? { state: startCommit(state), outcome: ok } : stopWithoutFailover(state);
}

/**
 * Cancelling the backup job sets `s->error` (replication.c:424-427), and the checkpoint that should merge the overlays
 * then finds no job: a stop without failover always answers with this error and leaves the overlays as they are.
 */
function stopWithoutFailover(state: State): Step {
  const cancelled = withNode(state, { ...state.node, errorFlag: true, backupJob: false });
  const { state: stopped, outcome } = secondaryCheckpoint(cancelled);
  return { state: withNode(stopped, { ...stopped.node, stage: 'done' }), outcome };
}

/** While a secondary runs, its top node is blocked (replication.c:579); in failover the requests in flight finish. */
export function close(state: State): Step {
  const { setup, node } = state;
  if (node.stage === 'closed') return { state, outcome: answers.nodeNotFound };
  if (node.stage === 'running' && setup.mode === 'secondary') return { state, outcome: answers.nodeBusy };
  const finished = finishRequests(state, node.commit?.inFlight ?? []);
  return { state: withNode(finished, freshNode('closed')), outcome: ok };
}

/** Without a node nobody answers; a promoted secondary has nothing to do any more (replication.c:467, 622, 692). */
function isIgnored(stage: Stage): boolean {
  return stage === 'closed' || stage === 'failover' || stage === 'done';
}

/** replication.c:102-128 */
function openError({ mode, defects }: Setup): Outcome | null {
  if (defects.includes('modeMissing')) return answers.openErrors.modeMissing;
  if (defects.includes('modeUnknown')) return answers.openErrors.modeUnknown;
  if (mode === 'primary' && defects.includes('topIdOnPrimary')) return answers.openErrors.topIdOnPrimary;
  if (mode === 'secondary' && defects.includes('topIdMissing')) return answers.openErrors.topIdMissing;
  return null;
}

/** replication.c:495-537: these leave nothing behind. */
function wiringError({ defects }: Setup): Outcome | null {
  const order = [
    'activeWithoutBacking',
    'hiddenWithoutBacking',
    'secondaryWithoutBackend',
    'lengthsDiffer',
    'makeEmptyUnsupported',
  ] as const;
  const first = order.find((defect) => defects.includes(defect));
  return first === undefined ? null : answers.startErrors[first];
}
