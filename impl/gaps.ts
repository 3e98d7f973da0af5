/** Where the sectors of a case lie on its disk, which may have gaps between them (`gaps` of a geometry). */
import type { Geometry, Range } from '../model/vocabulary.ts';

type Lengths = Pick<Geometry, 'lengthSectors' | 'gaps'>;

/** Sectors [sector, end) of the case, which are neighbours on the disk as well, `before` sectors further on. */
export interface DiskPart {
  readonly sector: number;
  readonly end: number;
  readonly before: number;
}

/** All sectors of the case, in their order; one part where there is no gap. */
export function diskParts({ lengthSectors, gaps = [] }: Lengths): readonly DiskPart[] {
  const parts: DiskPart[] = [];
  let [sector, before] = [0, 0];
  for (const gap of gaps) {
    parts.push({ sector, end: gap.sector, before });
    sector = gap.sector;
    before += gap.sectors;
  }
  return [...parts, { sector, end: lengthSectors, before }];
}

/** What of [sector, end) lies in each part, without parts that have nothing of it. */
export function partsWithin(parts: readonly DiskPart[], sector: number, end: number): DiskPart[] {
  return parts
    .map((part) => ({ ...part, sector: Math.max(part.sector, sector), end: Math.min(part.end, end) }))
    .filter((part) => part.sector < part.end);
}

/** In sectors, with its gaps. */
export function diskLength({ lengthSectors, gaps = [] }: Lengths): number {
  return gaps.reduce((sum, { sectors }) => sum + sectors, lengthSectors);
}

/** Where a sector of the case lies on the disk; one past the end of the case lies past that of the disk. */
export function diskSector({ gaps }: Pick<Lengths, 'gaps'>, sector: number): number {
  if (gaps === undefined) return sector;
  return gaps.reduce((sum, gap) => (gap.sector <= sector ? sum + gap.sectors : sum), sector);
}

/** The sectors of the disk that no request of the case reaches. */
export function gapsOnDisk({ gaps = [] }: Pick<Lengths, 'gaps'>): Range[] {
  let before = 0;
  return gaps.map(({ sector, sectors }) => {
    const gap = { sector: sector + before, count: sectors };
    before += sectors;
    return gap;
  });
}
