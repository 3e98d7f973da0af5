/**
 * What a layer, or the view, is expected to hold: tags as told, and the bytes they stand for, kept from call to call so
 * that only sectors whose tag has changed are made again. Comparing is then one pass over two arrays of words.
 */
import type { OverlayContent, Tag } from '../../model/vocabulary.ts';
import type { ClusterStore } from './cluster-store.ts';
import type { TagWords } from './tag-words.ts';
import { copyWords, sameWords } from './word-copy.ts';

/** No tag: what a sector has that was never made. */
const NOT_MADE = -2;

/** From here on a call of the engine is cheaper than a loop. */
const NATIVE_WORDS_MIN = 256;
const WORD_BYTES = 4;

export class ExpectedContent {
  readonly #tags: TagWords;
  readonly #made: Int32Array;
  readonly #words: Uint32Array;
  readonly #bytes: Buffer;
  #seenWords: Uint32Array;
  #seenBytes: Buffer;

  constructor(lengthSectors: number, tags: TagWords) {
    this.#tags = tags;
    this.#made = new Int32Array(lengthSectors).fill(NOT_MADE);
    this.#words = new Uint32Array(lengthSectors * tags.wordsPerSector);
    this.#bytes = bytesOf(this.#words);
    this.#seenWords = this.#words;
    this.#seenBytes = this.#bytes;
  }

  /**
   * Whether `words`, from `at` on, hold sectors [from, to) of `content` to the last byte. Content that no tag has a
   * payload for (null, `UNKNOWN_TAG`) is held by nothing.
   */
  isIn(words: Uint32Array, at: number, content: OverlayContent, from: number, to: number): boolean {
    const made = this.#made;
    for (let sector = from; sector < to; sector++) {
      const tag = content[sector];
      if (tag !== made[sector] && !this.#make(sector, tag)) return false;
    }
    const { wordsPerSector } = this.#tags;
    const first = from * wordsPerSector;
    const count = (to - from) * wordsPerSector;
    return count < NATIVE_WORDS_MIN
      ? sameWords(words, at, this.#words, first, count)
      : this.#areSameBytes(words, at, first, count);
  }

  /** Memory comparison by the engine; `words` seldom changes from call to call, so its bytes are kept as a Buffer. */
  #areSameBytes(words: Uint32Array, at: number, first: number, count: number): boolean {
    if (words !== this.#seenWords) {
      this.#seenWords = words;
      this.#seenBytes = bytesOf(words);
    }
    const from = at * WORD_BYTES;
    const expectedFrom = first * WORD_BYTES;
    const length = count * WORD_BYTES;
    return (
      this.#seenBytes.compare(this.#bytes, expectedFrom, expectedFrom + length, from, from + length) === 0
    );
  }

  /** The same question about sectors [from, to) of a store; sectors without a cluster must be `absent`. */
  isHeldBy(
    store: ClusterStore,
    absent: 0 | null,
    content: OverlayContent,
    from: number,
    to: number,
  ): boolean {
    const { clusterSectors } = store;
    let cluster = store.clusterOf(from);
    let first = cluster * clusterSectors;
    let sector = from;
    while (sector < to) {
      const slot = store.slotOf(cluster);
      const end = Math.min(first + clusterSectors, to);
      if (slot < 0) {
        if (!(absent === null ? isAllNull(content, sector, end) : isAllZero(content, sector, end)))
          return false;
      } else {
        const at = store.wordOffset(slot, sector - first);
        if (!this.isIn(store.segment(slot), at, content, sector, end)) return false;
      }
      sector = end;
      first += clusterSectors;
      cluster++;
    }
    return true;
  }

  /** As `isHeldBy`, but looks at word `word` of each sector alone. */
  isSampledIn(
    store: ClusterStore,
    absent: 0 | null,
    content: OverlayContent,
    from: number,
    to: number,
    word: number,
  ): boolean {
    const { clusterSectors } = store;
    let sector = from;
    while (sector < to) {
      const cluster = store.clusterOf(sector);
      const slot = store.slotOf(cluster);
      const end = Math.min(store.clusterEnd(cluster), to);
      if (slot < 0) {
        if (!(absent === null ? isAllNull(content, sector, end) : isAllZero(content, sector, end)))
          return false;
      } else {
        const at = store.wordOffset(slot, sector - cluster * clusterSectors) + word;
        if (!this.#isWordIn(store.segment(slot), at, content, sector, end, word)) return false;
      }
      sector = end;
    }
    return true;
  }

  #isWordIn(
    words: Uint32Array,
    at: number,
    content: OverlayContent,
    from: number,
    to: number,
    word: number,
  ): boolean {
    const made = this.#made;
    const expected = this.#words;
    const { wordsPerSector } = this.#tags;
    let index = from * wordsPerSector + word;
    const shift = at - index;
    for (let sector = from; sector < to; sector++) {
      const tag = content[sector];
      if (tag !== made[sector] && !this.#make(sector, tag)) return false;
      if (words[index + shift] !== expected[index]) return false;
      index += wordsPerSector;
    }
    return true;
  }

  #make(sector: number, tag: Tag | null | undefined): boolean {
    if (tag === null || tag === undefined || !this.#tags.hasPayload(tag)) return false;
    const { wordsPerSector } = this.#tags;
    const at = sector * wordsPerSector;
    copyWords(this.#words, at, this.#tags.image(tag), at, wordsPerSector);
    this.#made[sector] = tag;
    return true;
  }
}

/** Apart from `isAllZero`, because comparing with a constant is what the engine does fast. */
function isAllNull(content: OverlayContent, from: number, to: number): boolean {
  for (let sector = from; sector < to; sector++) if (content[sector] !== null) return false;
  return true;
}

function isAllZero(content: OverlayContent, from: number, to: number): boolean {
  for (let sector = from; sector < to; sector++) if (content[sector] !== 0) return false;
  return true;
}

function bytesOf(words: Uint32Array): Buffer {
  return Buffer.from(words.buffer, words.byteOffset, words.byteLength);
}
