/** The state of the model as numbers, one a field, and back: nothing of it is left out. */
import { plainField } from '../../../impl/state-access.ts';
import type { StateField } from '../../../impl/state-access.ts';
import { initialState } from '../../../model/node.ts';
import type { Host, Node } from '../../../model/node.ts';
import { abortRules } from '../../../model/vocabulary.ts';
import type { Operation } from '../../../model/operations.ts';
import type { Setup } from '../../../model/vocabulary.ts';
import { NodeFields } from './node-fields.ts';

const RULES = abortRules.length + 1;

export class ModelFields {
  readonly layout: readonly StateField[];
  readonly #nodes: readonly NodeFields[];
  readonly #initial: Host;

  constructor(setup: Setup, alphabet: readonly Operation[]) {
    this.#initial = initialState(setup);
    let at = 1;
    this.#nodes = this.#initial.nodes.map((node) => {
      const fields = new NodeFields(node, alphabet, at);
      at += fields.layout.length;
      return fields;
    });
    this.layout = [plainField('host'), ...this.#nodes.flatMap(({ layout }) => layout)];
  }

  /** The state before the first operation. */
  initial(): Host {
    return this.#initial;
  }

  write({ nodes, newestFirst, dead }: Host, into: Int32Array): void {
    let order = 0;
    for (let place = newestFirst.length - 1; place >= 0; place--)
      order = order * 4 + (newestFirst[place] ?? 0) + 1;
    into[0] = order * RULES + (dead === null ? 0 : abortRules.indexOf(dead) + 1);
    for (let index = 0; index < nodes.length; index++) {
      const node = nodes[index];
      if (node !== undefined) this.#nodes[index]?.write(node, into);
    }
  }

  read(from: Int32Array): Host {
    const number = from[0] ?? 0;
    const newestFirst: number[] = [];
    for (let order = Math.floor(number / RULES); order > 0; order = Math.floor(order / 4)) {
      newestFirst.push((order % 4) - 1);
    }
    const nodes: Node[] = [];
    for (const fields of this.#nodes) nodes.push(fields.read(from));
    return { nodes, newestFirst, dead: abortRules[(number % RULES) - 1] ?? null };
  }
}
