/** The storage server's disks: nothing of a case is left for the next one, however it came to the disk and wherever. */
import { expect, test } from 'vitest';
import { SparseDisks } from './sparse-disks.ts';

const LENGTH_BYTES = 2 ** 22;

function filled(content: Buffer): SparseDisks {
  const disks = new SparseDisks();
  disks.set('disk', content);
  return disks;
}

test.each([0, 4096, 2 ** 20 - 512, 2 ** 20, LENGTH_BYTES - 512])(
  'bytes placed at %i are cleared',
  (offset) => {
    const disks = filled(Buffer.alloc(LENGTH_BYTES));
    disks.clear('disk');
    disks.place('disk', offset, Buffer.alloc(512, 7));
    expect(disks.contentOf('disk').indexOf(7)).toBe(offset);
    disks.place('disk', 0, Buffer.alloc(512, 7));
    disks.clear('disk');
    expect(disks.contentOf('disk').equals(Buffer.alloc(LENGTH_BYTES))).toBe(true);
  },
);

test.each([512, LENGTH_BYTES])('a disk that was given %i bytes is cleared whole', (lengthBytes) => {
  const disks = filled(Buffer.alloc(lengthBytes, 7));
  disks.clear('disk');
  expect(disks.contentOf('disk').equals(Buffer.alloc(lengthBytes))).toBe(true);
});

test('a disk that is renewed has nothing of before, in the same memory where it is as long', () => {
  const disks = filled(Buffer.alloc(LENGTH_BYTES, 7));
  const before = disks.contentOf('disk');
  disks.renew('disk', LENGTH_BYTES, [{ offsetBytes: 1024, lengthBytes: 4096 }]);
  expect(disks.contentOf('disk')).toBe(before);
  expect(before.equals(Buffer.alloc(LENGTH_BYTES))).toBe(true);
  expect(disks.lengthOf('disk')).toBe(LENGTH_BYTES + 4096);
  disks.place('disk', LENGTH_BYTES, Buffer.alloc(512, 8));
  disks.renew('disk', LENGTH_BYTES);
  expect(before.indexOf(8)).toBe(-1);
  expect(disks.lengthOf('disk')).toBe(LENGTH_BYTES);
  disks.renew('disk', 1024);
  disks.place('disk', 512, Buffer.alloc(512, 9));
  disks.clear('disk');
  expect(disks.contentOf('disk')).toEqual(Buffer.alloc(1024));
});

test('a disk that there is not is empty', () => {
  expect(new SparseDisks().contentOf('disk')).toHaveLength(0);
});

/** 1 KiB, 1 TiB of nothing, 1 KiB. */
function farApart(): SparseDisks {
  const disks = new SparseDisks();
  disks.set('disk', Buffer.alloc(2048), [{ offsetBytes: 1024, lengthBytes: 2 ** 40 }]);
  return disks;
}

test('on a disk with a gap bytes are found where they were written, and the gap reads as zeroes', () => {
  const disks = farApart();
  expect(disks.lengthOf('disk')).toBe(2 ** 40 + 2048);
  disks.place('disk', 512, Buffer.alloc(512, 1));
  disks.place('disk', 2 ** 40 + 1024, Buffer.alloc(512, 2));
  expect(disks.strayOf('disk')).toBeNull();
  expect(disks.contentOf('disk').indexOf(2)).toBe(1024);
  expect(disks.read('disk', 2 ** 40 + 1024, 512)).toEqual(Buffer.alloc(512, 2));
  expect(disks.read('disk', 512, 1024)).toEqual(Buffer.concat([Buffer.alloc(512, 1), Buffer.alloc(512)]));
  expect(disks.read('disk', 2 ** 40 + 512, 1024).indexOf(2)).toBe(512);
  expect(disks.read('disk', 2 ** 30, 512)).toEqual(Buffer.alloc(512));
  disks.zero('disk', 2 ** 40 + 1024, 512);
  expect(disks.contentOf('disk').indexOf(2)).toBe(-1);
  disks.clear('disk');
  expect(disks.contentOf('disk')).toEqual(Buffer.alloc(2048));
  disks.place('disk', 1024, Buffer.alloc(512, 3));
  expect(disks.contentOf('disk').indexOf(3)).toBe(1024);
});

test.each([
  [1024, 512],
  [2 ** 39, 512],
  [512, 1024],
  [2 ** 40 + 512, 1024],
  [2 ** 40 + 1536, 1024],
])('a write at %d of %d bytes is noted until the disk is cleared: part of it has no place', (at, length) => {
  const disks = farApart();
  disks.zero('disk', at, length);
  disks.place('disk', 0, Buffer.alloc(512));
  expect(disks.strayOf('disk')).toEqual({ offsetBytes: at, lengthBytes: length });
  disks.clear('disk');
  expect(disks.strayOf('disk')).toBeNull();
});
