/**
 * The shortest failing cases of a system in one setup, by their signatures: breadth first over the states of model and
 * system together, each once. Plainer than the exhaustive search of whole worlds, and at once on its way: it is for
 * small depths, after which a case found is known to be as short as can be.
 */
import type { StateAccess } from '../../impl/state-access.ts';
import { SystemLost } from '../../impl/system-lost.ts';
import type { System } from '../../impl/system.ts';
import { answerOrLoss } from '../comparison/lost-system.ts';
import type { Operation } from '../../model/operations.ts';
import type { Setup, Stage } from '../../model/vocabulary.ts';
import { situation } from '../cases/case.ts';
import type { Case } from '../cases/case.ts';
import { sameOutcome } from '../comparison/comparison.ts';
import { signatureOf } from '../comparison/divergence.ts';
import type { Divergence } from '../comparison/divergence.ts';
import { stateDifference } from '../lockstep/lockstep.ts';
import { operationsUntil } from './stage-distance.ts';
import type { ModelEdge, ModelGraph, ModelState } from './model-graph.ts';
import { tellsWritesApart } from './whole-alphabet.ts';

/** What is looked for, and by which operations. */
export interface SearchAim {
  /** The failure that is looked for: the search ends with it, and puts off what leads to it only in longer cases. */
  readonly target: FailureTarget | null;
  /** Whether an operation of the alphabet is tried; all are where this is left out. */
  readonly tries?: ((operation: Operation, setup: Setup) => boolean) | undefined;
}

/** What of the signature says where to look: the operation that shows the failure, and the stage before it. */
export interface FailureTarget {
  readonly signature: string;
  readonly operation: Operation['op'];
  readonly stage: Stage;
}

export function targetOf(divergence: Divergence): FailureTarget {
  const { operation, stage } = divergence;
  return { signature: signatureOf(divergence), operation: operation.op, stage };
}

interface ProductState {
  readonly model: ModelState;
  /** What the system has saved and the number of the model's state, as bytes. */
  readonly saved: string;
  readonly parent: ProductState | null;
  /** Operations from the first state. */
  readonly depth: number;
  /** Index in the alphabet of what led here. */
  readonly operation: number;
  /** Whether a write of any tag lies on the way here: before the first, the tags mean the same. */
  readonly isWritten: boolean;
  /** Set where another way here was found that is shorter. */
  isOvertaken: boolean;
}

/** A state with those of its operations that are to be tried: that of the target comes first, the others after it. */
interface Task {
  readonly from: ProductState;
  readonly which: 'all' | 'target' | 'others';
}

/** Numbers that are kept as a text: it takes less memory than they, and can be looked up. */
class SavedWords {
  readonly words: Int32Array;
  readonly #bytes: Buffer;

  constructor(length: number) {
    this.words = new Int32Array(length);
    this.#bytes = Buffer.from(this.words.buffer);
  }

  get text(): string {
    return this.#bytes.toString('latin1');
  }

  set text(text: string) {
    this.#bytes.write(text, 'latin1');
  }
}

type Choice = readonly [index: number, operation: Operation];

/** A state is gone on from when the target can be reached from it in a case of the length that is being looked through. */
export class FailureSearch {
  /** The shortest case of each signature that was met. */
  readonly failures = new Map<string, Case>();
  transitions = 0;
  readonly #system: System;
  readonly #graph: ModelGraph;
  readonly #target: FailureTarget | null;
  readonly #choices: Readonly<Record<Task['which'], readonly Choice[]>>;
  /** By what is saved of them. */
  readonly #known = new Map<string, ProductState>();
  /** `tasks[length][depth]`: what is to be tried once cases of `length` operations are looked through. */
  readonly #tasks: Task[][][] = [];
  #states: StateAccess;
  /** Where the state of both is saved. */
  #saved = new SavedWords(0);
  /** The state that is gone on from. */
  #from = new SavedWords(0);
  #transitionsMax = 0;
  /** All cases of so many operations have been looked through. */
  #lengthDone = 0;

  /** The system must be able to hand out its state. */
  constructor(system: System, graph: ModelGraph, { target, tries = () => true }: SearchAim) {
    this.#system = system;
    this.#graph = graph;
    this.#target = target;
    const all = [...graph.alphabet.entries()].filter(([, operation]) => tries(operation, graph.setup));
    this.#choices = {
      all,
      target: all.filter(([, { op }]) => op === target?.operation),
      others: all.filter(([, { op }]) => op !== target?.operation),
    };
    this.#states = this.#load();
    this.#save(graph.first);
    this.#reach(graph.first, null, -1);
  }

  /**
   * Looks through the cases of at most `length` operations that it has not yet, the shorter ones first, until the target
   * is found: false if `transitionsMax` in all were not enough for that.
   */
  upTo(length: number, transitionsMax: number): boolean {
    this.#transitionsMax = transitionsMax;
    this.#states = this.#load();
    while (this.#lengthDone < length) {
      const tasks = this.#tasks[this.#lengthDone + 1] ?? [];
      for (let depth = 0; depth < tasks.length; depth++) {
        for (const task of tasks[depth] ?? []) {
          if (!task.from.isOvertaken && !this.#expand(task)) return this.#isFound();
        }
      }
      this.#lengthDone++;
    }
    return true;
  }

  #load(): StateAccess {
    const { setup, alphabet } = this.#graph;
    this.#system.load(setup);
    const { states } = this.#system;
    if (states === undefined) throw new TypeError(`${this.#system.name} cannot hand out its state`);
    const { length } = states.layout(alphabet);
    this.#saved = new SavedWords(length + 1);
    this.#from = new SavedWords(length + 1);
    return states;
  }

  #save({ number }: ModelState): void {
    const { words } = this.#saved;
    this.#states.save(words);
    words[words.length - 1] = number;
  }

  #isFound(): boolean {
    return this.#target !== null && this.failures.has(this.#target.signature);
  }

  /** False if there is nothing more to be tried: the target is found, or the transitions have run out. */
  #expand({ from, which }: Task): boolean {
    if (which === 'target') this.#enqueue({ from, which: 'others' }, from.depth + 2);
    this.#from.text = from.saved;
    let isElsewhere = true;
    for (const [index, operation] of this.#choices[which]) {
      if (!from.isWritten && tellsWritesApart(operation)) continue;
      if (this.transitions >= this.#transitionsMax) return false;
      this.transitions++;
      if (isElsewhere) this.#states.restore(this.#from.words);
      isElsewhere = true;
      const edge = this.#graph.edge(from.model, index);
      const actual = answerOrLoss(this.#system, operation);
      if (actual instanceof SystemLost) {
        const { how, message: detail } = actual;
        this.#fail(from, operation, { kind: 'lost', ...at(from, operation), how, detail });
      } else if (!sameOutcome(edge.outcome, actual)) {
        const expected = edge.outcome;
        this.#fail(from, operation, { kind: 'outcome', ...at(from, operation), expected, actual });
      } else {
        this.#save(edge.to);
        isElsewhere = !isSame(this.#saved.words, this.#from.words);
        if (isElsewhere) this.#arrive(from, edge, index, operation);
      }
      if (this.#isFound()) return false;
    }
    return true;
  }

  /** Observed are only states that are new: one that is known is the same to the last byte. */
  #arrive(from: ProductState, { to }: ModelEdge, index: number, operation: Operation): void {
    const known = this.#known.get(this.#saved.text);
    if (known === undefined) {
      const difference = stateDifference(this.#system, to.host, to.observations, operation, 'full');
      if (difference === null) this.#reach(to, from, index);
      else this.#fail(from, operation, { kind: 'observation', ...at(from, operation), ...difference });
    } else if (known.depth > from.depth + 1) {
      known.isOvertaken = true;
      this.#reach(to, from, index);
    }
  }

  #reach(model: ModelState, parent: ProductState | null, operation: number): void {
    const state: ProductState = {
      model,
      saved: this.#saved.text,
      parent,
      depth: parent === null ? 0 : parent.depth + 1,
      operation,
      isWritten: parent !== null && (parent.isWritten || isWrite(this.#graph.alphabet[operation])),
      isOvertaken: false,
    };
    this.#known.set(state.saved, state);
    const distance = this.#target === null ? 0 : operationsUntil(this.#target.stage, model.host);
    const which = this.#target !== null && distance === 0 ? 'target' : 'all';
    this.#enqueue({ from: state, which }, state.depth + distance + 1);
  }

  #enqueue(task: Task, length: number): void {
    const { depth } = task.from;
    const ofLength = (this.#tasks[length] ??= []);
    (ofLength[depth] ??= []).push(task);
  }

  #fail(from: ProductState, operation: Operation, divergence: Divergence): void {
    const signature = signatureOf(divergence);
    if (this.failures.has(signature)) return;
    const { setup, alphabet } = this.#graph;
    this.failures.set(signature, { setup, operations: [...wayTo(from, alphabet), operation] });
  }
}

function isWrite(operation: Operation | undefined): boolean {
  return operation !== undefined && 'tag' in operation;
}

/** The index is not known before the way back is gone, and no signature has it. */
function at({ model }: ProductState, operation: Operation) {
  return { index: 0, operation, stage: situation(model.host, operation).stage };
}

function isSame(left: Int32Array, right: Int32Array): boolean {
  for (let index = 0; index < left.length; index++) {
    if (left[index] !== right[index]) return false;
  }
  return true;
}

function wayTo(state: ProductState, alphabet: readonly Operation[]): Operation[] {
  const way: Operation[] = [];
  for (let from: ProductState | null = state; from !== null; from = from.parent) {
    const operation = alphabet[from.operation];
    if (operation !== undefined) way.unshift(operation);
  }
  return way;
}
