/**
 * The words by which a state is known. Of all renamings that its world allows (symmetry.ts) the one that names tags in
 * the order in which the model's layers show them; of exchanged clusters the order whose words are the smallest.
 * Active `[7 .|3 7]` becomes `[1 .|2 1]`.
 */
import type { ProductSkeletons, Skeleton } from './product-skeletons.ts';
import { stateWords } from './product-world.ts';
import type { ProductWorld } from './product-world.ts';
import { CHANGE_LENGTH } from './step-changes.ts';
import type { StepChanges } from './step-changes.ts';

const NO_ORDER = new Int32Array(0);

export class CanonicalState {
  readonly words: Int32Array;
  readonly #world: ProductWorld;
  readonly #skeletons: ProductSkeletons;
  /** For each permutation: where the content of each place comes from. */
  readonly #orders: readonly Int32Array[];
  readonly #candidate: Int32Array;
  readonly #before: Int32Array;
  /** Content is packed as it is: no state has another name. */
  readonly #isPlain: boolean;
  readonly #moved: Int32Array;

  constructor(world: ProductWorld, skeletons: ProductSkeletons) {
    this.#world = world;
    this.#skeletons = skeletons;
    this.words = new Int32Array(stateWords(world));
    this.#candidate = new Int32Array(this.words.length);
    this.#before = new Int32Array(this.words.length);
    const fields = world.derived.contentFields;
    this.#moved = new Int32Array(fields.length);
    this.#orders = world.permutations.map((moved) => {
      const sources = fields.map((target) =>
        fields.findIndex(({ name, sector }) => name === target.name && moved[sector] === target.sector),
      );
      return Int32Array.from(sources);
    });
    this.#isPlain = this.#orders.length === 0 && world.codec.isPlain;
  }

  /** The steps that `findAfter` is asked about begin with this content. */
  begin(content: Int32Array): void {
    if (this.#isPlain) this.#world.codec.pack(content, this.#before, 1);
  }

  /** The same as `find` for the state to which a step leads: `changes` are those of its content, after which it is `content`. */
  findAfter(skeleton: Skeleton, content: Int32Array, changes: StepChanges): boolean {
    if (!this.#isPlain) return this.find(skeleton, content);
    const { words } = this;
    const { codec } = this.#world;
    words[0] = skeleton.id;
    for (let word = 1; word < words.length; word++) words[word] = this.#before[word] ?? 0;
    for (let at = 0; at < changes.length; at += CHANGE_LENGTH) {
      const place = changes[at] ?? 0;
      codec.put(content[place] ?? 0, place, words, 1);
    }
    return true;
  }

  /** Leaves the words of the state in `words`; false where there is no memory for a skeleton. */
  find(skeleton: Skeleton, content: Int32Array): boolean {
    if (!this.#write(skeleton, content, this.words)) return false;
    for (let index = 0; index < this.#orders.length; index++) {
      const order = this.#orders[index] ?? NO_ORDER;
      const moved = this.#skeletons.moved(skeleton, index);
      if (moved === null) return false;
      for (let place = 0; place < order.length; place++) this.#moved[place] = content[order[place] ?? 0] ?? 0;
      if (!this.#write(moved, this.#moved, this.#candidate)) return false;
      if (isLess(this.#candidate, this.words)) this.words.set(this.#candidate);
    }
    return true;
  }

  #write(skeleton: Skeleton, content: Int32Array, into: Int32Array): boolean {
    const { codec, numbers } = this.#world;
    const isRenamed = codec.name(content);
    let named: Skeleton | null = skeleton;
    if (isRenamed && skeleton.differs) {
      named = this.#skeletons.intern(skeleton.model, numbers.renamed(skeleton.system, codec));
    }
    if (named === null) return false;
    into[0] = named.id;
    codec.pack(content, into, 1);
    return true;
  }
}

function isLess(left: Int32Array, right: Int32Array): boolean {
  for (let word = 0; word < left.length; word++) {
    const difference = (left[word] ?? 0) - (right[word] ?? 0);
    if (difference !== 0) return difference < 0;
  }
  return false;
}
