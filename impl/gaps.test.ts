/** Where sectors of a case lie on a disk with gaps. */
import { expect, test } from 'vitest';
import { diskLength, diskParts, diskSector, gapsOnDisk, partsWithin } from './gaps.ts';

const even = { lengthSectors: 10 };
/** `0..3`, 100 sectors that no request reaches, `4..5`, 1000 of them, `6..9`. */
const gapped = {
  lengthSectors: 10,
  gaps: [
    { sector: 4, sectors: 100 },
    { sector: 6, sectors: 1000 },
  ],
};

test('a disk without gaps is one part, where the case has it', () => {
  expect(diskParts(even)).toEqual([{ sector: 0, end: 10, before: 0 }]);
  expect(diskLength(even)).toBe(10);
  expect(diskSector({ gaps: undefined }, 7)).toBe(7);
  expect(gapsOnDisk({ gaps: undefined })).toEqual([]);
});

test('gaps move what follows them, and the end', () => {
  const parts = diskParts(gapped);
  expect(parts.map(({ sector, end, before }) => [sector, end, before])).toEqual([
    [0, 4, 0],
    [4, 6, 100],
    [6, 10, 1100],
  ]);
  expect(diskLength(gapped)).toBe(1110);
  expect([0, 3, 4, 5, 6, 9, 10, 12].map((sector) => diskSector(gapped, sector))).toEqual([
    0, 3, 104, 105, 1106, 1109, 1110, 1112,
  ]);
  expect(gapsOnDisk(gapped)).toEqual([
    { sector: 4, count: 100 },
    { sector: 106, count: 1000 },
  ]);
  expect(partsWithin(parts, 3, 7).map(({ sector, end }) => [sector, end])).toEqual([
    [3, 4],
    [4, 6],
    [6, 7],
  ]);
  expect(partsWithin(parts, 4, 4)).toEqual([]);
});
