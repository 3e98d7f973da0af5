/** The bytes that an expected content stands for, kept from call to call: only sectors whose tag has changed are made. */
import type { OverlayContent, Tag } from '../../model/vocabulary.ts';
import type { TagWords } from './tag-words.ts';
import { copyWords } from './word-copy.ts';

/** No tag: what a sector that was never made has. */
const NOT_MADE = -2;

export class ExpectedContent {
  readonly #tags: TagWords;
  readonly #wordsPerSector: number;
  readonly #made: Int32Array;
  readonly #words: Uint32Array;

  constructor(lengthSectors: number, tags: TagWords) {
    this.#tags = tags;
    this.#wordsPerSector = tags.wordsPerSector;
    this.#made = new Int32Array(lengthSectors).fill(NOT_MADE);
    this.#words = new Uint32Array(lengthSectors * tags.wordsPerSector);
  }

  /**
   * Whether `words`, from `at` on, hold sectors [from, to) of `content` to the last byte. Content that no tag has a
   * payload for (null, `UNKNOWN_TAG`) is held by nothing.
   */
  isIn(words: Uint32Array, at: number, content: OverlayContent, from: number, to: number): boolean {
    if (!this.#makeAll(content, from, to)) return false;
    const expected = this.#words;
    const first = from * this.#wordsPerSector;
    const count = (to - from) * this.#wordsPerSector;
    for (let index = 0; index < count; index++) {
      if (words[at + index] !== expected[first + index]) return false;
    }
    return true;
  }

  /** The same question for one word of each sector. */
  isSampledIn(
    words: Uint32Array,
    at: number,
    content: OverlayContent,
    from: number,
    to: number,
    word: number,
  ): boolean {
    if (!this.#makeAll(content, from, to)) return false;
    const expected = this.#words;
    const wordsPerSector = this.#wordsPerSector;
    const end = to * wordsPerSector;
    const shift = at - from * wordsPerSector;
    for (let index = from * wordsPerSector + word; index < end; index += wordsPerSector) {
      if (words[index + shift] !== expected[index]) return false;
    }
    return true;
  }

  #makeAll(content: OverlayContent, from: number, to: number): boolean {
    const made = this.#made;
    for (let sector = from; sector < to; sector++) {
      const tag = content[sector];
      if (tag !== made[sector] && !this.#make(sector, tag)) return false;
    }
    return true;
  }

  #make(sector: number, tag: Tag | null | undefined): boolean {
    if (tag === null || tag === undefined || !this.#tags.hasPayload(tag)) return false;
    const at = sector * this.#wordsPerSector;
    copyWords(this.#words, at, this.#tags.image(tag), at, this.#wordsPerSector);
    this.#made[sector] = tag;
    return true;
  }
}
