/** Which operations a case on the real QEMU can be given. */
import { isFrom } from '../../model/operations.ts';
import type { Operation } from '../../model/operations.ts';
import type { Setup, Stage } from '../../model/vocabulary.ts';
import { hasFixedClusters } from './graph/node-storage.ts';
import type { OverlayPlace } from './graph/node-storage.ts';

/** What is known of a case once it is loaded. */
export interface LoadedCase {
  readonly places: readonly OverlayPlace[];
  /** Whether an overlay of each node has no driver any more. */
  readonly ejected: readonly boolean[];
}

export function accepted(
  operation: Operation,
  stages: readonly Stage[],
  { nodes }: Setup,
  loaded: LoadedCase | null,
): boolean {
  const index = 'node' in operation ? (operation.node ?? 0) : 0;
  // A busy node is closed in vain, and its export, which had to go first, cannot come back without a medium.
  if (operation.op === 'close' && stages[index] === 'running' && loaded?.ejected[index] === true)
    return false;
  const setup = nodes[index];
  if (setup === undefined) return false;
  // Nothing is stored in the sector that a longer disk has more: what reaches it fails in another way than past the end.
  const isOfPrimary = isFrom(operation, 'primary') && 'count' in operation;
  if (isOfPrimary && setup.defects.includes('secondaryLonger')) {
    return operation.sector + operation.count <= setup.geometry.lengthSectors;
  }
  const place = loaded?.places[index];
  if (operation.op === 'failEmptying') {
    return place === undefined ? !hasFixedClusters(setup) : place === 'served';
  }
  if (operation.op === 'breakSector' && operation.disk !== 'secondary') {
    return place === undefined || place === 'dataFiles';
  }
  return true;
}
