/** What becomes of the numbers of a state when its sectors change places. */
import type { StateField } from '../../../impl/state-access.ts';

/** Writes the numbers of the moved state; the two arrays are not the same. */
export type FieldMove = (from: Int32Array, into: Int32Array) => void;

/**
 * `moved[sector]` is where a sector goes; whole units go as one. `parts` are the layouts of which the state consists:
 * fields of one name belong together within a part.
 */
export function movedFields(parts: readonly (readonly StateField[])[], moved: readonly number[]): FieldMove {
  const sources: number[] = [];
  const masks: { readonly index: number; readonly unitSectors: number }[] = [];
  for (const part of parts) {
    const start = sources.length;
    for (const [index, field] of part.entries()) {
      sources.push(start + index);
      if (field.kind === 'units') masks.push({ index: start + index, unitSectors: field.unitSectors });
    }
    for (const [index, field] of part.entries()) {
      if (field.kind !== 'content') continue;
      const target = part.findIndex(
        (other) =>
          other.kind === 'content' && other.name === field.name && other.sector === moved[field.sector],
      );
      if (target >= 0) sources[start + target] = start + index;
    }
  }
  const order = Int32Array.from(sources);
  return (from, into) => {
    for (let index = 0; index < order.length; index++) into[index] = from[order[index] ?? 0] ?? 0;
    for (const { index, unitSectors } of masks) into[index] = movedMask(from[index] ?? 0, unitSectors, moved);
  };
}

function movedMask(mask: number, unitSectors: number, moved: readonly number[]): number {
  let result = 0;
  for (let rest = mask; rest !== 0; rest &= rest - 1) {
    const unit = 31 - Math.clz32(rest & -rest);
    result |= 1 << ((moved[unit * unitSectors] ?? 0) / unitSectors);
  }
  return result;
}
