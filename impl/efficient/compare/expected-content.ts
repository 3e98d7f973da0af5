/**
 * What a layer, or the view, is expected to hold: tags as given, kept from call to call so that only sectors whose tag has
 * changed are looked at again, and compared with the bytes that they stand for.
 */
import type { OverlayContent, Range, Tag } from '../../../model/vocabulary.ts';
import { partsWithin } from '../../gaps.ts';
import type { DiskPart } from '../../gaps.ts';
import type { ClusterStore } from '../memory/cluster-store.ts';
import { copyWords, sameWords } from '../memory/word-copy.ts';
import type { TagWords } from './tag-words.ts';

/** Stand for a sector that is not allocated, and for content that no tag has a payload for. No tag is as low. */
const NOT_ALLOCATED = -3;
const NO_PAYLOAD = -4;

/** Content of so many words is kept as the words that are expected: on short disks hardly a tag runs over two sectors. */
const KEPT_WORDS_MAX = 256;

export class ExpectedContent {
  readonly #tags: TagWords;
  readonly #parts: readonly DiskPart[];
  readonly #made: Int32Array;
  /** The payloads of `#made`, where it is short; anything where there is none. */
  readonly #words: Uint32Array | null;
  /** Expectations are never changed once given, so the same array need not be gone through again. */
  #content: OverlayContent = [];
  /** The version of the store in which all of `#content` was found last; -1 for none. */
  #heldVersion = -1;
  /** Of the sectors for which something else was last expected: none lies outside. */
  #changedFrom = 0;
  #changedEnd = 0;

  /** Of a case whose sectors lie on the disk in these parts. */
  constructor(parts: readonly DiskPart[], tags: TagWords) {
    const lengthSectors = parts.at(-1)?.end ?? 0;
    this.#parts = parts;
    this.#tags = tags;
    this.#made = new Int32Array(lengthSectors).fill(NO_PAYLOAD);
    const words = lengthSectors * tags.wordsPerSector;
    this.#words = words <= KEPT_WORDS_MAX ? new Uint32Array(words) : null;
  }

  /**
   * Whether `words`, from `at` on, hold sectors [from, to) of `content` to the last byte. Content that no tag has a
   * payload for (null, `UNKNOWN_TAG`) is held by nothing.
   */
  isIn(words: Uint32Array, at: number, content: OverlayContent, from: number, to: number): boolean {
    if (content !== this.#content) this.#make(content, 0, this.#made.length);
    return this.#areIn(words, at, from, to);
  }

  #areIn(words: Uint32Array, at: number, from: number, to: number): boolean {
    const expected = this.#words;
    if (expected === null) return this.#runsAreIn(words, at, from, to);
    const made = this.#made;
    for (let sector = from; sector < to; sector++) if ((made[sector] ?? NO_PAYLOAD) < 0) return false;
    const { wordsPerSector } = this.#tags;
    return sameWords(words, at, expected, from * wordsPerSector, (to - from) * wordsPerSector);
  }

  /** Runs of sectors with the same tag at once: their payloads lie side by side. */
  #runsAreIn(words: Uint32Array, at: number, from: number, to: number): boolean {
    const made = this.#made;
    const { wordsPerSector } = this.#tags;
    const shift = at - from * wordsPerSector;
    for (let sector = from, end; sector < to; sector = end) {
      const tag = made[sector] ?? NO_PAYLOAD;
      if (tag < 0) return false;
      end = sector + 1;
      while (end < to && made[end] === tag) end++;
      if (!this.#tags.holds(words, sector * wordsPerSector + shift, tag, sector, end - sector)) return false;
    }
    return true;
  }

  /** Whether all of `content` was found in the store the last time, and nothing was written to it since. */
  isStillHeldBy(store: ClusterStore, content: OverlayContent): boolean {
    return content === this.#content && store.version === this.#heldVersion;
  }

  /** Takes it for wholly held where word `word` of each sector is: what has been loaded, and nobody has touched yet. */
  isHeldAsLoadedBy(store: ClusterStore, absent: 0 | null, content: OverlayContent, word: number): boolean {
    this.#heldVersion = -1;
    if (!this.isSampledIn(store, absent, content, 0, this.#made.length, word)) return false;
    this.#held(store);
    return true;
  }

  /**
   * Whether a store holds all of `content`; sectors without a cluster must be `absent`. Where all was held before it is looked
   * at only where something else is expected than then, or the store has been written to since.
   */
  isWhollyHeldBy(
    store: ClusterStore,
    absent: 0 | null,
    content: OverlayContent,
    reach: Range | null,
  ): boolean {
    if (this.isStillHeldBy(store, content)) return true;
    const length = this.#made.length;
    // The store counts its own sectors, gaps included.
    const isWhole = this.#heldVersion === -1 || this.#parts.length > 1;
    this.expect(content, isWhole ? null : reach);
    const from = isWhole ? 0 : Math.min(this.#changedFrom, store.touchedFrom);
    const to = isWhole ? length : Math.min(Math.max(this.#changedEnd, store.touchedEnd), length);
    this.#heldVersion = -1;
    if (from < to && !this.isHeldBy(store, absent, content, from, to)) return false;
    this.#held(store);
    return true;
  }

  #held(store: ClusterStore): void {
    this.#heldVersion = store.version;
    store.forgetTouched();
  }

  /**
   * Sectors [changedFrom, changedEnd) are all for which something else is expected now than at the last call; none lies
   * outside of `reach`, where that is known.
   */
  expect(content: OverlayContent, reach: Range | null): void {
    const length = this.#made.length;
    this.#changedFrom = length;
    this.#changedEnd = 0;
    if (content === this.#content) return;
    if (reach === null) this.#make(content, 0, length);
    else this.#make(content, reach.sector, Math.min(reach.sector + reach.count, length));
  }

  get changedFrom(): number {
    return this.#changedFrom;
  }

  get changedEnd(): number {
    return this.#changedEnd;
  }

  /** The same question about sectors [from, to) of the case. */
  isHeldBy(
    store: ClusterStore,
    absent: 0 | null,
    content: OverlayContent,
    from: number,
    to: number,
  ): boolean {
    if (content !== this.#content) this.#make(content, 0, this.#made.length);
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
    if (content !== this.#content) this.#make(content, 0, this.#made.length);
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
    const { wordsPerSector } = this.#tags;
    let index = from * wordsPerSector + word;
    const shift = at - index;
    for (let sector = from; sector < to; sector++) {
      const tag = this.#made[sector] ?? NO_PAYLOAD;
      if (tag < 0 || words[index + shift] !== this.#tags.image(tag)[index]) return false;
      index += wordsPerSector;
    }
    return true;
  }

  #areAll(entry: number, from: number, to: number): boolean {
    const made = this.#made;
    for (let sector = from; sector < to; sector++) if (made[sector] !== entry) return false;
    return true;
  }

  /** Brings the tags of [from, to), outside of which they are, up to date with `content`. */
  #make(content: OverlayContent, from: number, to: number): void {
    const made = this.#made;
    this.#heldVersion = -1;
    for (let sector = from; sector < to; sector++) {
      const tag = content[sector] ?? NOT_ALLOCATED;
      if (tag === made[sector]) continue;
      made[sector] = tag === NOT_ALLOCATED ? tag : this.#expectTag(tag, sector);
      if (sector < this.#changedFrom) this.#changedFrom = sector;
      this.#changedEnd = sector + 1;
    }
    this.#content = content;
  }

  #expectTag(tag: Tag, sector: number): Tag {
    if (!this.#tags.hasPayload(tag)) return NO_PAYLOAD;
    if (this.#words !== null) {
      const { wordsPerSector } = this.#tags;
      const at = sector * wordsPerSector;
      copyWords(this.#words, at, this.#tags.image(tag), at, wordsPerSector);
    }
    return tag;
  }
}
