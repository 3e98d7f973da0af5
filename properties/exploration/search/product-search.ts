/**
 * Expands states of model and system together: from each, every operation of the alphabet is applied to the system, and
 * outcome and state are compared with what the model makes of it, on every transition. What is to be observed is looked
 * at in every state that is new: a state that was met before is the same state of the model and the same state of the
 * system, to the last byte that anything refers to, so looking again would show the same.
 */
import { SystemLost } from '../../../impl/system-lost.ts';
import { answerOrLoss } from '../../comparison/lost-system.ts';
import { contentNumber, NO_CONTENT } from '../../../impl/state-access.ts';
import type { Host } from '../../../model/node.ts';
import type { Operation } from '../../../model/operations.ts';
import type { Outcome } from '../../../model/vocabulary.ts';
import { sameOutcome } from '../../comparison/comparison.ts';
import { CanonicalState } from '../product/canonical-state.ts';
import { contentOf, observeAll } from '../product/derived-steps.ts';
import { ProductSkeletons } from '../product/product-skeletons.ts';
import type { Skeleton, SkeletonStep } from '../product/product-skeletons.ts';
import type { ProductWorld } from '../product/product-world.ts';
import type { StateStore } from '../product/state-store.ts';
import { templatesOf } from '../worlds/world.ts';
import type { Template } from '../worlds/world.ts';

/** Where a search had to stop: at this operation in this state. */
export interface Stumble {
  readonly kind: 'divergence' | 'no room';
  readonly state: number;
  /** Index in the alphabet. */
  readonly operation: number;
}

/** Receives what a search reaches. */
export interface SearchListener {
  expanding?(state: number, host: Host): void;
}

/** A state under the names that a run gives its tags, and not under the canonical ones. */
export interface Position {
  readonly skeleton: Skeleton;
  readonly content: Int32Array;
}

/** An operation of the alphabet, and where it leads; null where system and model part. */
export interface Move {
  readonly operation: number;
  readonly to: Position | null;
}

export class ProductSearch {
  transitions = 0;
  readonly #world: ProductWorld;
  readonly #skeletons: ProductSkeletons;
  readonly #canonical: CanonicalState;
  readonly #store: StateStore;
  readonly #listener: SearchListener;
  readonly #templates: readonly Template[];
  /** Content of the model and numbers of the system in the state that is expanded, and after an operation. */
  readonly #content: Int32Array;
  readonly #contentAfter: Int32Array;
  readonly #saved: Int32Array;
  readonly #savedAfter: Int32Array;
  /** The system is in another state than the one that is expanded. */
  #isElsewhere = false;
  /** Where the last operation has led. */
  #next = -1;
  #after: Position | null = null;
  /** Looks at what is to be observed also in states that are known. */
  #looksAgain = false;

  constructor(
    world: ProductWorld,
    store: StateStore,
    skeletonStore: StateStore,
    listener: SearchListener = {},
  ) {
    const { derived, systemLayout, permutations } = world;
    this.#world = world;
    this.#store = store;
    this.#listener = listener;
    this.#skeletons = new ProductSkeletons(skeletonStore, derived.layout, systemLayout, permutations);
    this.#canonical = new CanonicalState(world, this.#skeletons);
    this.#templates = templatesOf(world.world);
    this.#content = new Int32Array(derived.contentFields.length);
    this.#contentAfter = new Int32Array(derived.contentFields.length);
    this.#saved = new Int32Array(systemLayout.length);
    this.#savedAfter = new Int32Array(systemLayout.length);
  }

  /** Puts the state before the first operation into the store; false where it is not what the model says. */
  begin(): boolean {
    const { skeleton, content } = this.initialPosition();
    if (!this.#canonical.find(skeleton, content)) throw new RangeError('there is no memory for a search');
    this.#store.insert(this.#canonical.words, -1);
    return this.#agrees(skeleton, content);
  }

  /** Expands the states of one block, until there is something to stop for. */
  expandBlock(block: number): Stumble | null {
    const { first, end } = this.#store.block(block);
    for (let state = first; state < end; state++) {
      const found = this.#expand(state);
      if (found !== null) return found;
    }
    return null;
  }

  /** Where every run begins. */
  initialPosition(): Position {
    const { system, states, world, derived, numbers } = this.#world;
    const { skeleton, content } = derived.initial();
    system.load(world.setup);
    states.layout(world.alphabet);
    states.save(this.#savedAfter);
    const first = this.#skeletons.intern(skeleton, numbers.differences(this.#savedAfter, content));
    if (first === null) throw new RangeError('there is no memory for a search');
    return { skeleton: first, content };
  }

  /** The first operation that leads from `position` to a state, or, for null, to where system and model part. */
  follow({ skeleton, content }: Position, target: number | null): Move | null {
    this.#content.set(content);
    this.#world.numbers.restore(skeleton, this.#content, this.#saved);
    this.#requireRestored();
    this.#looksAgain = true;
    let found: Move | null = null;
    for (let operation = 0; operation < this.#templates.length && found === null; operation++) {
      if (this.#isElsewhere) this.#world.states.restore(this.#saved);
      this.#next = -1;
      this.#after = null;
      const kind = this.#take(skeleton, operation, -1);
      if (kind === 'divergence' && target === null) found = { operation, to: null };
      if (kind === null && target !== null && this.#next === target) found = { operation, to: this.#after };
    }
    this.#looksAgain = false;
    return found;
  }

  #expand(state: number): Stumble | null {
    const { codec, numbers, states } = this.#world;
    const at = this.#store.place(state);
    const skeleton = this.#skeletons.of(this.#store.records[at] ?? 0);
    codec.unpack(this.#store.records, at + 1, this.#content);
    numbers.restore(skeleton, this.#content, this.#saved);
    this.#requireRestored();
    this.#listener.expanding?.(state, this.#host(skeleton, this.#content));
    for (let index = 0; index < this.#templates.length; index++) {
      if (this.#isElsewhere) states.restore(this.#saved);
      const kind = this.#take(skeleton, index, state);
      if (kind !== null) return { kind, state, operation: index };
    }
    return null;
  }

  /** All that follows is worth nothing if the system does not take back what it has handed out. */
  #requireRestored(): void {
    const { states, system } = this.#world;
    states.restore(this.#saved);
    states.save(this.#savedAfter);
    this.#isElsewhere = false;
    for (let index = 0; index < this.#saved.length; index++) {
      if (this.#saved[index] !== this.#savedAfter[index]) {
        throw new Error(
          `${system.name} does not restore what it has saved: field ${index} is ${this.#savedAfter[index]}, not ${this.#saved[index]}`,
        );
      }
    }
  }

  #take(skeleton: Skeleton, index: number, state: number): Stumble['kind'] | null {
    const template = this.#templates[index];
    if (template === undefined) return null;
    this.transitions++;
    const { system, states, numbers } = this.#world;
    const step = skeleton.steps[template.number] ?? this.#learn(skeleton, template);
    const { derived } = step;
    const actual = answerOrLoss(system, template.operation);
    if (actual instanceof SystemLost) return 'divergence';
    if (!answers(derived.outcome, actual, this.#content, template.written)) return 'divergence';
    if (!derived.lawsHold && !this.#lawsHold(skeleton, template.operation)) return 'divergence';
    states.save(this.#savedAfter);
    const content =
      derived.moves.length === 0 ? this.#content : this.#moveContent(derived.moves, template.written);
    const { usual } = step;
    const after =
      usual !== null && numbers.match(this.#savedAfter, usual, content) ? usual : this.#meet(step, content);
    if (after === null) return 'no room';
    if (after === skeleton && content === this.#content) {
      this.#isElsewhere = false;
      return null;
    }
    this.#isElsewhere = true;
    return this.#visit(after, content, state);
  }

  /** Puts the state into the store and, where it is new, compares what is to be observed. */
  #visit(after: Skeleton, content: Int32Array, parent: number): Stumble['kind'] | null {
    if (!this.#canonical.find(after, content)) return 'no room';
    const next = this.#store.insert(this.#canonical.words, parent);
    if (next < 0) return 'no room';
    if (this.#looksAgain) {
      this.#next = next;
      this.#after = { skeleton: after, content: content.slice() };
    } else if (!this.#store.insertedNew) {
      return null;
    }
    return this.#agrees(after, content) ? null : 'divergence';
  }

  #moveContent(moves: Int32Array, written: number): Int32Array {
    const before = this.#content;
    const after = this.#contentAfter;
    for (let place = 0; place < before.length; place++) after[place] = before[place] ?? NO_CONTENT;
    for (let move = 0; move < moves.length; move += 2) {
      after[moves[move] ?? 0] = contentOf(moves[move + 1] ?? NO_CONTENT, before, written);
    }
    return after;
  }

  #learn(skeleton: Skeleton, { number, operation }: Template): SkeletonStep {
    const step: SkeletonStep = {
      derived: this.#world.derived.derive(skeleton.model, operation),
      usual: null,
    };
    while (skeleton.steps.length <= number) skeleton.steps.push(undefined);
    skeleton.steps[number] = step;
    return step;
  }

  /** The skeleton of the state that the system is in now. */
  #meet(step: SkeletonStep, content: Int32Array): Skeleton | null {
    const system = this.#world.numbers.differences(this.#savedAfter, content);
    const found = this.#skeletons.intern(step.derived.skeleton, system);
    step.usual ??= found;
    return found;
  }

  #lawsHold(skeleton: Skeleton, operation: Operation): boolean {
    return this.#world.derived.lawsHoldFrom(this.#modelNumbers(skeleton, this.#content), operation);
  }

  #agrees(skeleton: Skeleton, content: Int32Array): boolean {
    const { system } = this.#world;
    return observeAll(this.#host(skeleton, content)).every(
      (expected, index) => system.agrees?.(index, expected, null, 'full') === true,
    );
  }

  #host(skeleton: Skeleton, content: Int32Array): Host {
    return this.#world.derived.model.read(this.#modelNumbers(skeleton, content));
  }

  #modelNumbers({ model }: Skeleton, content: Int32Array): Int32Array {
    const numbers = model.slice();
    const { contentPlaces } = this.#world.derived;
    for (let index = 0; index < contentPlaces.length; index++)
      numbers[contentPlaces[index] ?? 0] = content[index] ?? 0;
    return numbers;
  }
}

/** Whether an answer is the derived one, for this content and what the operation writes. */
function answers(derived: Outcome, actual: Outcome, content: Int32Array, written: number): boolean {
  if (derived.kind !== 'data') return sameOutcome(derived, actual);
  if (actual.kind !== 'data' || actual.tags.length !== derived.tags.length) return false;
  for (let index = 0; index < actual.tags.length; index++) {
    const expected = contentOf(contentNumber(derived.tags[index] ?? 0), content, written);
    if (contentNumber(actual.tags[index] ?? -1) !== expected) return false;
  }
  return true;
}
