/** Steps that several targets have in common, each chosen by the state of the node. */
import { layerOf } from '../../model/disks.ts';
import type { Node } from '../../model/node.ts';
import type { Operation } from '../../model/operations.ts';
import type { Range } from '../../model/vocabulary.ts';
import type { Dice } from '../cases/dice.ts';
import { bare, start, stop } from '../cases/operation-objects.ts';
import type { NodeGenerator } from '../generation/node/node-generator.ts';

export const failover: Operation = stop(true);
export const checkpoint: Operation = bare('checkpoint');

/** Opens and starts a node, and ends what it is past: null while it runs, and where its failover has failed. */
export function towardsRunning({ stage }: Node, generator: NodeGenerator): Operation | null {
  switch (stage) {
    case 'closed':
    case 'aborted':
      return generator.operation('open');
    case 'none':
      return start(generator.mode);
    case 'failover':
      return generator.operation('commitSettle');
    case 'done':
      return generator.operation('close');
    case 'running':
    case 'failoverFailed':
      return null;
  }
}

/** The first sector from `from` on that some layer or none holds, as `isWanted` says; -1 where there is none. */
export function findSector(
  node: Node,
  isWanted: (layer: ReturnType<typeof layerOf>) => boolean,
  from = 0,
): number {
  const { lengthSectors } = node.setup.geometry;
  for (let sector = from; sector < lengthSectors; sector++)
    if (isWanted(layerOf(node, sector))) return sector;
  return -1;
}

export function isClean(node: Node): boolean {
  return findSector(node, isOverlay) === -1;
}

export function isOverlay(layer: ReturnType<typeof layerOf>): boolean {
  return layer !== 'secondary';
}

/** A few sectors on both sides of the place where sectors that overlays hold meet others; null where there is none. */
export function acrossLayers(node: Node, dice: Dice): Range | null {
  const { lengthSectors } = node.setup.geometry;
  const isFirstHeld = isOverlay(layerOf(node, 0));
  const meeting = findSector(node, (layer) => isOverlay(layer) !== isFirstHeld);
  if (meeting === -1) return null;
  const sector = meeting - dice.between(1, Math.min(meeting, 4));
  return { sector, count: meeting + dice.between(1, Math.min(lengthSectors - meeting, 4)) - sector };
}
