/** Memory by geometry: made once, kept for the geometries used last, and refused where the geometry makes no sense. */
import { describe, expect, test } from 'vitest';
import type { Geometry } from '../../../model/vocabulary.ts';
import { CaseMemories } from './case-memory.ts';
import { ReplicationNode } from '../node/replication-node.ts';
import { TINY } from '../testing/scenario.ts';

const memories = () => new CaseMemories(ReplicationNode, '');

describe('memory', () => {
  test('is the same for the same geometry, whatever came between', () => {
    const all = memories();
    const first = all.of(TINY);
    expect(all.of({ ...TINY })).toBe(first);
    const other = all.of({ ...TINY, lengthSectors: 9 });
    expect(other).not.toBe(first);
    expect(all.of(TINY)).toBe(first);
    expect(all.of({ ...TINY, lengthSectors: 9 })).toBe(other);
    expect(first.buffer).toHaveLength(16);
  });

  test.each([
    'lengthSectors',
    'sectorBytes',
    'activeClusterSectors',
    'hiddenClusterSectors',
    'copyUnitSectors',
    'commitUnitSectors',
    'activeSliceSectors',
    'hiddenSliceSectors',
  ] as const)('is another where only %s differs', (field) => {
    const all = memories();
    const first = all.of({ ...TINY, copyUnitSectors: 8 });
    const changed = { ...TINY, copyUnitSectors: 8, [field]: field === 'hiddenClusterSectors' ? 4 : 16 };
    const other = all.of(changed);
    expect(other).not.toBe(first);
    expect(other.node.geometry).toEqual(changed);
  });

  test('of sixteen geometries is kept, the one used least lately goes', () => {
    const all = memories();
    const of = (lengthSectors: number) => all.of({ ...TINY, lengthSectors });
    const made = Array.from({ length: 16 }, (_, index) => of(index + 1));
    expect(of(1)).toBe(made[0]);
    of(17);
    expect(of(1)).toBe(made[0]);
    expect(of(3)).toBe(made[2]);
    expect(of(2)).not.toBe(made[1]);
  });

  test('of payloads is shared by disks with that size of sector, as far as the longest goes', () => {
    const all = memories();
    const long = all.of({ ...TINY, lengthSectors: 12 });
    expect(all.of({ ...TINY, lengthSectors: 11 }).tags).toBe(long.tags);
    expect(all.of({ ...TINY, lengthSectors: 12, copyUnitSectors: 4 }).tags).toBe(long.tags);
    expect(all.of({ ...TINY, lengthSectors: 12, sectorBytes: 4 }).tags).not.toBe(long.tags);
    const longer = all.of({ ...TINY, lengthSectors: 13 });
    expect(longer.tags).not.toBe(long.tags);
    expect(longer.tags.lengthSectors).toBe(13);
  });
});

describe('a geometry without sense', () => {
  test.each<readonly [keyof Geometry, number, string]>([
    ['lengthSectors', -1, 'geometry.lengthSectors is -1: must be a whole number of sectors'],
    ['lengthSectors', 1.5, 'geometry.lengthSectors is 1.5: must be a whole number of sectors'],
    ['sectorBytes', 6, 'geometry.sectorBytes is 6: must be a positive multiple of 4'],
    ['sectorBytes', 0, 'geometry.sectorBytes is 0: must be a positive multiple of 4'],
    ['sectorBytes', -4, 'geometry.sectorBytes is -4: must be a positive multiple of 4'],
    ['activeClusterSectors', 0.5, 'geometry.activeClusterSectors is 0.5: must be a positive multiple of 1'],
    ['hiddenClusterSectors', 0, 'geometry.hiddenClusterSectors is 0: must be a positive multiple of 1'],
    ['copyUnitSectors', 3, 'geometry.copyUnitSectors is 3: must be a positive multiple of 2'],
    ['commitUnitSectors', 0, 'geometry.commitUnitSectors is 0: must be a positive multiple of 1'],
    ['activeSliceSectors', 3, 'geometry.activeSliceSectors is 3: must be a positive multiple of 2'],
    ['activeSliceSectors', 0, 'geometry.activeSliceSectors is 0: must be a positive multiple of 2'],
    ['hiddenSliceSectors', 5, 'geometry.hiddenSliceSectors is 5: must be a positive multiple of 2'],
  ])('%s %d is named', (field, value, message) => {
    expect(() => memories().of({ ...TINY, [field]: value })).toThrow(new RangeError(message));
  });

  test('an empty disk has sense', () => {
    expect(memories().of({ ...TINY, lengthSectors: 0 }).buffer).toHaveLength(0);
  });
});
