/**
 * A bitmap whose memory grows with the words that hold set bits, and which is cleared in constant time whatever it
 * holds: a sparse set (Briggs and Torczon, 1993) of 32-bit words. The table may hold stale numbers; an entry counts
 * only if the dense side names it back, so clearing forgets the dense side and touches nothing else.
 */
import { LeafTable, leafOf, nextLeafStart, placeInLeaf } from './leaf-table.ts';

const WORD_BITS = 32;
const WORD_SHIFT = 5;

export class SparseBitmap {
  /** In bits; at most 2^32. */
  readonly length: number;
  /** The dense index of each word of bits; it counts only if `#owners` names the word back. */
  readonly #table: LeafTable;
  #owners = new Uint32Array(4);
  #words = new Uint32Array(4);
  #used = 0;
  #count = 0;
  #version = 0;

  constructor(length: number) {
    this.length = length;
    this.#table = new LeafTable(Math.ceil(length / WORD_BITS));
  }

  /** How many bits are set. */
  get count(): number {
    return this.#count;
  }

  /** Another number than before if any bit may have changed since. */
  get version(): number {
    return this.#version;
  }

  /** Bytes of memory held, in use or kept for later. */
  get heldBytes(): number {
    return this.#table.heldBytes + this.#owners.byteLength + this.#words.byteLength;
  }

  clear(): void {
    this.#table.empty();
    this.#used = 0;
    this.#count = 0;
    this.#version++;
  }

  has(bit: number): boolean {
    const index = this.#indexOf(bit >>> WORD_SHIFT);
    return index >= 0 && (((this.#words[index] ?? 0) >>> (bit & 31)) & 1) === 1;
  }

  /** The bits of the 32 from `32 * group` on. */
  word(group: number): number {
    const index = this.#indexOf(group);
    return index < 0 ? 0 : (this.#words[index] ?? 0);
  }

  add(bit: number): void {
    const index = this.#claim(bit >>> WORD_SHIFT);
    const word = this.#words[index] ?? 0;
    const mask = 1 << (bit & 31);
    if ((word & mask) === 0) {
      this.#words[index] = word | mask;
      this.#count++;
      this.#version++;
    }
  }

  delete(bit: number): void {
    const index = this.#indexOf(bit >>> WORD_SHIFT);
    if (index < 0) return;
    const word = this.#words[index] ?? 0;
    const mask = 1 << (bit & 31);
    if ((word & mask) === 0) return;
    this.#words[index] = word & ~mask;
    this.#count--;
    this.#version++;
  }

  /** The first set bit in [from, end), or `end`; skips whole words, and whole leaves that were never touched. */
  nextSet(from: number, end: number): number {
    let bit = from;
    while (bit < end) {
      const group = bit >>> WORD_SHIFT;
      if (!this.#table.isInUse(leafOf(group))) {
        if (this.#table.isFar) return Math.min(this.#nextSetFar(bit), end);
        bit = nextLeafStart(group) * WORD_BITS;
        continue;
      }
      const index = this.#indexOf(group);
      const rest = index < 0 ? 0 : (this.#words[index] ?? 0) >>> (bit & 31);
      if (rest !== 0) return Math.min(bit + trailingZeros(rest), end);
      bit = (group + 1) * WORD_BITS;
    }
    return end;
  }

  /** The first set bit from `from` on, by a look at all words that hold bits; the words before `from` hold none of them. */
  #nextSetFar(from: number): number {
    let next = Infinity;
    for (let index = 0; index < this.#used; index++) {
      const first = (this.#owners[index] ?? 0) * WORD_BITS;
      const word = this.#words[index] ?? 0;
      if (first >= from && first < next && word !== 0) next = first + trailingZeros(word);
    }
    return next;
  }

  /** The first bit in [from, end) that is not set, or `end`. */
  nextClear(from: number, end: number): number {
    let bit = from;
    while (bit < end) {
      const group = bit >>> WORD_SHIFT;
      const index = this.#indexOf(group);
      if (index < 0) return bit;
      const rest = ~(this.#words[index] ?? 0) >>> (bit & 31);
      if (rest !== 0) return Math.min(bit + trailingZeros(rest), end);
      bit = (group + 1) * WORD_BITS;
    }
    return end;
  }

  /** Calls `visit` with each set bit, in no particular order; costs by the words that hold bits alone. */
  forEach(visit: (bit: number) => void): void {
    for (let index = 0; index < this.#used; index++) {
      const first = (this.#owners[index] ?? 0) * WORD_BITS;
      for (let rest = this.#words[index] ?? 0; rest !== 0; rest &= rest - 1)
        visit(first + trailingZeros(rest));
    }
  }

  /** The dense index of the word that holds bits `32 * group` and on, or -1 where none of them was set. */
  #indexOf(group: number): number {
    const leaf = this.#table.leaves[leafOf(group)];
    if (leaf === undefined) return -1;
    const index = leaf[placeInLeaf(group)] ?? 0;
    return index < this.#used && this.#owners[index] === group ? index : -1;
  }

  #claim(group: number): number {
    const known = this.#indexOf(group);
    if (known >= 0) return known;
    const index = this.#used;
    if (index === this.#owners.length) this.#growDense();
    this.#table.put(group, index);
    this.#owners[index] = group;
    this.#words[index] = 0;
    this.#used = index + 1;
    return index;
  }

  #growDense(): void {
    this.#owners = doubled(this.#owners);
    this.#words = doubled(this.#words);
  }
}

/** The same content in an array of twice the length. */
function doubled(words: Uint32Array): Uint32Array<ArrayBuffer> {
  const larger = new Uint32Array(words.length * 2);
  larger.set(words);
  return larger;
}

/** Of a word that is not zero. */
function trailingZeros(word: number): number {
  return 31 - Math.clz32(word & -word);
}
