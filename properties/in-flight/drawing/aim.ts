/** A bout whose requests are aimed at one unit, from both sides: so they meet, where few sectors are not enough for that. */
import type { Operation, OperationName } from '../../../model/operations.ts';
import type { Range, Setup } from '../../../model/vocabulary.ts';
import type { Dice } from '../../cases/dice.ts';

export interface Aim extends Range {
  readonly node: number;
}

/** One in so many requests comes from the other side than was drawn. */
const TURNED_ONE_IN = 3;

/** The largest unit around some sector. */
export function drawAim({ nodes }: Setup, dice: Dice): Aim | null {
  const node = nodes.length === 1 ? 0 : dice.below(nodes.length);
  const geometry = nodes[node]?.geometry;
  if (geometry === undefined) return null;
  const { lengthSectors, activeClusterSectors, copyUnitSectors, commitUnitSectors } = geometry;
  const unit = Math.max(activeClusterSectors, copyUnitSectors, commitUnitSectors);
  const drawn = dice.below(lengthSectors);
  const sector = drawn - (drawn % unit);
  return { node, sector, count: Math.min(unit, lengthSectors - sector) };
}

/** The same request within the aim, or of the other side; `has` says what can be asked. What has no sectors stays as it is. */
export function aimed(
  operation: Operation,
  aim: Aim,
  { nodes }: Setup,
  has: (op: OperationName) => boolean,
  dice: Dice,
): Operation {
  if (!('count' in operation) || (operation.node ?? 0) !== aim.node || operation.count === 0)
    return operation;
  const at = dice.below(aim.count);
  const range = { sector: aim.sector + at, count: dice.between(1, aim.count - at) };
  const isTurned = nodes[aim.node]?.mode === 'secondary' && dice.oneIn(TURNED_ONE_IN);
  const turned = isTurned ? fromOtherSide({ ...operation, ...range }) : null;
  return turned !== null && has(turned.op) ? turned : { ...operation, ...range };
}

function fromOtherSide(operation: Operation): Operation | null {
  switch (operation.op) {
    case 'guestRead':
      return { ...operation, op: 'primaryRead' };
    case 'guestWrite':
      return { ...operation, op: 'primaryWrite' };
    case 'guestWriteZeroes':
      return { ...operation, op: 'primaryWriteZeroes' };
    case 'primaryRead':
      return { ...operation, op: 'guestRead' };
    case 'primaryWrite':
      return { ...operation, op: 'guestWrite' };
    case 'primaryWriteZeroes':
      return { ...operation, op: 'guestWriteZeroes' };
    default:
      return null;
  }
}
