/** The content of a state, renamed to its canonical names, as few 32-bit words. */
import { contentNumber, NO_CONTENT } from '../../../impl/state-access.ts';
import { tagsOf } from '../worlds/world.ts';
import type { World } from '../worlds/world.ts';

const WORD_BITS = 32;

export class ContentCodec {
  readonly wordCount: number;
  readonly #fieldCount: number;
  readonly #bits: number;
  readonly #perWord: number;
  /** Content numbers that can be exchanged, and a bit for each. */
  readonly #exchangeable: readonly number[];
  readonly #exchangeableMask: number;
  /** The canonical name of each content number, as `name` has found it last. */
  readonly #names: Int32Array;

  /** Of `fieldCount` numbers; `exchangeable` are tags. */
  constructor(world: World, fieldCount: number, exchangeable: readonly number[]) {
    const numbers = contentNumber(Math.max(...tagsOf(world))) + 1;
    this.#fieldCount = fieldCount;
    this.#bits = Math.ceil(Math.log2(numbers));
    this.#perWord = Math.floor(WORD_BITS / this.#bits);
    this.wordCount = Math.ceil(fieldCount / this.#perWord);
    this.#exchangeable = exchangeable.map(contentNumber);
    this.#exchangeableMask = this.#exchangeable.reduce((mask, number) => mask | (1 << number), 0);
    this.#names = Int32Array.from({ length: numbers }, (_, number) => number);
  }

  /** Names the tags of a content in the order in which they stand in it; says whether any gets another name. */
  name(content: Int32Array): boolean {
    const names = this.#names;
    let left = this.#exchangeableMask;
    let next = 0;
    let isRenamed = false;
    for (let index = 0; index < content.length && left !== 0; index++) {
      const number = content[index] ?? NO_CONTENT;
      if (((left >>> number) & 1) === 0) continue;
      left &= ~(1 << number);
      const name = this.#exchangeable[next++] ?? number;
      names[number] = name;
      if (name !== number) isRenamed = true;
    }
    for (; left !== 0; left &= left - 1) {
      const number = 31 - Math.clz32(left & -left);
      names[number] = this.#exchangeable[next++] ?? number;
    }
    return isRenamed;
  }

  /** No tag ever gets another name. */
  get isPlain(): boolean {
    return this.#exchangeableMask === 0;
  }

  /** Writes the number of one field to words that hold a content under its own names. */
  put(number: number, index: number, into: Int32Array, at: number): void {
    const word = Math.floor(index / this.#perWord);
    const shift = (index - word * this.#perWord) * this.#bits;
    const mask = (1 << this.#bits) - 1;
    into[at + word] = ((into[at + word] ?? 0) & ~(mask << shift)) | (number << shift);
  }

  /** The name of a content number; of foreign content there is none but itself. */
  nameOf(number: number): number {
    return this.#names[number] ?? number;
  }

  /** Writes the words of a content under its names to `into`, from `at` on. */
  pack(content: Int32Array, into: Int32Array, at: number): void {
    const names = this.#names;
    let index = 0;
    for (let word = 0; word < this.wordCount; word++) {
      const end = Math.min(index + this.#perWord, this.#fieldCount);
      let packed = 0;
      for (let shift = 0; index < end; shift += this.#bits) {
        packed |= (names[content[index++] ?? 0] ?? 0) << shift;
      }
      into[at + word] = packed;
    }
  }

  unpack(words: Int32Array, at: number, into: Int32Array): void {
    const mask = (1 << this.#bits) - 1;
    let index = 0;
    for (let word = 0; word < this.wordCount; word++) {
      let rest = words[at + word] ?? 0;
      for (const end = Math.min(index + this.#perWord, this.#fieldCount); index < end; rest >>>= this.#bits) {
        into[index++] = rest & mask;
      }
    }
  }
}
