/** The saved numbers of a system, split into what they have in common with the model's content and what is its own. */
import { NO_CONTENT } from '../../../impl/state-access.ts';
import type { StateField } from '../../../impl/state-access.ts';
import type { ContentCodec } from '../encoding/content-codec.ts';
import type { ContentField } from './derived-steps.ts';
import type { Skeleton } from './product-skeletons.ts';
import { constantChange, copyChange, symbolChange } from './step-changes.ts';
import type { StepChanges } from './step-changes.ts';

/** Added to content that differs from the model's: foreign content is -1, and 0 says that nothing differs. */
const DIFFERENT = 2;

export class SystemNumbers {
  readonly length: number;
  /** For each field the place of the same content among the model's, -1 for content of its own, -2 for other numbers. */
  readonly #counterparts: Int32Array;

  constructor(modelContent: readonly ContentField[], system: readonly StateField[]) {
    this.length = system.length;
    this.#counterparts = Int32Array.from(system, (field) => {
      if (field.kind !== 'content') return -2;
      return modelContent.findIndex(({ name, sector }) => name === field.name && sector === field.sector);
    });
  }

  /** The numbers that the system had saved in a state with this skeleton and content of the model. */
  restore({ system }: Skeleton, content: Int32Array, into: Int32Array): void {
    for (let index = 0; index < this.length; index++) {
      const number = system[index] ?? 0;
      const counterpart = this.#counterparts[index] ?? -2;
      if (counterpart === -2) into[index] = number;
      else into[index] = number === 0 ? (content[counterpart] ?? NO_CONTENT) : number - DIFFERENT;
    }
  }

  /**
   * What distinguishes the numbers that `restore` gives in skeleton `after`, with the content that `moves` of a derived
   * step lead to, from those that it gives in `before` with the content before.
   */
  changes(before: Skeleton, after: Skeleton, moves: Int32Array): StepChanges {
    const symbols = new Map<number, number>();
    for (let move = 0; move < moves.length; move += 2)
      symbols.set(moves[move] ?? 0, moves[move + 1] ?? NO_CONTENT);
    const changes: number[] = [];
    for (let index = 0; index < this.length; index++) {
      const from = before.system[index] ?? 0;
      const to = after.system[index] ?? 0;
      const counterpart = this.#counterparts[index] ?? -2;
      const isShared = counterpart !== -2 && to === 0;
      const symbol = isShared ? symbols.get(counterpart) : undefined;
      if (symbol !== undefined) changes.push(...symbolChange(index, symbol));
      else if (from !== to && isShared) changes.push(...copyChange(index, counterpart));
      else if (from !== to) changes.push(...constantChange(index, counterpart === -2 ? to : to - DIFFERENT));
    }
    return Int32Array.from(changes);
  }

  /** What a skeleton keeps of `saved`. */
  differences(saved: Int32Array, content: Int32Array): Int32Array {
    return saved.map((number, index) => {
      const counterpart = this.#counterparts[index] ?? -2;
      if (counterpart === -2) return number;
      return counterpart >= 0 && number === content[counterpart] ? 0 : number + DIFFERENT;
    });
  }

  /** The same under the names that `codec` has found last. */
  renamed(system: Int32Array, codec: ContentCodec): Int32Array {
    return system.map((number, index) =>
      (this.#counterparts[index] ?? -2) === -2 || number === 0
        ? number
        : codec.nameOf(number - DIFFERENT) + DIFFERENT,
    );
  }
}
