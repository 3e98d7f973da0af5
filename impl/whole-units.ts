/** Which units of a disk a range of sectors touches. */
import type { Geometry, Range } from '../model/vocabulary.ts';

/**
 * The clusters and copy units that a range touches, whole: outside of them a request for these sectors changes neither the
 * content of a layer nor what a guest sees. Units of 2, sectors 1 and 2: `[. x|x .|. .]` is `[x x|x x|. .]`.
 */
export function wholeUnits({ sector, count }: Range, geometry: Geometry): Range {
  const { activeClusterSectors: cluster, copyUnitSectors: unit, lengthSectors } = geometry;
  const end = sector + count;
  const from = Math.min(sector - (sector % cluster), sector - (sector % unit), lengthSectors);
  const to = Math.max(Math.ceil(end / cluster) * cluster, Math.ceil(end / unit) * unit);
  return { sector: from, count: Math.min(to, lengthSectors) - from };
}
