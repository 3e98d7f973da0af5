/** What the model shows to systems that cannot look inside a node, or answer through QMP. */
import { layerOf } from '../../model/disks.ts';
import { abort, ok } from '../../model/answers.ts';
import type { Host, Node } from '../../model/node.ts';
import { guestRead } from '../../model/requests.ts';
import { step } from '../../model/step.ts';
import type { Operation } from '../../model/operations.ts';
import type { Mode, Outcome } from '../../model/vocabulary.ts';
import type { IndirectObservation, Probes } from '../../impl/shown.ts';

export function observeIndirectly(node: Node): IndirectObservation {
  const isReadable = guestRead(node, { sector: 0, count: 0 }).kind === 'data';
  const layers = node.secondary.map((_, sector) => (node.committed ? 'secondary' : layerOf(node, sector)));
  return { answeredBy: isReadable ? layers : null, commitRuns: node.commitJob !== null };
}

export function observeProbes(host: Host): Probes {
  if (host.dead !== null) return { getError: abort(host.dead), startOtherMode: abort(host.dead) };
  const mode = modeOfNone(host);
  return {
    getError: step(host, { op: 'getError' }).outcome,
    startOtherMode: mode === null ? null : step(host, { op: 'start', mode }).outcome,
  };
}

/** `xen-set-replication` with failover=true hands down no error pointer: every error of a failover is discarded. */
export function throughQmp(operation: Operation, outcome: Outcome): Outcome {
  return operation.op === 'stop' && operation.failover && outcome.kind === 'error' ? ok : outcome;
}

/** A start in this mode changes nothing at any node; null where there are nodes of both modes. */
function modeOfNone({ nodes }: Host): Mode | null {
  const [first, ...others] = nodes.map(({ setup }) => setup.mode);
  if (others.some((mode) => mode !== first)) return null;
  return first === 'primary' ? 'secondary' : 'primary';
}
