/** The disk shapes that cases run on: named presets, and random ones within what a system can have. */
import type { Geometry, OverlayName } from '../../model/vocabulary.ts';
import type { Capabilities, GeometryLimits } from '../../impl/capabilities.ts';
import { ownSliceSectors } from '../../impl/own-slice.ts';
import type { Dice } from './dice.ts';
import { gapProblem } from './gaps.ts';

/** The only size of sector that QEMU has. */
export const QEMU_SECTOR_BYTES = 512;

/** 4 clusters × 2 sectors × 8 bytes: the geometry of the benchmarks and of exhaustive search. */
export const smallGeometry: Geometry = {
  lengthSectors: 8,
  sectorBytes: 8,
  activeClusterSectors: 2,
  hiddenClusterSectors: 2,
  copyUnitSectors: 2,
  commitUnitSectors: 2,
};

/** QEMU's own sizes: 8 clusters of 64 KiB, 512-byte sectors. */
export const realGeometry: Geometry = {
  lengthSectors: 1024,
  sectorBytes: 512,
  activeClusterSectors: 128,
  hiddenClusterSectors: 128,
  copyUnitSectors: 128,
  commitUnitSectors: 128,
};

export const presetGeometries = { small: smallGeometry, real: realGeometry };

/** How a campaign chooses geometries: one for all cases, or a new one a case. */
export type GeometryChoice = keyof typeof presetGeometries | 'mixed' | Geometry;

export const geometryNames = ['small', 'real', 'mixed'] as const;

export function drawGeometry(choice: GeometryChoice, known: Capabilities, dice: Dice): Geometry {
  if (typeof choice === 'object') return choice;
  if (choice !== 'mixed') return presetGeometries[choice];
  const { sectorBytes, lengthSectorsMax, slices } = known.geometry;
  if (sectorBytes === 512) {
    const short = drawQemuGeometry(Math.min(lengthSectorsMax, SHORT_SECTORS_MAX), dice);
    const beside = dice.aside();
    // Seldom: a case on it takes as long as two others, on the longest disk as twenty.
    const becomesLong = lengthSectorsMax > LONG_SECTORS_MIN && beside.oneIn(64);
    return becomesLong ? { ...short, lengthSectors: drawLongLength(lengthSectorsMax, beside) } : short;
  }
  const tiny = drawTinyGeometry(lengthSectorsMax, dice);
  const aside = dice.aside();
  if (aside.oneIn(8)) return slices === 'any' ? withSlices(tiny, lengthSectorsMax, aside) : tiny;
  if (aside.oneIn(32) && geometryProblem(wideSectorsGeometry, known) === null) return wideSectorsGeometry;
  // Seldom: a case on it takes as long as a hundred others.
  return aside.oneIn(1024) && geometryProblem(longCopiesGeometry, known) === null ? longCopiesGeometry : tiny;
}

/**
 * The same, in one of two kinds of object: with nothing but sizes, or with a field for all that there may be. Every step asks
 * for sizes, which the engine looks up fast in objects of few kinds; spreads make one of their own each.
 */
export function writtenOut(geometry: Geometry): Geometry {
  const { lengthSectors, sectorBytes, activeClusterSectors, hiddenClusterSectors } = geometry;
  const { copyUnitSectors, commitUnitSectors, activeSliceSectors, hiddenSliceSectors, gaps } = geometry;
  const hasMore = activeSliceSectors !== undefined || hiddenSliceSectors !== undefined || gaps !== undefined;
  if (!hasMore)
    return {
      lengthSectors,
      sectorBytes,
      activeClusterSectors,
      hiddenClusterSectors,
      copyUnitSectors,
      commitUnitSectors,
    };
  return {
    lengthSectors,
    sectorBytes,
    activeClusterSectors,
    hiddenClusterSectors,
    copyUnitSectors,
    commitUnitSectors,
    activeSliceSectors,
    hiddenSliceSectors,
    gaps,
  };
}

/** Lengths that are no multiple of anything, and units of different size, in few sectors. */
function drawTinyGeometry(lengthSectorsMax: number, dice: Dice): Geometry {
  const hiddenClusterSectors = dice.between(1, 3);
  return {
    lengthSectors: Math.min(dice.between(1, 12), lengthSectorsMax),
    sectorBytes: 8,
    activeClusterSectors: dice.between(1, 4),
    hiddenClusterSectors,
    copyUnitSectors: hiddenClusterSectors * dice.between(1, 2),
    commitUnitSectors: dice.between(1, 4),
  };
}

/**
 * A copy before a write takes two units at most, and the disk has three: a sector that cannot be read shows which of them
 * are copied together. With a cluster of active as long as the disk, writes mostly are long, too.
 */
export const longCopiesGeometry: Geometry = {
  lengthSectors: 3,
  sectorBytes: 2 ** 19,
  activeClusterSectors: 3,
  hiddenClusterSectors: 1,
  copyUnitSectors: 1,
  commitUnitSectors: 1,
};

/**
 * A sector is more than the 16 KiB around which qcow2 joins the reads of both ends of a new cluster: a write to the middle
 * one does not fail where that cannot be read.
 */
const wideSectorsGeometry: Geometry = { ...longCopiesGeometry, sectorBytes: 2 ** 15 };

/** Whether one copy before a write cannot take the whole disk (1 MiB, block/block-copy.c). */
export function hasLongCopies({ lengthSectors, sectorBytes }: Geometry): boolean {
  return lengthSectors * sectorBytes > 2 ** 20;
}

/** Whether a sector is larger than what some requests of QEMU are limited to: a case has few sectors then. */
export function hasWideSectors({ sectorBytes }: Geometry): boolean {
  return sectorBytes >= wideSectorsGeometry.sectorBytes;
}

/**
 * The slices of one overlay, or of both, are a cluster or two long. What they cut shows where a
 * sector of the secondary disk is bad that no overlay holds, although the failover has failed at another one near by:
 * hence small clusters in large commit units.
 */
function withSlices(tiny: Geometry, lengthSectorsMax: number, dice: Dice): Geometry {
  const activeClusterSectors = dice.between(1, 2);
  const hiddenClusterSectors = dice.between(1, 2);
  const activeSliceSectors = activeClusterSectors * dice.between(1, 2);
  const hiddenSliceSectors = hiddenClusterSectors * dice.between(1, 2);
  return {
    lengthSectors: Math.min(dice.between(4, 12), lengthSectorsMax),
    sectorBytes: tiny.sectorBytes,
    activeClusterSectors,
    hiddenClusterSectors,
    copyUnitSectors: hiddenClusterSectors * dice.between(1, 2),
    commitUnitSectors: dice.between(2, 6),
    ...dice.pick<Partial<Geometry>>([
      { activeSliceSectors },
      { hiddenSliceSectors },
      { activeSliceSectors, hiddenSliceSectors },
    ]),
  };
}

/** Up to here all the units of a disk may be in flight in a commit, and one request is left. */
const SHORT_SECTORS_MAX = 15 * 128;

/** More units than a commit has requests. */
const LONG_SECTORS_MIN = 17 * 128;

/** Mostly not much longer than what shows in a commit which units are in flight. */
function drawLongLength(lengthSectorsMax: number, dice: Dice): number {
  const longest = dice.oneIn(16) ? lengthSectorsMax : 64 * 128;
  return dice.between(LONG_SECTORS_MIN, Math.min(longest, lengthSectorsMax));
}

/** Whether the disk is so long that a commit has more units than requests (QEMU's sizes). */
export function isLong({ lengthSectors, sectorBytes }: Geometry): boolean {
  return sectorBytes === QEMU_SECTOR_BYTES && lengthSectors >= LONG_SECTORS_MIN;
}

/** As measured on the binary: the copy unit is max(64 KiB, hidden cluster), the commit unit 64 KiB. */
function drawQemuGeometry(lengthSectorsMax: number, dice: Dice): Geometry {
  const hiddenClusterSectors = dice.pick([1, 8, 128, 256]);
  return {
    lengthSectors: Math.min(
      dice.oneIn(3) ? dice.between(1, lengthSectorsMax) : 128 * dice.between(1, 4),
      lengthSectorsMax,
    ),
    sectorBytes: 512,
    activeClusterSectors: dice.pick([1, 8, 128, 256]),
    hiddenClusterSectors,
    copyUnitSectors: Math.max(128, hiddenClusterSectors),
    commitUnitSectors: 128,
  };
}

/** Where slices that are stated end within the disk. */
export function sliceEnds(geometry: Geometry): number[] {
  const { lengthSectors, activeSliceSectors, hiddenSliceSectors } = geometry;
  if (activeSliceSectors === undefined && hiddenSliceSectors === undefined) return [];
  return [activeSliceSectors, hiddenSliceSectors].flatMap((slice = lengthSectors) =>
    Array.from({ length: Math.ceil(lengthSectors / slice) - 1 }, (_, index) => (index + 1) * slice),
  );
}

/** Every tag in use costs the bytes of a whole disk. */
const DISK_BYTES_MAX = 2 ** 26;

/** Whether a system with these capabilities can be given this geometry; null when it can, else the reason. */
export function geometryProblem(geometry: Geometry, { geometry: limits }: Capabilities): string | null {
  const { gaps: _gaps, ...sizes } = geometry;
  for (const [name, value] of Object.entries(sizes)) {
    if (value !== undefined && (!Number.isSafeInteger(value) || value < 1))
      return `${name} is ${value}: must be a whole number above 0`;
  }
  const { lengthSectors, sectorBytes, hiddenClusterSectors, activeClusterSectors, copyUnitSectors } =
    geometry;
  if (lengthSectors > limits.lengthSectorsMax) {
    return `lengthSectors is ${lengthSectors}: at most ${limits.lengthSectorsMax} for this system`;
  }
  if (lengthSectors * sectorBytes > DISK_BYTES_MAX) {
    return `a disk of ${lengthSectors} sectors of ${sectorBytes} bytes: at most ${DISK_BYTES_MAX} bytes`;
  }
  if (sectorBytes % 4 !== 0) return `sectorBytes is ${sectorBytes}: must be a multiple of 4`;
  if (copyUnitSectors % hiddenClusterSectors !== 0) {
    return `copyUnitSectors is ${copyUnitSectors}: must be a multiple of hiddenClusterSectors (${hiddenClusterSectors})`;
  }
  const slice = sliceProblem(geometry, limits, 'active') ?? sliceProblem(geometry, limits, 'hidden');
  if (slice !== null) return slice;
  const gap = gapProblem(geometry, limits);
  if (gap !== null) return gap;
  if (limits.sectorBytes === 'any') return null;
  if (sectorBytes !== limits.sectorBytes)
    return `sectorBytes is ${sectorBytes}: QEMU has ${limits.sectorBytes}`;
  for (const cluster of [hiddenClusterSectors, activeClusterSectors]) {
    if (!Number.isInteger(Math.log2(cluster)) || cluster > 4096) {
      return `a cluster of ${cluster} sectors: QEMU needs a power of two from 1 to 4096`;
    }
  }
  const copyUnit = Math.max(128, hiddenClusterSectors);
  if (copyUnitSectors !== copyUnit)
    return `copyUnitSectors is ${copyUnitSectors}: QEMU copies ${copyUnit} here`;
  if (geometry.commitUnitSectors !== 128) {
    return `commitUnitSectors is ${geometry.commitUnitSectors}: QEMU commits in units of 128`;
  }
  return null;
}

function sliceProblem(geometry: Geometry, { slices }: GeometryLimits, overlay: OverlayName): string | null {
  const given = geometry[`${overlay}SliceSectors`];
  const cluster = geometry[`${overlay}ClusterSectors`];
  if (given === undefined) return null;
  if (given % cluster !== 0) {
    return `${overlay}SliceSectors is ${given}: must be a multiple of ${overlay}ClusterSectors (${cluster})`;
  }
  const own = ownSliceSectors(geometry, cluster);
  return slices === 'any' || given === own
    ? null
    : `${overlay}SliceSectors is ${given}: this system has slices of ${own} sectors here, and cannot be given others`;
}
