/** What a system that hides the inside of its nodes would show of a host that is in a state of the model. */
import { controlAll } from '../model/host.ts';
import { answeringLayer } from '../model/overlay.ts';
import { abort } from '../model/outcome.ts';
import { guestRead, guestView } from '../model/request.ts';
import type { HostState, State } from '../model/state.ts';
import type { Mode } from '../model/vocabulary.ts';
import type { IndirectObservation, Probes } from '../impl/shown.ts';

export function observeIndirectly(state: State): IndirectObservation {
  const { node, disks } = state;
  const readable = guestRead(state, { sector: 0, count: 0 }).outcome.kind === 'data';
  const layers = guestView(state).map((_, sector) =>
    node.committed ? 'secondary' : answeringLayer(disks, sector),
  );
  return { answeredBy: readable ? layers : null, commitRuns: node.commit !== null };
}

export function observeProbes(host: HostState): Probes {
  if (host.dead !== null) return { getError: abort(host.dead), startOtherMode: abort(host.dead) };
  const mode = modeOfNone(host);
  return {
    getError: controlAll(host, { op: 'getError' }).outcome,
    startOtherMode: mode === null ? null : controlAll(host, { op: 'start', mode }).outcome,
  };
}

/** A start in this mode changes nothing at any node; null where there are nodes of both modes. */
function modeOfNone({ nodes }: HostState): Mode | null {
  const [first, ...others] = nodes.map(({ setup }) => setup.mode);
  if (others.some((mode) => mode !== first)) return null;
  return first === 'primary' ? 'secondary' : 'primary';
}
