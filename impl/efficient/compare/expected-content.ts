/**
 * What a layer, or the view, is expected to hold: tags as given, and the bytes they stand for, kept from call to call so
 * that only sectors whose tag has changed are made again. Comparing is then one pass over two arrays of words.
 */
import type { OverlayContent, Tag } from '../../../model/vocabulary.ts';
import { partsWithin } from '../../gaps.ts';
import type { DiskPart } from '../../gaps.ts';
import type { ClusterStore } from '../memory/cluster-store.ts';
import type { TagWords } from './tag-words.ts';
import { copyWords, sameWords } from '../memory/word-copy.ts';

/** Stand for a sector that is not allocated, and for content that no tag has a payload for. No tag is as low. */
const NOT_ALLOCATED = -3;
const NO_PAYLOAD = -4;

/** From here on a call of the engine is cheaper than a loop. */
const NATIVE_WORDS_MIN = 256;
const WORD_BYTES = 4;

export class ExpectedContent {
  readonly #tags: TagWords;
  readonly #parts: readonly DiskPart[];
  readonly #made: Int32Array;
  readonly #words: Uint32Array;
  readonly #bytes: Buffer;
  /** Expectations are never changed once given, so the same array need not be gone through again. */
  #content: OverlayContent = [];
  /** The version of the store in which all of `#content` was found last; -1 for none. */
  #heldVersion = -1;
  #seenWords: Uint32Array;
  #seenBytes: Buffer;

  /** Of a case whose sectors lie on the disk in these parts. */
  constructor(parts: readonly DiskPart[], tags: TagWords) {
    const lengthSectors = parts.at(-1)?.end ?? 0;
    this.#parts = parts;
    this.#tags = tags;
    this.#made = new Int32Array(lengthSectors).fill(NO_PAYLOAD);
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
    if (content !== this.#content) this.#make(content);
    return this.#areIn(words, at, from, to);
  }

  #areIn(words: Uint32Array, at: number, from: number, to: number): boolean {
    const made = this.#made;
    for (let sector = from; sector < to; sector++) if ((made[sector] ?? NO_PAYLOAD) < 0) return false;
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

  /** Whether all of `content` was found in the store the last time, and nothing was written to it since. */
  isStillHeldBy(store: ClusterStore, content: OverlayContent): boolean {
    return content === this.#content && store.version === this.#heldVersion;
  }

  /** Whether a store holds all of `content`; sectors without a cluster must be `absent`. */
  isWhollyHeldBy(store: ClusterStore, absent: 0 | null, content: OverlayContent): boolean {
    this.#heldVersion = -1;
    if (!this.isHeldBy(store, absent, content, 0, this.#made.length)) return false;
    this.#heldVersion = store.version;
    return true;
  }

  /** The same question about sectors [from, to) of the case. */
  isHeldBy(
    store: ClusterStore,
    absent: 0 | null,
    content: OverlayContent,
    from: number,
    to: number,
  ): boolean {
    if (content !== this.#content) this.#make(content);
    const missing = absent ?? NOT_ALLOCATED;
    if (store.allocatedCount === 0) return this.#areAll(missing, from, to);
    if (this.#parts.length === 1) return this.#isPartHeld(store, missing, from, to, 0);
    return partsWithin(this.#parts, from, to).every(({ sector, end, before }) =>
      this.#isPartHeld(store, missing, sector, end, before),
    );
  }

  /** Sectors [from, to), which the store has `before` sectors further on. */
  #isPartHeld(store: ClusterStore, missing: number, from: number, to: number, before: number): boolean {
    const { clusterSectors } = store;
    let cluster = store.clusterOf(from + before);
    let first = cluster * clusterSectors - before;
    let sector = from;
    while (sector < to) {
      const slot = store.slotOf(cluster);
      const end = Math.min(first + clusterSectors, to);
      if (slot < 0) {
        if (!this.#areAll(missing, sector, end)) return false;
      } else if (
        !this.#areIn(store.segmentToRead(slot), store.wordOffset(slot, sector - first), sector, end)
      ) {
        return false;
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
    if (content !== this.#content) this.#make(content);
    const missing = absent ?? NOT_ALLOCATED;
    if (this.#parts.length === 1) return this.#isPartSampled(store, missing, word, from, to, 0);
    return partsWithin(this.#parts, from, to).every(({ sector, end, before }) =>
      this.#isPartSampled(store, missing, word, sector, end, before),
    );
  }

  #isPartSampled(
    store: ClusterStore,
    missing: number,
    word: number,
    from: number,
    to: number,
    before: number,
  ): boolean {
    const { clusterSectors } = store;
    let sector = from;
    while (sector < to) {
      const cluster = store.clusterOf(sector + before);
      const slot = store.slotOf(cluster);
      const end = Math.min(store.clusterEnd(cluster) - before, to);
      if (slot < 0) {
        if (!this.#areAll(missing, sector, end)) return false;
      } else {
        const at = store.wordOffset(slot, sector + before - cluster * clusterSectors) + word;
        if (!this.#isWordIn(store.segmentToRead(slot), at, sector, end, word)) return false;
      }
      sector = end;
    }
    return true;
  }

  #isWordIn(words: Uint32Array, at: number, from: number, to: number, word: number): boolean {
    const made = this.#made;
    const expected = this.#words;
    const { wordsPerSector } = this.#tags;
    let index = from * wordsPerSector + word;
    const shift = at - index;
    for (let sector = from; sector < to; sector++) {
      if ((made[sector] ?? NO_PAYLOAD) < 0 || words[index + shift] !== expected[index]) return false;
      index += wordsPerSector;
    }
    return true;
  }

  #areAll(entry: number, from: number, to: number): boolean {
    const made = this.#made;
    for (let sector = from; sector < to; sector++) if (made[sector] !== entry) return false;
    return true;
  }

  /** Brings tags and bytes up to date with `content`, sector by sector where they differ. */
  #make(content: OverlayContent): void {
    const made = this.#made;
    for (let sector = 0; sector < made.length; sector++) {
      const tag = content[sector] ?? NOT_ALLOCATED;
      if (tag !== made[sector]) this.#makeSector(sector, content[sector]);
    }
    this.#content = content;
  }

  #makeSector(sector: number, tag: Tag | null | undefined): void {
    if (tag === null || tag === undefined || !this.#tags.hasPayload(tag)) {
      this.#made[sector] = tag === null ? NOT_ALLOCATED : NO_PAYLOAD;
      return;
    }
    const { wordsPerSector } = this.#tags;
    const at = sector * wordsPerSector;
    copyWords(this.#words, at, this.#tags.image(tag), at, wordsPerSector);
    this.#made[sector] = tag;
  }
}

function bytesOf(words: Uint32Array): Buffer {
  return Buffer.from(words.buffer, words.byteOffset, words.byteLength);
}
