/** The bytes that stand for a tag: a fixed function of (tag, sector), so that any byte read back names its write. */
import seedrandom from 'seedrandom';
import type { Tag } from '../model/vocabulary.ts';

/** Decoded content that is no tag's payload at that sector: torn, foreign, or poison left in a read buffer. */
export const UNKNOWN_TAG: Tag = -1;

/** Fills read buffers before a read, so that a read that does nothing is seen. */
export const POISON_BYTE = 0xa5;

const WORD_BYTES = 4;

/**
 * Images of whole disks, one a tag, made once and kept. The first word of a sector is its tag masked by the sector
 * number, which makes decoding one look-up; all bytes are then checked. Tag 0 is all zero bytes, as write-zeroes leaves.
 */
export class PayloadImages {
  readonly sectorBytes: number;
  readonly lengthSectors: number;
  readonly #images = new Map<Tag, Uint8Array>();

  /** `sectorBytes` must be a multiple of 4. */
  constructor(lengthSectors: number, sectorBytes: number) {
    this.lengthSectors = lengthSectors;
    this.sectorBytes = sectorBytes;
  }

  /** The image of a disk that holds `tag` in every sector; `lengthSectors * sectorBytes` bytes, not to be written to. */
  image(tag: Tag): Uint8Array {
    const known = this.#images.get(tag);
    if (known !== undefined) return known;
    const made = makeImage(tag, this.lengthSectors, this.sectorBytes);
    this.#images.set(tag, made);
    return made;
  }

  /** The payload of `count` sectors from `sector` on; a view, not a copy. */
  extent(sector: number, count: number, tag: Tag): Uint8Array {
    return this.image(tag).subarray(sector * this.sectorBytes, (sector + count) * this.sectorBytes);
  }

  /** The tags of `bytes`, which were read from `sector` on; `UNKNOWN_TAG` where no payload fits to the last byte. */
  decode(bytes: Uint8Array, sector: number): Tag[] {
    const count = bytes.length / this.sectorBytes;
    return Array.from({ length: count }, (_, index) =>
      this.#decodeSector(bytes, index * this.sectorBytes, sector + index),
    );
  }

  #decodeSector(bytes: Uint8Array, offsetBytes: number, sector: number): Tag {
    const candidate = (readWord(bytes, offsetBytes) ^ sectorMask(sector)) >>> 0;
    const tag = candidate <= TAG_MAX && candidate > 0 ? candidate : 0;
    const expected = this.image(tag);
    const start = sector * this.sectorBytes;
    for (let index = 0; index < this.sectorBytes; index++) {
      if (bytes[offsetBytes + index] !== expected[start + index]) return UNKNOWN_TAG;
    }
    return tag;
  }
}

/** Tags above this are refused, so that a stray word is not taken for a tag and does not grow the cache. */
export const TAG_MAX = 0xfff;

function sectorMask(sector: number): number {
  return (Math.imul(sector + 1, 0x9e3779b1) ^ 0x5bd1e995) >>> 0;
}

function readWord(bytes: Uint8Array, offsetBytes: number): number {
  return (
    ((bytes[offsetBytes] ?? 0) |
      ((bytes[offsetBytes + 1] ?? 0) << 8) |
      ((bytes[offsetBytes + 2] ?? 0) << 16) |
      ((bytes[offsetBytes + 3] ?? 0) << 24)) >>>
    0
  );
}

function makeImage(tag: Tag, lengthSectors: number, sectorBytes: number): Uint8Array {
  const words = new Uint32Array((lengthSectors * sectorBytes) / WORD_BYTES);
  if (tag !== 0) {
    const random = seedrandom.alea(`colocheck payload ${tag}`);
    const wordsPerSector = sectorBytes / WORD_BYTES;
    for (let index = 0; index < words.length; index++) words[index] = random.int32();
    for (let sector = 0; sector < lengthSectors; sector++) {
      words[sector * wordsPerSector] = (tag ^ sectorMask(sector)) >>> 0;
    }
  }
  return new Uint8Array(words.buffer);
}
