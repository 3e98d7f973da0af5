/** Which requests do the same whichever of them moves first, so that one order of two of their moves stands for both. */
import type { Operation } from '../../../model/operations.ts';
import type { Setup } from '../../../model/vocabulary.ts';
import { relationTo, shapeOf } from '../sectors/request-shape.ts';
import type { DataShape } from '../sectors/request-shape.ts';

/** For each of the operations the others that are independent of it, as bits. */
export function independentOf(operations: readonly Operation[], setup: Setup): readonly number[] {
  return operations.map((one) =>
    operations.reduce(
      (others, other, index) =>
        other !== one && areIndependent(one, other, setup) ? others | (1 << index) : others,
      0,
    ),
  );
}

/** Two reads, or two requests that have no sector and no unit in common; calls and flushes depend on everything. */
function areIndependent(one: Operation, other: Operation, setup: Setup): boolean {
  const [left, right] = [shapeOf(one, setup), shapeOf(other, setup)];
  if (left.data === null || right.data === null) return false;
  if (left.node !== right.node || (left.data.isRead && right.data.isRead)) return true;
  const geometry = setup.nodes[left.node]?.geometry;
  if (geometry === undefined) return false;
  const reaches = (from: DataShape, to: DataShape): boolean => {
    for (let sector = to.sector; sector < to.sector + to.count; sector++) {
      const isInside = sector >= from.sector && sector < from.sector + from.count;
      if (isInside || relationTo(from, sector, geometry) !== 0) return true;
    }
    return false;
  };
  return !reaches(left.data, right.data) && !reaches(right.data, left.data);
}
