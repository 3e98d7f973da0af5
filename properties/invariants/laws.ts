/** Checks the laws at every node of a host, step by step, and remembers what they need from earlier steps. */
import { isHostCall } from '../../impl/operation-lists.ts';
import type { Operation } from '../../model/operations.ts';
import type { Observation, Outcome, Setup } from '../../model/vocabulary.ts';
import { nodeOf } from '../cases/case.ts';
import { brokenInvariant, concernOf } from './concerns.ts';
import { freshMemory, remember } from './invariants.ts';
import type { Invariant, Memory } from './invariants.ts';

export class Laws {
  readonly #setup: Setup;
  readonly #memories: Memory[];
  /** Laws that need not be kept now. */
  #lifted: readonly Invariant[] = [];

  constructor(setup: Setup) {
    this.#setup = setup;
    this.#memories = setup.nodes.map(() => freshMemory);
  }

  /** What is remembered of a node. */
  memory(node: number): Memory {
    return this.#memories[node] ?? freshMemory;
  }

  /** Goes on from what was remembered of a node at another time. */
  recall(node: number, memory: Memory): void {
    this.#memories[node] = memory;
  }

  /** From now on these laws need not be kept. */
  lift(lifted: readonly Invariant[]): void {
    this.#lifted = lifted;
  }

  /** The first law that a step breaks at a node that it concerns. */
  brokenBy(
    operation: Operation,
    outcome: Outcome,
    before: readonly Observation[],
    after: readonly Observation[],
  ): Invariant | null {
    if (after.length > 1 && (isHostCall(operation) || outcome.kind === 'abort')) {
      for (const node of after.keys()) {
        const broken = this.#brokenAt(node, operation, outcome, before, after);
        if (broken !== null) return broken;
      }
      return null;
    }
    const node = after.length === 1 ? 0 : nodeOf(operation);
    return this.#brokenAt(node, operation, outcome, before, after);
  }

  #brokenAt(
    node: number,
    operation: Operation,
    outcome: Outcome,
    before: readonly Observation[],
    after: readonly Observation[],
  ): Invariant | null {
    const from = before[node];
    const to = after[node];
    const concern = concernOf(operation);
    if (from === to && !concern.whereUnchanged) return null;
    const memory = this.#memories[node];
    const setup = this.#setup.nodes[node];
    if (from === undefined || to === undefined || memory === undefined || setup === undefined) return null;
    const { mode, defects } = setup;
    const seen = { mode, defects, before: from, operation, outcome, after: to };
    const remembered = concern.isRemembered ? remember(memory, seen) : memory;
    this.#memories[node] = remembered;
    return brokenInvariant(concern, seen, remembered, this.#lifted);
  }
}
