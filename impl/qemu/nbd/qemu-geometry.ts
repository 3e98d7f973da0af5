/** Which geometries the real binary can have, and the sizes that follow from them. */
import type { Geometry, Layer, NodeSetup, OverlayName, Range } from '../../../model/vocabulary.ts';
import type { GeometryLimits } from '../../capabilities.ts';
import { ownSliceSectors } from '../../own-slice.ts';

export const SECTOR_BYTES = 512;

/** Commit unit of a secondary disk without clusters, and least copy-before-write unit: 64 KiB. */
const UNIT_SECTORS = 128;

/** 512 bytes to 2 MiB, as qcow2 allows. */
const CLUSTER_SECTORS_MAX = 4096;

/**
 * The longest disk whose overlays may lie in image files. There clusters lie where they were written first, which cuts
 * the requests of a commit in a way that no model knows; it does not show where all units are in flight at once. Fifteen
 * units: a held commit leaves one of the 16 requests of QEMU's NBD client to the primary.
 */
export const SHORT_SECTORS_MAX = 15 * UNIT_SECTORS;

/** 32 MiB, the longest request of NBD: the whole disk is read in one. */
export const LENGTH_SECTORS_MAX = 65_536;

export const SHORT_BYTES_MAX = SHORT_SECTORS_MAX * SECTOR_BYTES;
export const LENGTH_BYTES_MAX = LENGTH_SECTORS_MAX * SECTOR_BYTES;

/** With gaps: 1 TiB before what a case reaches. */
const DISK_SECTORS_MAX = 2 ** 31 + LENGTH_SECTORS_MAX;
export const DISK_BYTES_MAX = DISK_SECTORS_MAX * SECTOR_BYTES;

export function isLong({ lengthSectors }: Geometry): boolean {
  return lengthSectors > SHORT_SECTORS_MAX;
}

export const GEOMETRY_LIMITS: GeometryLimits = {
  sectorBytes: SECTOR_BYTES,
  lengthSectorsMax: LENGTH_SECTORS_MAX,
  slices: 'qemu',
  diskSectorsMax: DISK_SECTORS_MAX,
};

/** QEMU's mirror job keeps this many requests in flight, of up to 1 MiB each; neither can be set. */
export const COMMIT_REQUESTS_MAX = 16;
const COMMIT_JOINS_UNITS = 16;

/** Throws a RangeError that names the field where QEMU cannot have this geometry or this commit. */
export function requireGeometry({ geometry, commitRequestsMax, commitJoinsUnits }: NodeSetup): void {
  const { lengthSectors, sectorBytes, activeClusterSectors, hiddenClusterSectors } = geometry;
  const copyUnitSectors = Math.max(UNIT_SECTORS, hiddenClusterSectors);
  const isCluster = (sectors: number): boolean =>
    Number.isInteger(Math.log2(sectors)) && sectors >= 1 && sectors <= CLUSTER_SECTORS_MAX;
  const clusters = `a power of two from 1 to ${CLUSTER_SECTORS_MAX}`;
  const isLength =
    Number.isInteger(lengthSectors) && lengthSectors >= 1 && lengthSectors <= LENGTH_SECTORS_MAX;
  demand(sectorBytes === SECTOR_BYTES, 'geometry.sectorBytes', sectorBytes, `${SECTOR_BYTES}`);
  demand(isLength, 'geometry.lengthSectors', lengthSectors, `1 to ${LENGTH_SECTORS_MAX}`);
  demand(isCluster(activeClusterSectors), 'geometry.activeClusterSectors', activeClusterSectors, clusters);
  demand(isCluster(hiddenClusterSectors), 'geometry.hiddenClusterSectors', hiddenClusterSectors, clusters);
  demand(
    geometry.copyUnitSectors === copyUnitSectors,
    'geometry.copyUnitSectors',
    geometry.copyUnitSectors,
    `${copyUnitSectors}, the larger of 64 KiB and the hidden cluster`,
  );
  demand(
    geometry.commitUnitSectors === UNIT_SECTORS,
    'geometry.commitUnitSectors',
    geometry.commitUnitSectors,
    `${UNIT_SECTORS}`,
  );
  requireOwnSlice(geometry, 'active');
  requireOwnSlice(geometry, 'hidden');
  demand(
    commitRequestsMax === COMMIT_REQUESTS_MAX,
    'commitRequestsMax',
    commitRequestsMax,
    `${COMMIT_REQUESTS_MAX}`,
  );
  const joined =
    commitJoinsUnits ?? (lengthSectors > COMMIT_REQUESTS_MAX * UNIT_SECTORS ? 1 : COMMIT_JOINS_UNITS);
  demand(joined === COMMIT_JOINS_UNITS, 'commitJoinsUnits', joined, `${COMMIT_JOINS_UNITS}`);
}

/** A slice is as large as a cluster, unless an option of qcow2 that is never given here makes it smaller. */
function requireOwnSlice(geometry: Geometry, overlay: OverlayName): void {
  const given = geometry[`${overlay}SliceSectors`];
  const own = ownSliceSectors(geometry, geometry[`${overlay}ClusterSectors`]);
  if (given === undefined) return;
  demand(
    given === own,
    `geometry.${overlay}SliceSectors`,
    given,
    `${own}, a slice as large as its cluster: leave it out`,
  );
}

/** The commit units, clipped at the end of the disk, in which a failover commit finds something to copy. */
export function dirtyUnits(answeredBy: readonly Layer[]): Range[] {
  const units: Range[] = [];
  for (let sector = 0; sector < answeredBy.length; sector += UNIT_SECTORS) {
    const count = Math.min(UNIT_SECTORS, answeredBy.length - sector);
    if (answeredBy.slice(sector, sector + count).some((layer) => layer !== 'secondary'))
      units.push({ sector, count });
  }
  return units;
}

/** What QEMU may read and write for the sake of a request: whole clusters, of copies and commits whole units. */
export function unitsAround({ lengthSectors, ...units }: Geometry, { sector, count }: Range): Range {
  const unit = Math.max(
    units.activeClusterSectors,
    units.hiddenClusterSectors,
    units.copyUnitSectors,
    units.commitUnitSectors,
  );
  const first = Math.floor(sector / unit) * unit;
  const end = Math.min(Math.ceil((sector + count) / unit) * unit, lengthSectors);
  return { sector: first, count: end - first };
}

function demand(holds: boolean, field: string, value: number, allowed: string): void {
  if (!holds) throw new RangeError(`setup.${field} is ${value}; the real QEMU can only have ${allowed}`);
}
