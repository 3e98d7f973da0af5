/** What can be seen of a state, and what the QMP commands above the driver show of its answers. */
import { answeringLayer } from './overlay.ts';
import { ok, processDied } from './outcome.ts';
import { guestRead, guestView, viewOutcome } from './request.ts';
import type { State } from './state.ts';
import { step } from './step.ts';
import type { IndirectObservation, Observation, Operation, Outcome } from './vocabulary.ts';

export function observe(state: State): Observation {
  const { node, disks } = state;
  return {
    stage: node.stage,
    errorFlag: node.errorFlag,
    view: node.stage === 'aborted' ? processDied : viewOutcome(state),
    active: disks.active,
    hidden: disks.hidden,
    secondary: disks.secondary,
  };
}

export function observeIndirectly(state: State): IndirectObservation {
  const { setup, node, disks } = state;
  const readable = guestRead(state, { sector: 0, count: 0 }).outcome.kind === 'data';
  const layers = guestView(state).map((_, sector) =>
    node.committed ? 'secondary' : answeringLayer(disks, sector),
  );
  return {
    answeredBy: readable ? layers : null,
    probes: {
      getError: step(state, { op: 'getError' }).outcome,
      startOtherMode: step(state, { op: 'start', mode: setup.mode === 'primary' ? 'secondary' : 'primary' })
        .outcome,
    },
  };
}

/** `xen-set-replication` with failover=true discards every error (migration/colo.c hands it no error pointer). */
export function qmpOutcome(operation: Operation, outcome: Outcome): Outcome {
  const swallowed = operation.op === 'stop' && operation.failover && outcome.kind === 'error';
  return swallowed ? ok : outcome;
}
