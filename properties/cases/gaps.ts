/** Disks that are longer than their case: which gaps a geometry can have, which requests cross one, and gaps at random. */
import type { Gap, Geometry, NodeSetup, Range } from '../../model/vocabulary.ts';
import type { GeometryLimits } from '../../impl/capabilities.ts';
import { diskLength, fewTablesEnd, hasFewTables, manyTablesEnd } from '../../impl/gaps.ts';
import { ownSliceSectors } from '../../impl/own-slice.ts';
import type { Dice } from './dice.ts';

/** What is longer than any copy, any commit request and the disks that a commit reads first. */
const GAP_BYTES_MIN = 2 ** 20;

/** On a longer one QEMU's overlays have data files (impl/qemu/nbd/qemu-geometry.ts). */
const ALL_IN_FLIGHT_SECTORS = 15 * 128;

const SLICE_ENTRIES_MIN = 512;

/** Drawn gaps have whole multiples of it. */
const GAP_BYTES_STEP = 2 ** 30;

/**
 * Why a disk cannot have its gaps; null when it can, or has none. With them every sector has the place in its cluster, unit
 * and slice that it would have without.
 */
export function gapProblem(geometry: Geometry, limits: Partial<GeometryLimits>): string | null {
  const { gaps, lengthSectors, sectorBytes } = geometry;
  const { diskSectorsMax } = limits;
  if (gaps === undefined) return null;
  if (diskSectorsMax === undefined) return 'gaps: this system has no disks that are longer than a case';
  if (gaps.length === 0) return 'gaps is empty: leave it out where there are none';
  let last = 0;
  let before = 0;
  for (const { sector, sectors } of gaps) {
    const name = `the gap of ${sectors} sectors before sector ${sector}`;
    if (![sector, sectors].every((size) => Number.isSafeInteger(size) && size > 0))
      return `${name}: must be whole numbers above 0`;
    if (sector <= last || sector >= lengthSectors)
      return `${name}: gaps lie in order, each before a sector from ${last + 1} to ${lengthSectors - 1}`;
    if (sectors * sectorBytes < GAP_BYTES_MIN) return `${name}: must have ${GAP_BYTES_MIN} bytes at least`;
    const unit = unitsOf(geometry).find((size) => sector % size !== 0 || sectors % size !== 0);
    if (unit !== undefined)
      return `${name}: both must be multiples of each cluster and unit, here of ${unit}`;
    before += sectors;
    const slice = slicesOf(geometry).find((size) => movesSlices(size, sector, lengthSectors, before));
    if (slice !== undefined) return `${name}: would move where slices of ${slice} sectors end`;
    last = sector;
  }
  const length = diskLength(geometry);
  const most = Math.min(diskSectorsMax, tablesEnd(geometry, limits));
  return length <= most
    ? null
    : `a disk of ${length} sectors with its gaps: at most ${most} for this system with these clusters`;
}

/** Why a disk with gaps cannot have bad sectors in its overlays; null where it can, or has none. */
export function gapFaultProblem(
  { geometry, badSectors }: NodeSetup,
  { sectorBytes }: GeometryLimits,
): string | null {
  const isFree = geometry.gaps === undefined || sectorBytes !== 512 || hasFewTables(geometry);
  if (isFree || badSectors.every(({ disk }) => disk === 'secondary')) return null;
  return `an overlay with bad sectors on a disk of ${diskLength(geometry)} sectors: at most ${fewTablesEnd(geometry)} with these clusters`;
}

/** Of how many sectors the clusters allow a disk in QEMU. */
function tablesEnd(geometry: Geometry, { sectorBytes }: Partial<GeometryLimits>): number {
  if (sectorBytes !== 512) return Infinity;
  return geometry.lengthSectors > ALL_IN_FLIGHT_SECTORS ? fewTablesEnd(geometry) : manyTablesEnd(geometry);
}

function unitsOf(geometry: Geometry): number[] {
  const { activeClusterSectors, hiddenClusterSectors, copyUnitSectors, commitUnitSectors } = geometry;
  return [activeClusterSectors, hiddenClusterSectors, copyUnitSectors, commitUnitSectors];
}

/**
 * Of sectors below QEMU's only slices that are stated end anywhere. Of a disk whose tables do not fit its cache QEMU has
 * slices of 4 KiB (qcow2_update_options_prepare, block/qcow2.c), as long as a case at least.
 */
function slicesOf(geometry: Geometry): number[] {
  const { activeSliceSectors, hiddenSliceSectors, activeClusterSectors, hiddenClusterSectors } = geometry;
  const given = [activeSliceSectors, hiddenSliceSectors];
  return [activeClusterSectors, hiddenClusterSectors].flatMap((cluster, overlay) => {
    const isReal = geometry.sectorBytes >= 512;
    const own = isReal ? [ownSliceSectors(geometry, cluster), cluster * SLICE_ENTRIES_MIN] : [];
    const stated = given[overlay];
    return stated === undefined ? own : [stated];
  });
}

/** Whether slices end elsewhere in sectors [sector, end) if these lie `before` sectors further on. */
function movesSlices(slice: number, sector: number, end: number, before: number): boolean {
  const isLast = (place: number): boolean => (Math.floor(place / slice) + 1) * slice - place >= end - sector;
  return before % slice !== 0 && !(isLast(sector) && isLast(sector + before));
}

/** What a request for these sectors can have of them: up to the next gap. */
export function upToGap<Place extends Range>({ gaps }: Pick<Geometry, 'gaps'>, place: Place): Place {
  const gap = gaps?.find(({ sector }) => sector > place.sector);
  return gap === undefined || gap.sector >= place.sector + place.count
    ? place
    : { ...place, count: gap.sector - place.sector };
}

/** Whether a request for these sectors would reach over a gap. */
export function crossesGap(geometry: Pick<Geometry, 'gaps'>, place: Range): boolean {
  return upToGap(geometry, place) !== place;
}

/**
 * The same shape with a gap of 1 GiB to 1 TiB, as far as a disk may be so long. Where units leave no place for one the case
 * gets longer; null where it may not.
 */
export function withDrawnGap(shape: Geometry, limits: GeometryLimits, dice: Dice): Geometry | null {
  const unit = unitsOf(shape).reduce(leastCommonMultiple);
  const step = slicesOf(shape).reduce(leastCommonMultiple, unit);
  const lengthSectors =
    shape.lengthSectors > unit ? shape.lengthSectors : unit + dice.between(1, shape.lengthSectors);
  const sector = unit * dice.between(1, Math.ceil(lengthSectors / unit) - 1);
  const wanted = GAP_BYTES_STEP * 2 ** dice.below(11);
  const most =
    Math.min(limits.diskSectorsMax ?? 0, tablesEnd({ ...shape, lengthSectors }, limits)) - lengthSectors;
  const gap = drawnLength(Math.min(wanted / shape.sectorBytes, most), step, unit);
  const geometry = { ...shape, lengthSectors, gaps: [{ sector, sectors: gap }] };
  const isTooLong = lengthSectors > limits.lengthSectorsMax;
  return isTooLong || gapProblem(geometry, limits) !== null ? null : geometry;
}

/** At most `most`; a multiple of the slices if there is one, else of the units. */
function drawnLength(most: number, step: number, unit: number): Gap['sectors'] {
  const slices = Math.floor(most / step) * step;
  return slices > 0 ? slices : Math.floor(most / unit) * unit;
}

function leastCommonMultiple(one: number, other: number): number {
  let [divisor, rest] = [one, other];
  while (rest > 0) [divisor, rest] = [rest, divisor % rest];
  return (one / divisor) * other;
}

const BYTE_UNITS = ['KiB', 'MiB', 'GiB', 'TiB'] as const;

/** Such as `a gap of 1 TiB before sector 256`. */
export function gapText({ sector, sectors }: Gap, { sectorBytes }: Pick<Geometry, 'sectorBytes'>): string {
  const bytes = sectors * sectorBytes;
  const power = BYTE_UNITS.findLastIndex((_, index) => bytes % 2 ** (10 * (index + 1)) === 0);
  const unit = BYTE_UNITS[power];
  const size = unit === undefined ? `${bytes} bytes` : `${bytes / 2 ** (10 * (power + 1))} ${unit}`;
  return `a gap of ${size} before sector ${sector}`;
}
