/**
 * The state of model and system together as few 32-bit words: the canonical form in which the search knows states. Of
 * all renamings of a state that its world allows (symmetry.ts) the canonical one names tags in the order in which the
 * model's layers show them; of exchanged clusters it takes the order whose words are the smallest.
 */
import { FOREIGN_CONTENT, NO_CONTENT } from '../../impl/state-access.ts';
import type { StateField } from '../../impl/state-access.ts';
import { contentNumber, tagOfContent } from '../../impl/state-access.ts';
import { exchangeableTags, sectorPermutations } from './symmetry.ts';
import type { World } from './world.ts';

export interface ProductLayout {
  readonly model: readonly StateField[];
  readonly system: readonly StateField[];
  /** Fields of the search itself: what the laws remember. */
  readonly laws: readonly StateField[];
}

/** A number that has no place in its field: the world goes on beyond what the search can tell apart. */
export class FieldOverflow extends Error {
  override readonly name = 'FieldOverflow';
}

const WORD_BITS = 32;

export class ProductCodec {
  /** How many numbers a state has, and how many words. */
  readonly fieldCount: number;
  readonly wordCount: number;
  readonly #layout: readonly StateField[];
  /** Which part of the layout a field belongs to. */
  readonly #parts: readonly (keyof ProductLayout)[];
  readonly #words: Int32Array;
  readonly #shifts: Int32Array;
  readonly #limits: Int32Array;
  readonly #isContent: Uint8Array;
  /** The content fields of the model, in whose order tags are named. */
  readonly #naming: Int32Array;
  /** Content numbers that can be exchanged. */
  readonly #exchangeable: readonly number[];
  readonly #isExchangeable: Uint8Array;
  readonly #names: Int32Array;
  readonly #foreign: number;
  /** For each permutation of sectors: where field `index` of a permuted state comes from. */
  readonly #sources: readonly Int32Array[];
  readonly #moved: Int32Array;
  readonly #candidate: Int32Array;

  constructor(world: World, { model, system, laws }: ProductLayout, reduction: 'reduced' | 'unreduced') {
    this.#layout = [...model, ...system, ...laws];
    this.#parts = [
      ...model.map(() => 'model' as const),
      ...system.map(() => 'system' as const),
      ...laws.map(() => 'laws' as const),
    ];
    this.fieldCount = this.#layout.length;
    const tags = tagsOf(world);
    this.#foreign = contentNumber(Math.max(0, ...tags)) + 1;
    const places = this.#place();
    this.#words = places.words;
    this.#shifts = places.shifts;
    this.#limits = places.limits;
    this.wordCount = places.count;
    this.#isContent = Uint8Array.from(this.#layout, ({ kind }) => (kind === 'content' ? 1 : 0));
    this.#naming = Int32Array.from(model.flatMap(({ kind }, index) => (kind === 'content' ? [index] : [])));
    this.#exchangeable = reduction === 'reduced' ? exchangeableTags(world).map(contentNumber) : [];
    this.#isExchangeable = new Uint8Array(this.#foreign + 1);
    for (const number of this.#exchangeable) this.#isExchangeable[number] = 1;
    this.#names = new Int32Array(this.#foreign + 1);
    const permutations = reduction === 'reduced' ? sectorPermutations(world).slice(1) : [];
    this.#sources = permutations.map((moved) => this.#sourcesOf(moved));
    this.#moved = new Int32Array(this.fieldCount);
    this.#candidate = new Int32Array(this.wordCount);
  }

  /** Bits of the whole state. */
  get bits(): number {
    return this.#layout.reduce((sum, field) => sum + bitsOf(this.#valuesOf(field)), 0);
  }

  /** How many states can be told apart by exchanging tags and clusters alone: what the reduction saves at best. */
  get renamings(): number {
    const tags = this.#exchangeable.reduce((product, _, index) => product * (index + 1), 1);
    return tags * (this.#sources.length + 1);
  }

  /** Writes the canonical form of the state with these numbers to `into`. Throws a `FieldOverflow`. */
  pack(fields: Int32Array, into: Int32Array): void {
    this.#nameTags(fields);
    this.#packAs(fields, into);
    if (this.#sources.length === 0) return;
    for (const sources of this.#sources) {
      for (let index = 0; index < this.fieldCount; index++) this.#moved[index] = fields[sources[index] ?? 0] ?? 0;
      this.#nameTags(this.#moved);
      this.#packAs(this.#moved, this.#candidate);
      if (isLess(this.#candidate, into)) into.set(this.#candidate);
    }
  }

  /** The numbers of a packed state, `FOREIGN_CONTENT` included. */
  unpack(words: Int32Array, at: number, into: Int32Array): void {
    for (let index = 0; index < this.fieldCount; index++) {
      const word = words[at + (this.#words[index] ?? 0)] ?? 0;
      const value = (word >>> (this.#shifts[index] ?? 0)) & ((this.#limits[index] ?? 1) - 1);
      into[index] = this.#isContent[index] === 1 && value === this.#foreign ? FOREIGN_CONTENT : value;
    }
  }

  /** The tags that stand for those of a state in its canonical form, by tag; only where clusters stay in place. */
  renaming(fields: Int32Array): ReadonlyMap<number, number> {
    this.#nameTags(fields);
    return new Map(
      this.#exchangeable.map((number) => [tagOfContent(number), tagOfContent(this.#names[number] ?? number)]),
    );
  }

  get movesClusters(): boolean {
    return this.#sources.length > 0;
  }

  #nameTags(fields: Int32Array): void {
    const names = this.#names;
    for (let number = 0; number < names.length; number++) names[number] = number;
    if (this.#exchangeable.length === 0) return;
    const exchangeable = this.#exchangeable;
    let next = 0;
    let named = 0;
    for (let index = 0; index < this.#naming.length && next < exchangeable.length; index++) {
      const number = fields[this.#naming[index] ?? 0] ?? 0;
      if (number <= NO_CONTENT || this.#isExchangeable[number] !== 1 || ((named >>> number) & 1) === 1) continue;
      named |= 1 << number;
      names[number] = exchangeable[next++] ?? number;
    }
    for (const number of exchangeable) {
      if (((named >>> number) & 1) === 0) names[number] = exchangeable[next++] ?? number;
    }
  }

  #packAs(fields: Int32Array, into: Int32Array): void {
    into.fill(0);
    for (let index = 0; index < this.fieldCount; index++) {
      let value = fields[index] ?? 0;
      if (value === 0) continue;
      if (this.#isContent[index] === 1) value = value < 0 ? this.#foreign : (this.#names[value] ?? value);
      if (value < 0 || value >= (this.#limits[index] ?? 1)) this.#overflow(index, value);
      const word = this.#words[index] ?? 0;
      into[word] = (into[word] ?? 0) | (value << (this.#shifts[index] ?? 0));
    }
  }

  #overflow(index: number, value: number): never {
    const field = this.#layout[index];
    const where = field?.node === null ? 'the host' : `node ${field?.node}`;
    throw new FieldOverflow(`${field?.name} of ${where} is ${value}: states are told apart below ${this.#limits[index]}`);
  }

  #valuesOf({ kind, values }: StateField): number {
    return kind === 'content' ? this.#foreign + 1 : values;
  }

  /** Fields in their order, none across two words. */
  #place() {
    const words = new Int32Array(this.#layout.length);
    const shifts = new Int32Array(this.#layout.length);
    const limits = new Int32Array(this.#layout.length);
    let word = 0;
    let used = 0;
    for (const [index, field] of this.#layout.entries()) {
      const bits = bitsOf(this.#valuesOf(field));
      if (used + bits > WORD_BITS) {
        word++;
        used = 0;
      }
      words[index] = word;
      shifts[index] = Math.min(used, WORD_BITS - 1);
      limits[index] = 2 ** bits;
      used += bits;
    }
    return { words, shifts, limits, count: word + 1 };
  }

  #sourcesOf(moved: readonly number[]): Int32Array {
    const placeOf = (index: number, { name }: StateField, sector: number | null): string =>
      `${this.#parts[index]} ${name} ${sector}`;
    const places = new Map(this.#layout.map((field, index) => [placeOf(index, field, field.sector), index]));
    const sources = Int32Array.from(this.#layout.keys());
    for (const [index, field] of this.#layout.entries()) {
      if (field.sector === null || field.name.startsWith('request')) continue;
      const target = places.get(placeOf(index, field, moved[field.sector] ?? field.sector));
      if (target !== undefined) sources[target] = index;
    }
    return sources;
  }
}

function bitsOf(values: number): number {
  return Math.ceil(Math.log2(values));
}

function isLess(left: Int32Array, right: Int32Array): boolean {
  for (let word = 0; word < left.length; word++) {
    const difference = (left[word] ?? 0) - (right[word] ?? 0);
    if (difference !== 0) return difference < 0;
  }
  return false;
}

function tagsOf({ setup, alphabet }: World): number[] {
  const initial = setup.nodes.flatMap(({ initialContent }) => initialContent.map(({ tag }) => tag));
  return [0, ...initial, ...alphabet.flatMap((operation) => ('tag' in operation ? [operation.tag] : []))];
}
