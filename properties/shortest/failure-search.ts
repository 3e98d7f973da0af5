/**
 * The shortest failing cases of a system in one setup, by their signatures: breadth first over the states of model and
 * system together, each once. Plainer than the exhaustive search of whole worlds, and at once on its way: it is for
 * small depths, after which a case found is known to be as short as can be.
 */
import type { StateAccess } from '../../impl/state-access.ts';
import type { System } from '../../impl/system.ts';
import type { Operation, Stage } from '../../model/vocabulary.ts';
import { situation } from '../case.ts';
import type { Case } from '../case.ts';
import { sameOutcome } from '../comparison.ts';
import { signatureOf } from '../divergence.ts';
import type { Divergence } from '../divergence.ts';
import { stateDifference } from '../lockstep.ts';
import { operationsUntil } from './stage-distance.ts';
import type { ModelEdge, ModelGraph, ModelState } from './model-graph.ts';

export interface SearchBounds {
  /** No case of more operations is looked for. */
  readonly operationsMax: number;
  readonly transitionsMax: number;
  /** The failure that is looked for: the search ends with it, and leaves out what cannot lead to it any more. */
  readonly target: FailureTarget | null;
  /** Only these operations are tried; null for all. */
  readonly kinds: ReadonlySet<Operation['op']> | null;
}

/** What of the signature tells where to look: the operation that shows the failure, and the stage before it. */
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
  readonly saved: Int32Array;
  readonly parent: ProductState | null;
  /** Index in the alphabet of what led here. */
  readonly operation: number;
}

export class FailureSearch {
  /** The shortest case of each signature that was met. */
  readonly failures = new Map<string, Case>();
  transitions = 0;
  /** False once the transitions have run out: then a shorter case may have been missed. */
  isComplete = true;
  readonly #system: System;
  readonly #states: StateAccess;
  readonly #graph: ModelGraph;
  readonly #bounds: SearchBounds;
  /** Index in the alphabet, and operation. */
  readonly #choices: readonly (readonly [number, Operation])[];
  readonly #known = new Set<string>();
  /** What the system saves of its state, and the same as bytes. */
  readonly #saved: Int32Array;
  readonly #bytes: Buffer;
  #isOver = false;

  /** Loads the setup of `graph` into the system, which must be able to hand out its state. */
  constructor(system: System, graph: ModelGraph, bounds: SearchBounds) {
    system.load(graph.setup);
    const { states } = system;
    if (states === undefined) throw new TypeError(`${system.name} cannot hand out its state`);
    this.#system = system;
    this.#states = states;
    this.#graph = graph;
    this.#bounds = bounds;
    const { kinds } = bounds;
    this.#choices = [...graph.alphabet.entries()].filter(([, { op }]) => kinds === null || kinds.has(op));
    this.#saved = new Int32Array(states.layout(graph.alphabet).length);
    this.#bytes = Buffer.from(this.#saved.buffer);
  }

  run(): void {
    const model = this.#graph.first;
    this.#states.save(this.#saved);
    this.#known.add(this.#key(model));
    let level: ProductState[] = [{ model, saved: this.#saved.slice(), parent: null, operation: -1 }];
    for (let length = 1; length <= this.#bounds.operationsMax && level.length > 0; length++) {
      const next: ProductState[] = [];
      const left = this.#bounds.operationsMax - length + 1;
      for (const from of level) {
        if (this.#isHopeless(from, left)) continue;
        this.#expand(from, left, next);
        if (this.#isOver) return;
      }
      level = next;
    }
  }

  #isHopeless({ model }: ProductState, operationsLeft: number): boolean {
    const { target } = this.#bounds;
    return target !== null && operationsUntil(target.stage, model.host) >= operationsLeft;
  }

  #expand(from: ProductState, operationsLeft: number, next: ProductState[]): void {
    const { target } = this.#bounds;
    const wanted = operationsLeft === 1 ? target?.operation : undefined;
    let isElsewhere = true;
    for (const [index, operation] of this.#choices) {
      if (wanted !== undefined && operation.op !== wanted) continue;
      if (this.transitions++ >= this.#bounds.transitionsMax) {
        this.isComplete = false;
        this.#isOver = true;
        return;
      }
      if (isElsewhere) this.#states.restore(from.saved);
      isElsewhere = true;
      const edge = this.#graph.edge(from.model, index);
      const actual = this.#system.apply(operation);
      if (!sameOutcome(edge.outcome, actual)) {
        const expected = edge.outcome;
        this.#fail(from, operation, { kind: 'outcome', ...at(from, operation), expected, actual });
      } else {
        this.#states.save(this.#saved);
        isElsewhere = edge.to !== from.model || !isSame(this.#saved, from.saved);
        if (isElsewhere) this.#arrive(from, edge, index, operation, next);
      }
      if (this.#isOver) return;
    }
  }

  /** Observed are only states that are new: one that is known is the same to the last byte. */
  #arrive(
    from: ProductState,
    { to }: ModelEdge,
    index: number,
    operation: Operation,
    next: ProductState[],
  ): void {
    const key = this.#key(to);
    if (this.#known.has(key)) return;
    const difference = stateDifference(this.#system, to.host, to.observations, operation, 'full');
    if (difference === null) {
      this.#known.add(key);
      next.push({ model: to, saved: this.#saved.slice(), parent: from, operation: index });
    } else {
      this.#fail(from, operation, { kind: 'observation', ...at(from, operation), ...difference });
    }
  }

  #fail(from: ProductState, operation: Operation, divergence: Divergence): void {
    const signature = signatureOf(divergence);
    if (this.failures.has(signature)) return;
    const { setup, alphabet } = this.#graph;
    this.failures.set(signature, { setup, operations: [...wayTo(from, alphabet), operation] });
    if (signature === this.#bounds.target?.signature) this.#isOver = true;
  }

  #key(model: ModelState): string {
    return `${model.number} ${this.#bytes.toString('latin1')}`;
  }
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
