/** Which requests the bad sectors of the three disks make fail. */
import { contains } from './geometry.ts';
import { answeringLayer } from './overlay.ts';
import type { State } from './state.ts';
import type { BadSector, Range } from './vocabulary.ts';

export function hasBadSector(
  { faults }: State,
  disk: BadSector['disk'],
  access: BadSector['access'],
  range: Range,
): boolean {
  if (faults.badSectors.length === 0) return false;
  return faults.badSectors.some(
    (bad) => bad.disk === disk && bad.access === access && contains(range, bad.sector),
  );
}

/** Whether a read of `range` through active over hidden over secondary meets a sector that its layer cannot read. */
export function chainIsUnreadable({ faults, disks }: State, range: Range): boolean {
  if (faults.badSectors.length === 0) return false;
  return faults.badSectors.some(
    ({ disk, access, sector }) =>
      access === 'read' && contains(range, sector) && answeringLayer(disks, sector) === disk,
  );
}
