/**
 * A state of model and system without the content that they share: the numbers of both that are no content, what the
 * laws remember, and where the system's content is not the model's. There are few of these, and each has a number that
 * all workers know it by.
 */
import type { StateField } from '../../../impl/state-access.ts';
import type { Observation, Outcome } from '../../../model/vocabulary.ts';
import type { DerivedStep } from './derived-steps.ts';
import { movedFields } from '../encoding/moved-fields.ts';
import type { FieldMove } from '../encoding/moved-fields.ts';
import type { StateStore } from './state-store.ts';
import type { StepChanges } from './step-changes.ts';

/** What an operation does to the states of a skeleton, as far as it is known. */
export interface SkeletonStep {
  readonly derived: DerivedStep;
  /** What becomes of the content. */
  readonly contentChanges: StepChanges;
  /** The skeleton that the system was seen to agree in; null before the first time. */
  usual: Skeleton | null;
  /** What becomes of the numbers of the system where it agrees in that skeleton. */
  usualChanges: StepChanges;
  /** An answer that was seen to be right for all content, and that nobody can change; null where there is none. */
  rightAnswer: Outcome | null;
}

export interface Skeleton {
  readonly id: number;
  /** The numbers of model and laws, with 1 for content and 0 for none. */
  readonly model: Int32Array;
  /** The numbers of the system; a content field has 0 where it equals the model's, else more than its content number. */
  readonly system: Int32Array;
  /** Some content of the system is not the model's. */
  readonly differs: boolean;
  /** Of each node, as `DerivedSteps` gives it; null before it was first asked for. */
  observations: readonly Observation[] | null;
  /** By operation, tags aside. */
  readonly steps: (SkeletonStep | undefined)[];
  /** By permutation of sectors: the skeleton that this one becomes. */
  readonly moved: (Skeleton | undefined)[];
}

export class ProductSkeletons {
  /** Numbers of a skeleton. */
  readonly length: number;
  readonly #store: StateStore;
  readonly #modelLength: number;
  readonly #isSystemContent: Uint8Array;
  readonly #moves: readonly FieldMove[];
  readonly #known: (Skeleton | undefined)[] = [];
  readonly #vector: Int32Array;
  readonly #movedVector: Int32Array;

  constructor(
    store: StateStore,
    model: readonly StateField[],
    system: readonly StateField[],
    permutations: readonly (readonly number[])[],
  ) {
    this.#store = store;
    this.#modelLength = model.length;
    this.length = model.length + system.length;
    this.#isSystemContent = Uint8Array.from(system, ({ kind }) => (kind === 'content' ? 1 : 0));
    this.#moves = permutations.map((moved) => movedFields([model, system], moved));
    this.#vector = new Int32Array(this.length);
    this.#movedVector = new Int32Array(this.length);
  }

  /** The skeleton with these numbers; null where there is no memory for another. */
  intern(model: Int32Array, system: Int32Array): Skeleton | null {
    this.#vector.set(model);
    this.#vector.set(system, this.#modelLength);
    return this.#internVector(this.#vector);
  }

  of(id: number): Skeleton {
    return this.#known[id] ?? this.#learn(id);
  }

  /** What a skeleton becomes where sectors change places by permutation `index`. */
  moved(skeleton: Skeleton, index: number): Skeleton | null {
    const known = skeleton.moved[index];
    if (known !== undefined) return known;
    this.#vector.set(skeleton.model);
    this.#vector.set(skeleton.system, this.#modelLength);
    this.#moves[index]?.(this.#vector, this.#movedVector);
    const found = this.#internVector(this.#movedVector);
    if (found !== null) skeleton.moved[index] = found;
    return found;
  }

  #internVector(vector: Int32Array): Skeleton | null {
    const id = this.#store.insert(vector, -1);
    return id < 0 ? null : this.of(id);
  }

  #learn(id: number): Skeleton {
    const at = this.#store.place(id);
    const vector = this.#store.records.slice(at, at + this.length);
    const system = vector.slice(this.#modelLength);
    const skeleton: Skeleton = {
      id,
      model: vector.slice(0, this.#modelLength),
      system,
      differs: system.some((number, index) => number !== 0 && this.#isSystemContent[index] === 1),
      observations: null,
      steps: [],
      moved: [],
    };
    while (this.#known.length <= id) this.#known.push(undefined);
    this.#known[id] = skeleton;
    return skeleton;
  }
}
