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

test('a disk that there is not is empty', () => {
  expect(new SparseDisks().contentOf('disk')).toHaveLength(0);
});
