/** Tags as the words of their payloads and back, without making objects for each look-up. */
import type { Geometry, Tag } from '../../../model/vocabulary.ts';
import { PayloadImages, POISON_WORD, TAG_MAX, UNKNOWN_TAG } from '../../payload.ts';
import { contentNumber, NO_CONTENT, tagOfContent } from '../../state-access.ts';
import { copyWords, fillWords, sameWords } from '../memory/word-copy.ts';

const WORD_BYTES = 4;
/** From here on a call of the engine is cheaper than a loop. */
const NATIVE_WORDS_MIN = 256;

export class TagWords {
  readonly lengthSectors: number;
  readonly wordsPerSector: number;
  readonly #payloads: PayloadImages;
  readonly #images: (Uint32Array | undefined)[] = [];
  readonly #bytes: (Buffer | undefined)[] = [];
  /** Of what was compared before: the same few memories each time. */
  readonly #seenBytes = new WeakMap<Uint32Array, Buffer>();
  /** What the first word of each sector is masked with, so that it gives the tag back. */
  readonly #masks: Uint32Array;

  /** For disks of at most `lengthSectors` sectors: a payload depends on tag, sector and gaps, not on the disk's length. */
  constructor(lengthSectors: number, sectorBytes: number, gaps?: Geometry['gaps']) {
    if (sectorBytes <= 0 || sectorBytes % WORD_BYTES !== 0) {
      throw new RangeError(`geometry.sectorBytes is ${sectorBytes}: must be a positive multiple of 4`);
    }
    this.lengthSectors = lengthSectors;
    this.wordsPerSector = sectorBytes / WORD_BYTES;
    this.#payloads = new PayloadImages(lengthSectors, sectorBytes, gaps);
    const ones = this.image(1);
    this.#masks = new Uint32Array(lengthSectors);
    for (let sector = 0; sector < lengthSectors; sector++) {
      this.#masks[sector] = (ones[sector * this.wordsPerSector] ?? 0) ^ 1;
    }
  }

  /** The words of a disk that holds `tag` in every sector; not to be written to. `tag` lies in 0 to TAG_MAX. */
  image(tag: Tag): Uint32Array {
    return this.#images[tag] ?? this.#makeImage(tag);
  }

  #imageBytes(tag: Tag): Buffer {
    return this.#bytes[tag] ?? this.#makeBytes(tag);
  }

  #makeBytes(tag: Tag): Buffer {
    const bytes = bytesOf(this.image(tag));
    while (this.#bytes.length <= tag) this.#bytes.push(undefined);
    this.#bytes[tag] = bytes;
    return bytes;
  }

  /** Whether `tag` stands for bytes: a whole number from 0 to TAG_MAX. */
  hasPayload(tag: Tag): boolean {
    return Number.isInteger(tag) && tag >= 0 && tag <= TAG_MAX;
  }

  /**
   * The tags of `count` sectors from `sector` on, whose words begin at `at`; `UNKNOWN_TAG` where no payload fits. What
   * begins like one tag, sector after sector, is compared with its payloads at once.
   */
  decode(words: Uint32Array, at: number, sector: number, count: number): Tag[] {
    const { wordsPerSector } = this;
    const tags: Tag[] = [];
    for (let index = 0, end; index < count; index = end) {
      const from = at + index * wordsPerSector;
      const tag = this.#candidate(words, from, sector + index);
      end = index + 1;
      while (end < count && this.#candidate(words, at + end * wordsPerSector, sector + end) === tag) end++;
      const isWhole = this.holds(words, from, tag, sector + index, end - index);
      for (let each = index; each < end; each++)
        tags.push(isWhole ? tag : this.decodeSector(words, at + each * wordsPerSector, sector + each));
    }
    return tags;
  }

  /** Whether `words` has from `at` on the payloads of `tag` in `count` sectors from `sector` on. */
  holds(words: Uint32Array, at: number, tag: Tag, sector: number, count: number): boolean {
    const first = sector * this.wordsPerSector;
    const countWords = count * this.wordsPerSector;
    if (countWords < NATIVE_WORDS_MIN) return sameWords(words, at, this.image(tag), first, countWords);
    const from = at * WORD_BYTES;
    const start = first * WORD_BYTES;
    const length = countWords * WORD_BYTES;
    return (
      this.#bytesOf(words).compare(this.#imageBytes(tag), start, start + length, from, from + length) === 0
    );
  }

  #bytesOf(words: Uint32Array): Buffer {
    const known = this.#seenBytes.get(words);
    if (known !== undefined) return known;
    const bytes = bytesOf(words);
    this.#seenBytes.set(words, bytes);
    return bytes;
  }

  /** The only tag whose payload the words may be, by the first. */
  #candidate(words: Uint32Array, at: number, sector: number): Tag {
    const candidate = ((words[at] ?? 0) ^ (this.#masks[sector] ?? 0)) >>> 0;
    return candidate <= TAG_MAX ? candidate : 0;
  }

  decodeSector(words: Uint32Array, at: number, sector: number): Tag {
    const tag = this.#candidate(words, at, sector);
    const image = this.image(tag);
    return sameWords(words, at, image, sector * this.wordsPerSector, this.wordsPerSector) ? tag : UNKNOWN_TAG;
  }

  /** Writes the content fields of sectors [sector, end), whose words begin at `at`, to `into`; that of `sector` goes to `start`. */
  saveSectors(
    words: Uint32Array,
    at: number,
    sector: number,
    end: number,
    into: Int32Array,
    start: number,
  ): void {
    const { wordsPerSector } = this;
    const masks = this.#masks;
    for (let index = 0; index < end - sector; index++) {
      const word = words[at + index * wordsPerSector] ?? 0;
      const candidate = word ^ (masks[sector + index] ?? 0);
      // A sector of one word is recognized by it alone.
      if (wordsPerSector === 1 && candidate > 0 && candidate <= TAG_MAX) {
        into[start + index] = contentNumber(candidate);
      } else {
        const tag = this.decodeSector(words, at + index * wordsPerSector, sector + index);
        into[start + index] = contentNumber(tag);
      }
    }
  }

  #makeImage(tag: Tag): Uint32Array {
    if (!this.hasPayload(tag))
      throw new RangeError(`tag ${tag} has no payload: use a whole number from 0 to ${TAG_MAX}`);
    const bytes = this.#payloads.image(tag);
    const words = new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / WORD_BYTES);
    while (this.#images.length <= tag) this.#images.push(undefined);
    this.#images[tag] = words;
    return words;
  }
}

function bytesOf(words: Uint32Array): Buffer {
  return Buffer.from(words.buffer, words.byteOffset, words.byteLength);
}

/** Writes what the content field of a saved state stands for: the payload of its tag, or what is no tag's payload. */
export function restoreSector(
  tags: TagWords,
  content: number,
  sector: number,
  target: Uint32Array,
  targetAt: number,
): void {
  const { wordsPerSector } = tags;
  if (content <= NO_CONTENT) {
    fillWords(target, targetAt, POISON_WORD, wordsPerSector);
    return;
  }
  copyWords(target, targetAt, tags.image(tagOfContent(content)), sector * wordsPerSector, wordsPerSector);
}
