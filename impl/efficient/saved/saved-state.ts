/**
 * The state of the efficient implementation as numbers, and back. Where clusters lie in memory, and what memory that
 * nothing refers to holds, is no part of it; what is restored gets its memory in the order of its clusters.
 */
import { abortRules } from '../../../model/vocabulary.ts';
import type { Operation } from '../../../model/operations.ts';
import { plainField, type StateAccess, type StateField } from '../../state-access.ts';
import type { CaseMemory } from '../compare/case-memory.ts';
import type { ReplicationHost } from '../node/replication-host.ts';
import { SavedNode } from './saved-node.ts';

export class SavedStates implements StateAccess {
  readonly #host: ReplicationHost;
  readonly #memories: readonly CaseMemory[];
  #nodes: readonly SavedNode[];
  /** The numbers as they were found or restored last. */
  #numbers: Int32Array = new Int32Array(0);

  constructor(host: ReplicationHost, loaded: readonly CaseMemory[]) {
    this.#host = host;
    this.#memories = loaded;
    this.#nodes = [];
  }

  layout(alphabet: readonly Operation[]): readonly StateField[] {
    let at = 1;
    this.#nodes = this.#memories.map((memory, index) => {
      const node = new SavedNode(memory, index, alphabet, at);
      at += node.layout.length;
      return node;
    });
    this.#numbers = new Int32Array(at);
    return [plainField('host'), ...this.#nodes.flatMap(({ layout }) => layout)];
  }

  save(into: Int32Array): void {
    into.set(this.present());
  }

  present(): Int32Array {
    const numbers = this.#numbers;
    const { dead, newestFirst, nodes } = this.#host;
    let order = 0;
    for (let place = newestFirst.length - 1; place >= 0; place--) {
      for (let index = 0; index < nodes.length; index++) {
        if (nodes[index] === newestFirst[place]) order = order * 4 + index + 1;
      }
    }
    numbers[0] = order * (abortRules.length + 1) + (dead === null ? 0 : abortRules.indexOf(dead) + 1);
    for (let index = 0; index < this.#nodes.length; index++) this.#nodes[index]?.look(numbers);
    return numbers;
  }

  restore(from: Int32Array): void {
    const { newestFirst, nodes } = this.#host;
    const rules = abortRules.length + 1;
    const number = from[0] ?? 0;
    const rule = number % rules;
    this.#host.dead = rule === 0 ? null : (abortRules[rule - 1] ?? null);
    let open = 0;
    for (let order = Math.floor(number / rules); order > 0; order = Math.floor(order / 4)) {
      const node = nodes[(order % 4) - 1];
      if (node !== undefined) newestFirst[open++] = node;
    }
    if (newestFirst.length > open) newestFirst.length = open;
    for (let index = 0; index < this.#nodes.length; index++) this.#nodes[index]?.restore(from, this.#numbers);
  }
}
