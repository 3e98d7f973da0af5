/** Where the sectors of a case lie on its disk, which may have gaps between them (`gaps` of a geometry). */
import type { Geometry, Range } from '../model/vocabulary.ts';
import { ownSliceSectors } from './own-slice.ts';

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
  const within: DiskPart[] = [];
  for (const part of parts) {
    const from = Math.max(part.sector, sector);
    const to = Math.min(part.end, end);
    if (from < to) within.push({ sector: from, end: to, before: part.before });
  }
  return within;
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

/**
 * A commit of QEMU asks for the allocation of each L2 table of an overlay by itself, which is quick where it is empty: 8 GiB
 * in clusters of 4 KiB, 2 TiB in such of 64 KiB.
 */
const MANY_TABLES = 4096;

/**
 * Where the clusters lie in a data file a make_empty goes through all tables and makes those that are not there, and slowly
 * so beyond what the cache of tables holds (qcow2_make_empty, qcow2_update_options_prepare, block/qcow2.c).
 */
const FEW_TABLES = 32;

/** How far so many tables of either overlay reach, in sectors. */
export function manyTablesEnd(geometry: Geometry): number {
  return tableSectors(geometry) * MANY_TABLES;
}

export function fewTablesEnd(geometry: Geometry): number {
  return tableSectors(geometry) * FEW_TABLES;
}

/** Whether overlays with data files cost no more for the length of the disk. */
export function hasFewTables(geometry: Geometry): boolean {
  return diskLength(geometry) <= fewTablesEnd(geometry);
}

function tableSectors(geometry: Geometry): number {
  const { activeClusterSectors, hiddenClusterSectors } = geometry;
  return ownSliceSectors(geometry, Math.min(activeClusterSectors, hiddenClusterSectors));
}
