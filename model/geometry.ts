/** Ranges of sectors and the units that they touch. */
import type { Range } from './vocabulary.ts';

export function contains(range: Range, sector: number): boolean {
  return sector >= range.sector && sector < range.sector + range.count;
}

/** The whole units of `unitSectors` that `range` touches, clipped at the end of the disk; empty for an empty range. */
export function touchedUnits(range: Range, unitSectors: number, lengthSectors: number): Range {
  return range.count === 0 ? range : roundOut(range, unitSectors, lengthSectors);
}

/** Start rounded down, end rounded up: unlike `touchedUnits` one whole unit for an empty range within it. */
export function roundOut(range: Range, unitSectors: number, lengthSectors: number): Range {
  const sector = range.sector - (range.sector % unitSectors);
  const end = Math.ceil((range.sector + range.count) / unitSectors) * unitSectors;
  return { sector, count: Math.min(end, lengthSectors) - sector };
}

/** The sectors of the unit of that number; the last unit is clipped at the end of the disk. */
export function unitRange(unit: number, unitSectors: number, lengthSectors: number): Range {
  const sector = unit * unitSectors;
  return { sector, count: Math.min(unitSectors, lengthSectors - sector) };
}

export function unitCount(unitSectors: number, lengthSectors: number): number {
  return Math.ceil(lengthSectors / unitSectors);
}

/** What of `range` lies in each unit that it touches, in ascending order. */
export function unitPieces(range: Range, unitSectors: number): Range[] {
  const pieces: Range[] = [];
  const end = range.sector + range.count;
  for (let sector = range.sector; sector < end;) {
    const next = Math.min(end, sector - (sector % unitSectors) + unitSectors);
    pieces.push({ sector, count: next - sector });
    sector = next;
  }
  return pieces;
}
