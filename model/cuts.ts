/** Where QEMU may cut a request that fails into pieces that are tried by themselves. */
import type { Qemu } from './choices.ts';
import { endOf, isBad, unitsOf } from './disks.ts';
import type { Node } from './node.ts';
import type { Extent, Range } from './vocabulary.ts';

/** A copy saves all or nothing. */
export function failsToCopy(node: Node, copy: Range): boolean {
  return isBad(node, 'secondary', 'read', copy) || isBad(node, 'hidden', 'write', copy);
}

/**
 * The block status that QEMU remembers of the disk (io.c) may cut a copy at one boundary of units, or where it ends within
 * a unit cut that unit out. It shows where the copy fails.
 */
export function piecesOfCopy(node: Node, copy: Range, qemu: Qemu): Range[] {
  const { copyUnitSectors } = node.setup.geometry;
  const [, ...units] = unitsOf(copy, copyUnitSectors, endOf(copy));
  if (units.length === 0 || !failsToCopy(node, copy)) return [copy];
  const cut = (piece: Range, places: readonly Range[]) => cutAt(piece, qemu.cutsCopy(node, piece, places));
  const [before, ...after] = cut(copy, units);
  const second = ({ sector }: Range) => units.filter((unit) => unit.sector === sector + copyUnitSectors);
  return [before, ...after.flatMap((piece) => cut(piece, second(piece)))];
}

/**
 * Where clusters that active holds meet new ones they may lie apart in the file of the image, which cuts a guest write
 * once; then both pieces are tried. With a data file nothing lies apart.
 */
export function piecesOfWrite(node: Node, extent: Extent, qemu: Qemu): Extent[] {
  const { activeClusterSectors, lengthSectors } = node.setup.geometry;
  const [, ...clusters] = unitsOf(extent, activeClusterSectors, lengthSectors);
  const isNew = (sector: number) => node.active[sector] === null;
  const meeting = clusters.filter(({ sector }) => isNew(sector) !== isNew(sector - 1));
  return meeting.length === 0 ? [extent] : cutAt(extent, qemu.cutsWrite(node, extent, meeting));
}

/** A range as one piece, or as two where it is cut. */
function cutAt<Cut extends Range>(range: Cut, sector: number | null): [Cut, ...Cut[]] {
  if (sector === null || sector <= range.sector || sector >= endOf(range)) return [range];
  const count = sector - range.sector;
  return [
    { ...range, count },
    { ...range, sector, count: range.count - count },
  ];
}
