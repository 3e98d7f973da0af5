/** Which operations a case on the real QEMU can be given. */
import type { Operation, OperationName } from '../../model/operations.ts';
import type { Setup, Stage } from '../../model/vocabulary.ts';
import { hasBadOverlaySectors } from './node-storage.ts';
import type { OverlayPlace } from './node-storage.ts';

/** What is known of a case once it is loaded. */
export interface LoadedCase {
  readonly places: readonly OverlayPlace[];
  /** Whether the commit of each node is held. */
  readonly held: readonly boolean[];
  /** Whether an overlay of each node has no driver any more. */
  readonly ejected: readonly boolean[];
}

/**
 * During FAILOVER, whose commit waits for `commitSettle`, some operations would wait for the commit: `close`; `open`,
 * which drains the active disk before it finds the name taken; and a flush of the secondary disk where what is held is
 * the commit's own flush (QEMU runs one flush of a node at a time).
 */
const WAITS_FOR_COMMIT: ReadonlySet<OperationName> = new Set(['open', 'close', 'guestFlush', 'primaryFlush']);

export function accepted(
  operation: Operation,
  stages: readonly Stage[],
  { nodes }: Setup,
  loaded: LoadedCase | null,
): boolean {
  const index = 'node' in operation ? (operation.node ?? 0) : 0;
  if (WAITS_FOR_COMMIT.has(operation.op)) {
    const isHeld = (node: number): boolean =>
      loaded?.held[node] ??
      (stages[node] === 'failover' && nodes[node]?.defects.includes('hiddenExported') !== true);
    // Opening and closing change the graph, which waits for every commit of the host.
    const isOfGraph = operation.op === 'open' || operation.op === 'close';
    if (!isOfGraph) return !isHeld(index);
    // A busy node is closed in vain, and its export, which had to go first, cannot come back without a medium.
    const isInVain =
      operation.op === 'close' && stages[index] === 'running' && loaded?.ejected[index] === true;
    return !isInVain && !nodes.some((_, node) => isHeld(node));
  }
  // The requests of a commit can be held only where reads have a connection of their own.
  const isFailover =
    (operation.op === 'stop' || operation.op === 'setReplication') && operation.failover === true;
  if (isFailover && nodes.some(({ defects }) => defects.includes('secondaryUnmaps'))) return false;
  const setup = nodes[index];
  if (setup === undefined) return false;
  const place = loaded?.places[index];
  if (operation.op === 'failEmptying') {
    return place === undefined ? !hasBadOverlaySectors(setup) : place === 'served';
  }
  if (operation.op === 'breakSector' && operation.disk !== 'secondary') {
    return place === undefined || place === 'dataFiles';
  }
  return true;
}
