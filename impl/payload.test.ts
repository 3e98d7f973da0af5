import { expect, test } from 'vitest';
import { TagWords } from './efficient/compare/tag-words.ts';
import { PayloadImages, POISON_BYTE, TAG_MAX, UNKNOWN_TAG } from './payload.ts';

const images = new PayloadImages(2048, 512);

test('what was written is decoded to its tags, from whatever sector it is read', () => {
  const bytes = Buffer.concat([
    images.extent(7, 3, 5),
    images.extent(10, 1, 0),
    images.extent(11, 2, TAG_MAX),
  ]);
  expect(images.decode(bytes, 7)).toEqual([5, 5, 5, 0, TAG_MAX, TAG_MAX]);
});

test('one wrong byte spoils its own sector alone, wherever it lies', () => {
  for (const at of [0, 3, 4, 511]) {
    const bytes = Buffer.from(images.extent(0, 3, 5));
    bytes[512 + at] = (bytes[512 + at] ?? 0) ^ 1;
    expect(images.decode(bytes, 0)).toEqual([5, UNKNOWN_TAG, 5]);
  }
});

test('content of another sector, poison, and a zero sector with one byte set belong to no tag', () => {
  expect(images.decode(images.extent(1, 1, 5), 0)).toEqual([UNKNOWN_TAG]);
  expect(images.decode(Buffer.alloc(1024, POISON_BYTE), 3)).toEqual([UNKNOWN_TAG, UNKNOWN_TAG]);
  const nearlyZero = Buffer.alloc(512);
  nearlyZero[511] = 1;
  expect(images.decode(nearlyZero, 0)).toEqual([UNKNOWN_TAG]);
});

test('zero bytes are tag 0 in every sector', () => {
  expect(new Set(images.decode(new Uint8Array(2048 * 512), 0))).toEqual(new Set([0]));
});

test('the payload of a sector does not depend on how long the disk is', () => {
  const short = new PayloadImages(3, 512);
  expect(Buffer.compare(short.extent(0, 3, 9), images.extent(0, 3, 9))).toBe(0);
});

test('a payload follows the sector of the disk, and is never zero bytes, which are tag 0', () => {
  const far = new PayloadImages(2, 4, [{ sector: 1, sectors: 938_324 }]);
  expect(Buffer.compare(far.extent(0, 1, 9), new PayloadImages(1, 4).extent(0, 1, 9))).toBe(0);
  expect(Buffer.compare(far.extent(1, 1, 9), new PayloadImages(2, 4).extent(1, 1, 9))).not.toBe(0);
  // Tag and sector number would cancel each other out.
  expect(far.decode(far.extent(1, 1, 3043), 1)).toEqual([3043]);
  expect(far.decode(new Uint8Array(8), 0)).toEqual([0, 0]);
  const words = new TagWords(2, 4, [{ sector: 1, sectors: 938_324 }]);
  expect(words.decode(new Uint32Array(2), 0, 0, 2)).toEqual([0, 0]);
  expect(words.decode(words.image(3043), 0, 0, 2)).toEqual([3043, 3043]);
});
