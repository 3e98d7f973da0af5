/**
 * Expands states of model and system together: from each, every operation of the alphabet is applied to both, outcomes
 * and laws are compared on every transition, and what is observed in every state that is new. A state that was met
 * before was compared then: it is the same state of the model and the same state of the system, to the last byte that
 * anything refers to, so the same comparison would come to the same.
 */
import type { System } from '../../impl/system.ts';
import type { StateAccess } from '../../impl/state-access.ts';
import { observe } from '../../model/observe.ts';
import type { HostState, HostStep } from '../../model/state.ts';
import { step } from '../../model/step.ts';
import type { Observation, Operation } from '../../model/vocabulary.ts';
import { sameOutcome } from '../comparison.ts';
import type { Memory } from '../invariants.ts';
import { Laws } from '../laws.ts';
import { lawLayout, readLaws, writeLaws } from './law-fields.ts';
import { ModelFields } from './model-fields.ts';
import { FieldOverflow, ProductCodec } from './product-codec.ts';
import { NO_ROOM } from './state-store.ts';
import type { StateStore } from './state-store.ts';
import type { World } from './world.ts';

export type Reduction = 'reduced' | 'unreduced';

/** Where the search had to end: this operation in this state. */
export interface Stumble {
  readonly kind: 'divergence' | 'no room' | 'beyond the fields';
  readonly state: number;
  /** Index in the alphabet. */
  readonly operation: number;
  readonly detail: string;
}

/** Told of every state that is expanded, and of every transition; for goals and tours. */
export interface SearchListener {
  expanding?(state: number, host: HostState): void;
}

export class ProductSearch {
  transitions = 0;
  readonly codec: ProductCodec;
  readonly #world: World;
  readonly #system: System;
  readonly #states: StateAccess;
  readonly #model: ModelFields;
  readonly #laws: Laws;
  /** All numbers of the state that is expanded, and of the one that an operation leads to. */
  readonly #source: Int32Array;
  readonly #target: Int32Array;
  readonly #sourceSystem: Int32Array;
  readonly #targetSystem: Int32Array;
  readonly #systemAt: number;
  readonly #lawsAt: number;
  readonly #words: Int32Array;
  /** The system is in another state than the one that is expanded. */
  #isElsewhere = false;

  /** Loads the world's setup into the system. */
  constructor(world: World, system: System, reduction: Reduction) {
    this.#world = world;
    this.#system = system;
    system.load(world.setup);
    if (system.states === undefined) throw new TypeError(`${system.name} cannot hand out its state`);
    this.#states = system.states;
    this.#model = new ModelFields(world.setup, world.alphabet);
    this.#laws = new Laws(world.setup);
    const layout = {
      model: this.#model.layout,
      system: this.#states.layout(world.alphabet),
      laws: lawLayout(world.setup.nodes.length),
    };
    this.codec = new ProductCodec(world, layout, reduction);
    this.#systemAt = layout.model.length;
    this.#lawsAt = this.#systemAt + layout.system.length;
    this.#source = new Int32Array(this.codec.fieldCount);
    this.#target = new Int32Array(this.codec.fieldCount);
    this.#sourceSystem = this.#source.subarray(this.#systemAt, this.#lawsAt);
    this.#targetSystem = this.#target.subarray(this.#systemAt, this.#lawsAt);
    this.#words = new Int32Array(this.codec.wordCount);
  }

  /** Puts the state before the first operation into the store. */
  begin(store: StateStore): void {
    const host = this.#model.initial();
    this.#system.load(this.#world.setup);
    this.#states.save(this.#targetSystem);
    this.#writeModel(host);
    store.insert(this.#words, -1);
  }

  /** Expands one state; null where nothing was found. */
  expand(state: number, store: StateStore, listener: SearchListener = {}): Stumble | null {
    this.codec.unpack(store.records, store.place(state), this.#source);
    const host = this.#model.read(this.#source);
    listener.expanding?.(state, host);
    const before = observeAll(host);
    const memories = readLaws(host, this.#source, this.#lawsAt);
    this.#isElsewhere = true;
    const { alphabet } = this.#world;
    for (let index = 0; index < alphabet.length; index++) {
      const operation = alphabet[index];
      if (operation === undefined) break;
      const found = this.#take(operation, state, host, before, memories, store);
      if (found !== null) return { ...found, state, operation: index };
    }
    return null;
  }

  /** The states in their canonical form, for a look from outside. */
  hostOf(state: number, store: StateStore): HostState {
    this.codec.unpack(store.records, store.place(state), this.#source);
    return this.#model.read(this.#source);
  }

  /** The canonical name of each exchangeable tag of a state of the model. */
  renaming(host: HostState): ReadonlyMap<number, number> {
    this.#model.write(host, this.#target);
    return this.codec.renaming(this.#target);
  }

  #take(
    operation: Operation,
    state: number,
    host: HostState,
    before: readonly Observation[],
    memories: readonly Memory[],
    store: StateStore,
  ): Pick<Stumble, 'kind' | 'detail'> | null {
    this.transitions++;
    const next = step(host, operation);
    if (this.#isElsewhere) this.#states.restore(this.#sourceSystem);
    const actual = this.#system.apply(operation);
    if (!sameOutcome(next.outcome, actual)) return { kind: 'divergence', detail: 'outcome' };
    this.#states.save(this.#targetSystem);
    this.#isElsewhere = !isSame(this.#sourceSystem, this.#targetSystem);
    const after = next.state === host ? before : observeAll(next.state);
    for (let node = 0; node < memories.length; node++) this.#laws.recall(node, memories[node] ?? this.#laws.memory(node));
    const broken = this.#laws.brokenBy(operation, next.outcome, before, after);
    if (broken !== null) return { kind: 'divergence', detail: broken.name };
    if (next.state === host && !this.#isElsewhere && this.#laws.memory(0) === memories[0]) return null;
    return this.#visit(next, state, after, store);
  }

  /** Puts the state that is reached into the store; compares what is seen there where it is new. */
  #visit(
    { state: host }: HostStep,
    parent: number,
    after: readonly Observation[],
    store: StateStore,
  ): Pick<Stumble, 'kind' | 'detail'> | null {
    try {
      this.#writeModel(host);
    } catch (error) {
      if (!(error instanceof FieldOverflow)) throw error;
      if (!this.#agrees(after)) return { kind: 'divergence', detail: 'observation' };
      return { kind: 'beyond the fields', detail: error.message };
    }
    const known = store.insert(this.#words, parent);
    if (known === NO_ROOM) return { kind: 'no room', detail: '' };
    if (known >= 0 && !this.#agrees(after)) return { kind: 'divergence', detail: 'observation' };
    return null;
  }

  #writeModel(host: HostState): void {
    this.#model.write(host, this.#target);
    writeLaws(this.#laws, host, this.#target, this.#lawsAt);
    this.codec.pack(this.#target, this.#words);
  }

  #agrees(expected: readonly Observation[]): boolean {
    for (let node = 0; node < expected.length; node++) {
      const wanted = expected[node];
      if (wanted === undefined) continue;
      if (this.#system.agrees?.(node, wanted, null, 'full') !== true) return false;
    }
    return true;
  }
}

function observeAll({ nodes, dead }: HostState): readonly Observation[] {
  return nodes.map((state) => observe(state, dead));
}

function isSame(left: Int32Array, right: Int32Array): boolean {
  for (let index = 0; index < left.length; index++) {
    if (left[index] !== right[index]) return false;
  }
  return true;
}
