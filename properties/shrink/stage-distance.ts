/** How many operations lie at least between two stages of a node, so that a search can leave out what comes too late. */
import type { Host } from '../../model/node.ts';
import { stages } from '../../model/vocabulary.ts';
import type { Stage } from '../../model/vocabulary.ts';

/** Where one operation can bring a node; `closed` and `aborted` can come from anywhere. */
const oneOperation: Readonly<Record<Stage, readonly Stage[]>> = {
  closed: ['none'],
  none: ['running'],
  running: ['failover', 'done'],
  failover: ['done', 'failoverFailed'],
  failoverFailed: [],
  done: [],
  aborted: ['none'],
};

export function stagesAfterOne(stage: Stage): readonly Stage[] {
  return [stage, ...oneOperation[stage], 'closed', 'aborted'];
}

const distances = new Map(stages.map((stage) => [stage, distancesFrom(stage)]));

function distancesFrom(from: Stage): ReadonlyMap<Stage, number> {
  const found = new Map<Stage, number>([[from, 0]]);
  for (const [stage, distance] of found) {
    for (const next of stagesAfterOne(stage)) {
      if (!found.has(next)) found.set(next, distance + 1);
    }
  }
  return found;
}

/** At least so many operations until some node of the host is in `stage`. */
export function operationsUntil(stage: Stage, { nodes }: Host): number {
  return Math.min(...nodes.map((node) => distances.get(node.stage)?.get(stage) ?? Infinity));
}
