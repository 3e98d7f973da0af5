/** The size of an overlay's L2 slices where a geometry leaves it out. */
import type { Geometry } from '../model/vocabulary.ts';

const QEMU_SECTOR_BYTES = 512;
const L2_ENTRY_BYTES = 8;

/**
 * Sectors that one slice covers. As in QEMU a slice is as large as a cluster, and its entries of 8 bytes stand for a cluster
 * each: 64 sectors for clusters of one sector of 512 bytes. Smaller sectors are no real disk's: one slice covers all.
 */
export function ownSliceSectors({ sectorBytes, lengthSectors }: Geometry, clusterSectors: number): number {
  if (sectorBytes < QEMU_SECTOR_BYTES) return lengthSectors;
  return clusterSectors * Math.floor((clusterSectors * sectorBytes) / L2_ENTRY_BYTES);
}
