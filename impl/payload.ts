/** The bytes that stand for a tag: a fixed function of (tag, sector), so that any byte read back names its write. */
import type { Geometry, Tag } from '../model/vocabulary.ts';
import { diskSector } from './gaps.ts';

/** Decoded content that is no tag's payload at that sector: torn, foreign, or poison left in a read buffer. */
export const UNKNOWN_TAG: Tag = -1;

/** Fills read buffers before a read, so that a read that does nothing is seen. */
export const POISON_BYTE = 0xa5;
/** The same, four bytes at a time. */
export const POISON_WORD = POISON_BYTE * 0x01010101;

const WORD_BYTES = 4;

/** Sectors that are made at once when one of them is asked for. */
const BLOCK_SECTORS = 128;

/** The bytes of one tag on a disk, of which only the blocks that were asked for are made. */
interface Image {
  readonly bytes: Uint8Array;
  readonly isMade: Uint8Array;
}

/**
 * Images of whole disks, one a tag, made as far as they are asked for and kept. The first word of a sector is its tag masked by the sector
 * number, which makes decoding one look-up; all bytes are then checked. Tag 0 is all zero bytes, as write-zeroes leaves.
 */
export class PayloadImages {
  readonly sectorBytes: number;
  readonly lengthSectors: number;
  readonly #images = new Map<Tag, Image>();
  readonly #gaps: Pick<Geometry, 'gaps'>;

  /** `sectorBytes` must be a multiple of 4. What is written depends on where the disk with these gaps has the sector. */
  constructor(lengthSectors: number, sectorBytes: number, gaps?: Geometry['gaps']) {
    this.lengthSectors = lengthSectors;
    this.sectorBytes = sectorBytes;
    this.#gaps = { gaps };
  }

  /** How many images are kept; each takes `lengthSectors * sectorBytes` bytes. */
  get imageCount(): number {
    return this.#images.size;
  }

  /** The image of a disk that holds `tag` in every sector; `lengthSectors * sectorBytes` bytes, not to be written to. */
  image(tag: Tag): Uint8Array {
    return this.#made(tag, 0, this.lengthSectors);
  }

  /** The payload of `count` sectors from `sector` on; a view, not a copy. */
  extent(sector: number, count: number, tag: Tag): Uint8Array {
    const end = sector + count;
    return this.#made(tag, sector, end).subarray(sector * this.sectorBytes, end * this.sectorBytes);
  }

  #made(tag: Tag, sector: number, end: number): Uint8Array {
    const { bytes, isMade } = this.#image(tag);
    const last = Math.min(end, this.lengthSectors);
    for (let block = Math.floor(sector / BLOCK_SECTORS); block * BLOCK_SECTORS < last; block++) {
      if (isMade[block] === 1) continue;
      isMade[block] = 1;
      this.#makeBlock(bytes, tag, block * BLOCK_SECTORS);
    }
    return bytes;
  }

  #image(tag: Tag): Image {
    const known = this.#images.get(tag);
    if (known !== undefined) return known;
    // Memory that nobody has touched yet takes no place; tag 0 stays so.
    const bytes = new Uint8Array(this.lengthSectors * this.sectorBytes);
    const isMade = new Uint8Array(Math.ceil(this.lengthSectors / BLOCK_SECTORS)).fill(tag === 0 ? 1 : 0);
    const made = { bytes, isMade };
    this.#images.set(tag, made);
    return made;
  }

  #makeBlock(bytes: Uint8Array, tag: Tag, first: number): void {
    const words = new Uint32Array(bytes.buffer);
    const wordsPerSector = this.sectorBytes / WORD_BYTES;
    const end = Math.min(first + BLOCK_SECTORS, this.lengthSectors);
    for (let sector = first; sector < end; sector++)
      fillSector(words, sector * wordsPerSector, wordsPerSector, tag, diskSector(this.#gaps, sector));
  }

  /** The tags of `bytes`, which were read from `sector` on; `UNKNOWN_TAG` where no payload fits to the last byte. */
  decode(bytes: Uint8Array, sector: number): Tag[] {
    const count = bytes.length / this.sectorBytes;
    const tags: Tag[] = [];
    while (tags.length < count) {
      const start = tags.length;
      const tag = this.#candidate(bytes, start, sector);
      let end = start + 1;
      while (end < count && this.#candidate(bytes, end, sector) === tag) end++;
      const isWhole = this.#holds(bytes, start, end, sector, tag);
      for (let index = start; index < end; index++) {
        tags.push(isWhole || this.#holds(bytes, index, index + 1, sector, tag) ? tag : UNKNOWN_TAG);
      }
    }
    return tags;
  }

  /** The only tag that sector `index` of `bytes` can hold, by its first word. */
  #candidate(bytes: Uint8Array, index: number, sector: number): Tag {
    const word = readWord(bytes, index * this.sectorBytes);
    const candidate = (word ^ sectorMask(diskSector(this.#gaps, sector + index))) >>> 0;
    return word !== 0 && candidate <= TAG_MAX ? candidate : 0;
  }

  #holds(bytes: Uint8Array, start: number, end: number, sector: number, tag: Tag): boolean {
    const found = bytes.subarray(start * this.sectorBytes, end * this.sectorBytes);
    return Buffer.compare(found, this.extent(sector + start, end - start, tag)) === 0;
  }
}

/** Tags above this are refused, so that a stray word is not taken for a tag and does not grow the cache. */
export const TAG_MAX = 0xfff;

/** Above every tag: the first word of a payload is never zero, which is that of tag 0. */
function sectorMask(sector: number): number {
  const mask = (Math.imul(sector + 1, 0x9e3779b1) ^ 0x5bd1e995) >>> 0;
  return mask > TAG_MAX ? mask : mask + 2 ** 31;
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

/** A sector's words: the masked tag, then what xorshift32 makes of tag and sector. */
function fillSector(words: Uint32Array, at: number, count: number, tag: Tag, sector: number): void {
  let state = (Math.imul(tag, 0x85ebca6b) ^ Math.imul(sector + 1, 0xc2b2ae35)) | 1;
  for (let word = at; word < at + count; word++) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    words[word] = state;
  }
  words[at] = tag ^ sectorMask(sector);
}
