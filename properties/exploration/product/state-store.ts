/**
 * The states that a search has visited, in memory that its workers share: each once, packed, with the state that it was
 * first reached from, so that the shortest path to it can be rebuilt. States are kept in the order in which they are found,
 * block by block; the blocks of one depth are the frontier of the next, so that no other queue is needed.
 *
 * The table over them is open addressing with linear probing. An entry is the number of a state plus one in its lower
 * bits, and some bits of its hash above, so that most other states are passed over without being looked at. Workers
 * write a state first and then publish it by one atomic exchange; who comes second finds the other's.
 */

const BLOCK_STATES = 64;
const INDEX_BITS = 26;
const INDEX_MASK = 2 ** INDEX_BITS - 1;
/** The table grows when it is fuller than this. */
const LOAD_MAX = 0.7;
const TABLE_SLOTS_FIRST = 2 ** 17;
const WORD_BYTES = 4;

/** States of one block; at most so many are expanded between two looks at whether the search should stop. */
export const STATES_PER_BLOCK = BLOCK_STATES;

/** Places in the shared counters. */
const BLOCKS = 0;
const SLOTS = 1;
const NEXT_BLOCK = 2;
const LEVEL_END = 3;
const DEPTH = 4;
const STATES = 5;
const COUNTERS = 8;

/** All memory of a store; can be handed to other threads. */
export interface StoreMemory {
  readonly words: number;
  readonly counters: SharedArrayBuffer;
  /** How many states each block holds. */
  readonly fills: SharedArrayBuffer;
  readonly records: SharedArrayBuffer;
  readonly table: SharedArrayBuffer;
}

export interface StoreSize {
  readonly states: number;
  readonly bytes: number;
}

/** Reserves room for what `bytesMax` can hold; memory is taken by the system only as it is used. */
export function reserveStore(words: number, bytesMax: number): StoreMemory {
  const recordBytes = (words + 1) * WORD_BYTES;
  // At worst a table has just doubled.
  const statesMax = Math.min(INDEX_MASK, Math.floor(bytesMax / (recordBytes + (2 * WORD_BYTES) / LOAD_MAX)));
  const blocksMax = Math.max(2, Math.floor(statesMax / BLOCK_STATES));
  const slotsMax = 2 ** Math.max(17, Math.ceil(Math.log2(statesMax / LOAD_MAX)));
  const memory = {
    words,
    counters: new SharedArrayBuffer(COUNTERS * WORD_BYTES),
    fills: new SharedArrayBuffer(blocksMax * WORD_BYTES),
    records: new SharedArrayBuffer(blocksMax * BLOCK_STATES * recordBytes),
    table: new SharedArrayBuffer(slotsMax * WORD_BYTES),
  };
  new Int32Array(memory.counters)[SLOTS] = TABLE_SLOTS_FIRST;
  return memory;
}

/** Of the memory of a store what holds something, the table left out, which `rebuild` makes anew. */
export function usedParts({ words, counters, fills, records }: StoreMemory): Uint8Array[] {
  const blocks = Atomics.load(new Int32Array(counters), BLOCKS);
  return [
    new Uint8Array(fills, 0, blocks * WORD_BYTES),
    new Uint8Array(records, 0, blocks * BLOCK_STATES * (words + 1) * WORD_BYTES),
  ];
}

export class StateStore {
  readonly #words: number;
  readonly #stride: number;
  readonly #counters: Int32Array;
  readonly #fills: Int32Array;
  readonly #records: Int32Array;
  readonly #table: Int32Array;
  readonly #blocksMax: number;
  /** The block that this worker fills, and how far; -1 before the first. */
  #block = -1;
  /** The last `insert` has met its state for the first time. */
  insertedNew = false;
  #fill = BLOCK_STATES;

  constructor(memory: StoreMemory) {
    this.#words = memory.words;
    this.#stride = memory.words + 1;
    this.#counters = new Int32Array(memory.counters);
    this.#fills = new Int32Array(memory.fills);
    this.#records = new Int32Array(memory.records);
    this.#table = new Int32Array(memory.table);
    this.#blocksMax = this.#fills.length;
  }

  get size(): StoreSize {
    const states = this.#counter(STATES);
    const records = this.#counter(BLOCKS) * BLOCK_STATES * this.#stride * WORD_BYTES;
    return { states, bytes: records + this.#counter(SLOTS) * WORD_BYTES };
  }

  /** How many operations the states that are expanded now are away from the first. */
  get depth(): number {
    return this.#counter(DEPTH);
  }

  /** Whether there is no room for so many states more. */
  isFullFor(states: number): boolean {
    const blocks = Math.ceil(states / BLOCK_STATES) + 1;
    return this.#counter(BLOCKS) + blocks > this.#blocksMax;
  }

  get mustGrow(): boolean {
    return this.#counter(STATES) > this.#counter(SLOTS) * LOAD_MAX;
  }

  /** The words of all records, of which that of `state` begin at `place(state)`. */
  get records(): Int32Array {
    return this.#records;
  }

  place(state: number): number {
    return state * this.#stride;
  }

  /** The state that `state` was first reached from; -1 for the first. */
  parent(state: number): number {
    return this.#records[state * this.#stride + this.#words] ?? -1;
  }

  /**
   * The number of the state with these words; `insertedNew` says whether it is new. `NO_ROOM` where there is no memory for it.
   * Entries are read as they are, which is a fraction of an atomic read. What that may miss is only newer: an empty entry is
   * filled by an exchange that sees what is there, and a state that is not found where its label stands is looked at again.
   */
  insert(words: Int32Array, parent: number): number {
    this.insertedNew = false;
    const table = this.#table;
    // The table only grows while no worker uses it.
    const mask = (this.#counters[SLOTS] ?? 0) - 1;
    const hash = hashOf(words, 0, this.#words);
    const label = (hash >>> INDEX_BITS) << INDEX_BITS;
    let slot = spread(hash) & mask;
    let written = -1;
    for (;;) {
      const entry = table[slot] ?? 0;
      if (entry === 0) {
        if (written === -1) written = this.#write(words, parent);
        if (written === NO_ROOM) return NO_ROOM;
        if (Atomics.compareExchange(table, slot, 0, label | (written + 1)) === 0) {
          this.#publish();
          this.insertedNew = true;
          return written;
        }
        continue;
      }
      if ((entry & ~INDEX_MASK) === label) {
        const state = (entry & INDEX_MASK) - 1;
        if (this.#holds(state, words)) return state;
        if (Atomics.load(table, slot) === entry && this.#holds(state, words)) return state;
      }
      slot = (slot + 1) & mask;
    }
  }

  /** The next block of the present depth to be expanded, or -1. */
  claim(): number {
    if (this.#counter(NEXT_BLOCK) >= this.#counter(LEVEL_END)) return -1;
    const block = Atomics.add(this.#counters, NEXT_BLOCK, 1);
    return block < this.#counter(LEVEL_END) ? block : -1;
  }

  /** The states of a block are `first` to `end` - 1. */
  block(block: number): { readonly first: number; readonly end: number } {
    const first = block * BLOCK_STATES;
    return { first, end: first + Atomics.load(this.#fills, block) };
  }

  /** This worker adds nothing more to the block it fills: blocks belong to one depth. */
  seal(): void {
    this.#block = -1;
    this.#fill = BLOCK_STATES;
  }

  /** Whether all blocks of the present depth have been claimed. */
  get isLevelDone(): boolean {
    return this.#counter(NEXT_BLOCK) >= this.#counter(LEVEL_END);
  }

  /** To the next depth, when all workers have sealed; false where it has no states. */
  advance(): boolean {
    const blocks = this.#counter(BLOCKS);
    const end = this.#counter(LEVEL_END);
    Atomics.store(this.#counters, NEXT_BLOCK, end);
    Atomics.store(this.#counters, LEVEL_END, blocks);
    if (end === blocks) return false;
    if (end > 0) Atomics.add(this.#counters, DEPTH, 1);
    return true;
  }

  /** How many states wait to be expanded at this depth. */
  get waiting(): number {
    const next = Math.min(this.#counter(NEXT_BLOCK), this.#counter(LEVEL_END));
    let sum = 0;
    for (let block = next; block < this.#counter(LEVEL_END); block++) sum += Atomics.load(this.#fills, block);
    return sum;
  }

  /** Doubles the table, in place, while no worker uses it. */
  grow(): void {
    const slots = this.#counter(SLOTS) * 2;
    if (slots > this.#table.length) return;
    Atomics.store(this.#counters, SLOTS, slots);
    this.rebuild();
  }

  /** Makes the table anew from the states. */
  rebuild(): void {
    const slots = this.#counter(SLOTS);
    if (slots > this.#table.length)
      throw new RangeError('the states of the checkpoint need more memory (--memory)');
    this.#table.fill(0, 0, slots);
    for (let block = 0; block < this.#counter(BLOCKS); block++) {
      const { first, end } = this.block(block);
      for (let state = first; state < end; state++) this.#reinsert(state, slots - 1);
    }
  }

  #reinsert(state: number, mask: number): void {
    const hash = hashOf(this.#records, state * this.#stride, this.#words);
    let slot = spread(hash) & mask;
    while (this.#table[slot] !== 0) slot = (slot + 1) & mask;
    this.#table[slot] = ((hash >>> INDEX_BITS) << INDEX_BITS) | (state + 1);
  }

  /** Writes the state where the next one of this worker goes; it counts only when published. */
  #write(words: Int32Array, parent: number): number {
    if (this.#fill === BLOCK_STATES) {
      if (this.#counter(BLOCKS) >= this.#blocksMax) return NO_ROOM;
      const block = Atomics.add(this.#counters, BLOCKS, 1);
      if (block >= this.#blocksMax) {
        Atomics.sub(this.#counters, BLOCKS, 1);
        return NO_ROOM;
      }
      this.#block = block;
      this.#fill = 0;
    }
    const state = this.#block * BLOCK_STATES + this.#fill;
    const at = state * this.#stride;
    for (let word = 0; word < this.#words; word++) this.#records[at + word] = words[word] ?? 0;
    this.#records[at + this.#words] = parent;
    return state;
  }

  #publish(): void {
    this.#fill++;
    Atomics.store(this.#fills, this.#block, this.#fill);
    Atomics.add(this.#counters, STATES, 1);
  }

  #holds(state: number, words: Int32Array): boolean {
    const at = state * this.#stride;
    for (let word = 0; word < this.#words; word++) {
      if (this.#records[at + word] !== words[word]) return false;
    }
    return true;
  }

  #counter(place: number): number {
    return Atomics.load(this.#counters, place);
  }
}

/** Returned by `insert`: the memory that was reserved is used up. */
export const NO_ROOM = -2;

function hashOf(words: Int32Array, at: number, count: number): number {
  let hash = 0x9e3779b9;
  for (let word = 0; word < count; word++) {
    hash = Math.imul(hash ^ (words[at + word] ?? 0), 0x85ebca6b);
    hash ^= hash >>> 15;
  }
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/** Bits for the slot that do not repeat those of the label. */
function spread(hash: number): number {
  return Math.imul(hash, 0x27d4eb2f) >>> 0;
}
