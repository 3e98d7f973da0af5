/**
 * Expands states of model and system together: from each, every operation of the alphabet is applied to the system, and
 * outcome and state are compared with what the model makes of it, on every transition. What is to be observed is looked
 * at in every state that is new: a state that was met before is the same state of the model and the same state of the
 * system, to the last byte that anything refers to, so looking again would show the same.
 */
import { answerOrLoss } from '../../comparison/lost-system.ts';
import type { Host } from '../../../model/node.ts';
import { CanonicalState } from '../product/canonical-state.ts';
import { ExpectedStates } from '../product/expected-states.ts';
import { ProductSkeletons } from '../product/product-skeletons.ts';
import type { Skeleton, SkeletonStep } from '../product/product-skeletons.ts';
import type { ProductWorld } from '../product/product-world.ts';
import { isRightAnswer } from '../product/right-answer.ts';
import { change, changeBack, contentChanges } from '../product/step-changes.ts';
import type { StepChanges } from '../product/step-changes.ts';
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
  expanding?(state: number, host: () => Host): void;
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

const NO_CHANGES = new Int32Array(0);

export class ProductSearch {
  transitions = 0;
  readonly #world: ProductWorld;
  readonly #skeletons: ProductSkeletons;
  readonly #canonical: CanonicalState;
  readonly #states: ExpectedStates;
  readonly #store: StateStore;
  readonly #listener: SearchListener;
  readonly #templates: readonly Template[];
  /** Content of the model and numbers of the system in the state that is expanded. */
  readonly #content: Int32Array;
  readonly #saved: Int32Array;
  /** The same, except while the step of an operation changes them. */
  readonly #contentAfter: Int32Array;
  readonly #expected: Int32Array;
  /** The numbers of the system after an operation; the memory for them where it has none of its own. */
  #numbers: Int32Array;
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
    this.#states = new ExpectedStates(world);
    this.#templates = templatesOf(world.world);
    this.#content = new Int32Array(derived.contentFields.length);
    this.#contentAfter = new Int32Array(derived.contentFields.length);
    this.#saved = new Int32Array(systemLayout.length);
    this.#savedAfter = new Int32Array(systemLayout.length);
    this.#numbers = this.#savedAfter;
    this.#expected = new Int32Array(systemLayout.length);
  }

  /** Puts the state before the first operation into the store; false where it is not what the model says. */
  begin(): boolean {
    const { skeleton, content } = this.initialPosition();
    if (!this.#canonical.find(skeleton, content)) throw new RangeError('there is no memory for a search');
    this.#store.insert(this.#canonical.words, -1);
    return this.#states.agrees(skeleton, content);
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
    this.#enter(skeleton);
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
    const { codec, states } = this.#world;
    const at = this.#store.place(state);
    const skeleton = this.#skeletons.of(this.#store.records[at] ?? 0);
    codec.unpack(this.#store.records, at + 1, this.#content);
    this.#enter(skeleton);
    this.#listener.expanding?.(state, () => this.#states.host(skeleton, this.#content));
    for (let index = 0; index < this.#templates.length; index++) {
      if (this.#isElsewhere) states.restore(this.#saved);
      const kind = this.#take(skeleton, index, state);
      if (kind !== null) return { kind, state, operation: index };
    }
    return null;
  }

  /** Takes the system to the state of this skeleton and `#content`, from which operations go on. */
  #enter(skeleton: Skeleton): void {
    this.#world.numbers.restore(skeleton, this.#content, this.#saved);
    this.#requireRestored();
    this.#contentAfter.set(this.#content);
    this.#expected.set(this.#saved);
    this.#canonical.begin(this.#content);
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
    const step = skeleton.steps[template.number] ?? this.#learn(skeleton, template);
    const actual = answerOrLoss(this.#world.system, template.operation);
    if (actual !== step.rightAnswer && !isRightAnswer(actual, step, this.#content, template.written))
      return 'divergence';
    if (!step.derived.lawsHold && !this.#states.lawsHold(skeleton, this.#content, template.operation))
      return 'divergence';
    this.#numbers = this.#present();
    const content = this.#content;
    const after = this.#contentAfter;
    const isMoved = change(step.contentChanges, content, template.written, content, after);
    const kind = this.#arrive(skeleton, step, template.written, isMoved, state);
    changeBack(step.contentChanges, content, after);
    return kind;
  }

  #present(): Int32Array {
    const { states } = this.#world;
    if (states.present !== undefined) return states.present();
    states.save(this.#savedAfter);
    return this.#savedAfter;
  }

  /** The system stands where the step has led it, and `#contentAfter` is what the model holds there. */
  #arrive(
    skeleton: Skeleton,
    step: SkeletonStep,
    written: number,
    isMoved: boolean,
    state: number,
  ): Stumble['kind'] | null {
    const after = this.#isUsual(step, written) ? step.usual : this.#meet(skeleton, step);
    if (after === null) return 'no room';
    this.#isElsewhere = isMoved || after !== skeleton;
    return this.#isElsewhere ? this.#visit(after, step.contentChanges, state) : null;
  }

  /** Whether the system's numbers are those of the skeleton in which it was seen to agree. */
  #isUsual({ usual, usualChanges }: SkeletonStep, written: number): boolean {
    if (usual === null) return false;
    const expected = this.#expected;
    change(usualChanges, this.#content, written, this.#saved, expected);
    const isUsual = areSame(this.#numbers, expected);
    changeBack(usualChanges, this.#saved, expected);
    return isUsual;
  }

  /** Puts the state into the store and, where it is new, compares what is to be observed. */
  #visit(after: Skeleton, changes: StepChanges, parent: number): Stumble['kind'] | null {
    const content = this.#contentAfter;
    if (!this.#canonical.findAfter(after, content, changes)) return 'no room';
    const next = this.#store.insert(this.#canonical.words, parent);
    if (next < 0) return 'no room';
    if (this.#looksAgain) {
      this.#next = next;
      this.#after = { skeleton: after, content: content.slice() };
    } else if (!this.#store.insertedNew) {
      return null;
    }
    return this.#states.agrees(after, content) ? null : 'divergence';
  }

  #learn(skeleton: Skeleton, { number, operation }: Template): SkeletonStep {
    const derived = this.#world.derived.derive(skeleton.model, operation);
    const step: SkeletonStep = {
      derived,
      contentChanges: contentChanges(derived.moves),
      usual: null,
      usualChanges: NO_CHANGES,
      rightAnswer: null,
    };
    while (skeleton.steps.length <= number) skeleton.steps.push(undefined);
    skeleton.steps[number] = step;
    return step;
  }

  /** The skeleton of the state that the system is in now. */
  #meet(skeleton: Skeleton, step: SkeletonStep): Skeleton | null {
    const { numbers } = this.#world;
    const { derived } = step;
    const system = numbers.differences(this.#numbers, this.#contentAfter);
    const found = this.#skeletons.intern(derived.skeleton, system);
    if (step.usual === null && found !== null) {
      step.usual = found;
      step.usualChanges = numbers.changes(skeleton, found, derived.moves);
    }
    return found;
  }
}

function areSame(left: Int32Array, right: Int32Array): boolean {
  for (let index = 0; index < left.length; index++) if (left[index] !== right[index]) return false;
  return true;
}
