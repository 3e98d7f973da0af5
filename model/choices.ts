/**
 * What QEMU is free to do. The model asks at the one place where it is, and hands over what it predicts; `predicted`
 * takes that. It only asks for what the binary has been seen to do (below, and failed-commit.ts), so any answer is
 * allowed. The search for the choices that explain what a system has shown is comparison and lies in properties/.
 */
import { asQemu } from './deviations.ts';
import type { Follow } from './deviations.ts';
import { endOf, isBad, unitsOf } from './disks.ts';
import type { Node } from './node.ts';
import type { Extent, Range, Tag } from './vocabulary.ts';

export interface Choices {
  /**
   * Whether the client of a primary whose peer is there again has reconnected: some requests later, or 1 to 15 s. Asked of
   * each request anew, also of those after one that got through: nothing that the driver does depends on it.
   */
  reconnects(node: Node): boolean;
  /**
   * At which sector a guest write that fails is cut in two, if at all: where one of these clusters begins. Active `[1 1|. .]`,
   * a write to all four sectors: at sector 2, where a new cluster begins.
   */
  cutsWrite(node: Node, extent: Extent, places: readonly Range[]): number | null;
  /** The same of a copy-before-write that fails, where one of these copy units begins. */
  cutsCopy(node: Node, copy: Range, places: readonly Range[]): number | null;
  /**
   * Whether a commit that is to know if its target is all zeroes reads it (10.1 and later): not where the block status that
   * QEMU remembers of the disk (io.c) says that there is data.
   */
  readsTarget(node: Node): boolean;
  /** Whether a commit that must fail, or has nothing to write, has ended by the time that the stop answers. */
  endsAtOnce(node: Node): boolean;
  /** Whether a call that kills the process has waited for the commit of this node before, as from 10.0 on some do. */
  settlesBeforeDeath(node: Node): boolean;
  /** What a unit of the secondary disk holds after a failed commit, in the order of the requests that write it. */
  leaves(node: Node, unit: Range, possible: readonly Content[], predicted: Content): Content;
}

export type Content = readonly Tag[];

/** What a step asks: the choices, and the way at each deviation. */
export interface Qemu extends Choices {
  readonly follow: Follow;
}

export const predicted: Choices = {
  reconnects: () => true,
  cutsWrite: () => null,
  cutsCopy: () => null,
  readsTarget: () => true,
  endsAtOnce: () => false,
  settlesBeforeDeath: () => false,
  leaves: (_node, _unit, _possible, wanted) => wanted,
};

const asPredicted: Qemu = { ...predicted, follow: asQemu };

export function qemuOf(choices: Choices, follow: Follow): Qemu {
  return choices === predicted && follow === asQemu ? asPredicted : { ...choices, follow };
}

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
