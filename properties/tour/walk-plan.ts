/** Which transitions of a graph have been walked, and which operation leads soonest to one that has not. */
import { isOfShard, wholeJob } from '../jobs/shard.ts';
import type { Shard } from '../jobs/shard.ts';
import type { TourGraph } from './tour-graph.ts';

/** An edge that led elsewhere so often is no longer relied on. */
const MISLED_MAX = 3;

export class WalkPlan {
  covered = 0;
  excluded = 0;
  /** Transitions that are to be walked. */
  readonly transitions: number;
  readonly #graph: TourGraph;
  readonly #operations: number;
  readonly #walked: Uint8Array;
  readonly #misled: Uint8Array;
  /** Where an edge led that did not lead where the graph says. */
  readonly #learned = new Map<number, number>();
  /** How many transitions of each state have not been walked. */
  readonly #left: Int32Array;
  /** The way that is being followed, nearest operation last. */
  #way: { readonly state: number; readonly operation: number }[] = [];

  /** Of a shard: the transitions of its states are to be walked, the others only lead there. */
  constructor(graph: TourGraph, shard: Shard = wholeJob) {
    this.#graph = graph;
    this.#operations = graph.world.alphabet.length;
    this.#walked = new Uint8Array(graph.transitionCount);
    this.#misled = new Uint8Array(graph.transitionCount);
    this.#left = new Int32Array(graph.successors.length).fill(this.#operations);
    let transitions = graph.transitionCount;
    for (let state = 0; state < graph.successors.length; state++) {
      if (isOfShard(shard, state)) continue;
      this.#walked.fill(1, state * this.#operations, (state + 1) * this.#operations);
      this.#left[state] = 0;
      transitions -= this.#operations;
    }
    this.transitions = transitions;
  }

  /** The operation to apply in `state`; null where nothing new can be reached from it. */
  next(state: number): number | null {
    if ((this.#left[state] ?? 0) > 0) return this.#newHere(state);
    const step = this.#way.at(-1);
    if (step?.state !== state) this.#way = this.#nearest(state);
    return this.#way.pop()?.operation ?? null;
  }

  /** Notes that `operation` was applied in `state` and led to `to`; false where something else was to be expected. */
  walked(state: number, operation: number, to: number | null): boolean {
    const edge = state * this.#operations + operation;
    if (this.#walked[edge] === 0) {
      this.#walked[edge] = 1;
      this.covered++;
      this.#left[state] = (this.#left[state] ?? 0) - 1;
    }
    if (this.#successor(state, operation) === to) return true;
    this.#misled[edge] = Math.min(MISLED_MAX, (this.#misled[edge] ?? 0) + 1);
    if (to !== null) this.#learned.set(edge, to);
    return false;
  }

  /** The system cannot be given this operation in this state. */
  exclude(state: number, operation: number): void {
    const edge = state * this.#operations + operation;
    this.#misled[edge] = MISLED_MAX;
    this.#way = [];
    if (this.#walked[edge] === 1) return;
    this.#walked[edge] = 1;
    this.excluded++;
    this.#left[state] = (this.#left[state] ?? 0) - 1;
  }

  /** What stays in the state comes first: it costs no way back. */
  #newHere(state: number): number {
    const successors = this.#graph.successors[state] ?? [];
    const isNew = (operation: number): boolean => this.#walked[state * this.#operations + operation] === 0;
    const staying = successors.findIndex((next, operation) => next === state && isNew(operation));
    return staying >= 0 ? staying : successors.findIndex((_, operation) => isNew(operation));
  }

  #successor(state: number, operation: number): number | undefined {
    return (
      this.#learned.get(state * this.#operations + operation) ?? this.#graph.successors[state]?.[operation]
    );
  }

  /** The shortest way to a state with something new, in reverse; empty where there is none. */
  #nearest(from: number): { state: number; operation: number }[] {
    const cameBy = new Map<number, { state: number; operation: number }>();
    const queue = [from];
    for (let index = 0; index < queue.length; index++) {
      const state = queue[index] ?? from;
      if (state !== from && (this.#left[state] ?? 0) > 0) return wayTo(state, from, cameBy);
      for (let operation = 0; operation < this.#operations; operation++) {
        const next = this.#successor(state, operation) ?? from;
        const isReliable = (this.#misled[state * this.#operations + operation] ?? 0) < MISLED_MAX;
        if (next === from || cameBy.has(next) || !isReliable) continue;
        cameBy.set(next, { state, operation });
        queue.push(next);
      }
    }
    return [];
  }
}

function wayTo(
  state: number,
  from: number,
  cameBy: ReadonlyMap<number, { state: number; operation: number }>,
): { state: number; operation: number }[] {
  const way: { state: number; operation: number }[] = [];
  for (let at = state; at !== from;) {
    const step = cameBy.get(at);
    if (step === undefined) return [];
    way.push(step);
    at = step.state;
  }
  return way;
}
