/**
 * A table of whole numbers, one an index, made of leaves of which only those in use have memory. Emptying it is constant
 * time: leaves stay where they are, stale, and are taken for other places when those are first needed. Memory is thus
 * bounded by the leaves in use at any one time, not by all the places that were ever used.
 */

const LEAF_SHIFT = 9;
const LEAF_LENGTH = 1 << LEAF_SHIFT;
/** Up to here a table has a place for each leaf; beyond, arrays with holes cost by the leaves in use alone. */
const DENSE_LEAVES_MAX = 2 ** 12;

/** Which leaf holds an index, and where. */
export function leafOf(index: number): number {
  return index >>> LEAF_SHIFT;
}

export function placeInLeaf(index: number): number {
  return index & (LEAF_LENGTH - 1);
}

/** The first index that the next leaf holds. */
export function nextLeafStart(index: number): number {
  return (leafOf(index) + 1) * LEAF_LENGTH;
}

export class LeafTable {
  /** So long that going through it leaf by leaf costs more than looking at all that is in use. */
  readonly isFar: boolean;
  /** By leaf number. A leaf may be stale: the user of the table must distinguish old entries from new ones. */
  readonly leaves: (Int32Array | undefined)[];
  readonly #leafLength: number;
  /** The leaf numbers that have memory, and the interval in which each was last taken or used for a new entry. */
  readonly #owners: number[] = [];
  readonly #stamps: Float64Array | number[];
  #interval = 1;
  /** Where among `#owners` the last look for a stale leaf ended. */
  #hand = 0;
  /** How many owners are known to be in use in this interval. */
  #inUse = 0;

  /** For indexes below `length`, which is at most 2^32. */
  constructor(length: number) {
    this.#leafLength = Math.min(length, LEAF_LENGTH);
    const count = Math.ceil(length / LEAF_LENGTH);
    this.isFar = count > DENSE_LEAVES_MAX;
    this.leaves = this.isFar ? [] : Array.from({ length: count }, () => undefined);
    this.#stamps = this.isFar ? [] : new Float64Array(count);
  }

  /** Bytes of memory held by leaves, in use or stale. */
  get heldBytes(): number {
    return this.#owners.length * this.#leafLength * Int32Array.BYTES_PER_ELEMENT;
  }

  /** Makes every leaf stale. */
  empty(): void {
    this.#interval++;
    this.#inUse = 0;
  }

  /** Overwrites every entry. */
  wipe(value: number): void {
    for (const owner of this.#owners) this.leaves[owner]?.fill(value);
  }

  /** Puts a new entry; the leaf is in use from now on. */
  put(index: number, value: number): void {
    const number = leafOf(index);
    const leaf = this.leaves[number] ?? this.#take(number);
    this.#stamps[number] = this.#interval;
    leaf[placeInLeaf(index)] = value;
  }

  /** Whether a leaf holds entries that were put since the table was last emptied. */
  isInUse(number: number): boolean {
    return this.#stamps[number] === this.#interval;
  }

  /** A stale leaf if there is one, else new memory. Every owner is looked at once in an interval at most. */
  #take(number: number): Int32Array {
    while (this.#inUse < this.#owners.length) {
      this.#hand = this.#hand + 1 < this.#owners.length ? this.#hand + 1 : 0;
      this.#inUse++;
      const owner = this.#owners[this.#hand] ?? 0;
      const leaf = this.leaves[owner];
      if (leaf === undefined || this.isInUse(owner)) continue;
      this.leaves[owner] = undefined;
      this.#owners[this.#hand] = number;
      this.leaves[number] = leaf;
      return leaf;
    }
    const made = new Int32Array(this.#leafLength);
    this.#owners.push(number);
    this.#inUse++;
    this.leaves[number] = made;
    return made;
  }
}
