/**
 * Steps of the model without running it each time. The model never looks at tags, it only moves them: what an operation
 * does depends on the numbers of a state that are no content, and on which sectors hold content at all. So the readable
 * model is run once for each such skeleton and operation, on a state whose tags are all different, and what it moved
 * where is read off the result. A primary write of x to sector 0 turns hidden `[. .]` over secondary `[c d]` into `[c .]` over
 * `[x d]`, whatever c and d are. The laws only ever ask for content to be the same, so one that holds for tags that are
 * all different holds for all.
 */
import { contentNumber, NO_CONTENT, tagOfContent } from '../../../impl/state-access.ts';
import type { StateField } from '../../../impl/state-access.ts';
import { observe } from '../../../model/observe.ts';
import type { Host } from '../../../model/node.ts';
import { step } from '../../../model/step.ts';
import type { Operation } from '../../../model/operations.ts';
import type { Observation, Outcome, Setup, Tag } from '../../../model/vocabulary.ts';
import { Laws } from '../../invariants/laws.ts';
import { lawLayout, readLaws, writeLaws } from '../encoding/law-fields.ts';
import { ModelFields } from '../encoding/model-fields.ts';

export type ContentField = StateField & { readonly kind: 'content' };

/** What an operation does to each state of one skeleton. */
export interface DerivedStep {
  /** Tags in it stand for content by `contentOf`. */
  readonly outcome: Outcome;
  /** The numbers of the model and of the laws afterwards; of content only whether there is any (1) or none (0). */
  readonly skeleton: Int32Array;
  /** Pairs of a content field, by its place among these, and what it holds afterwards by `contentOf`. */
  readonly moves: Int32Array;
  /** The laws hold for whatever content. */
  readonly lawsHold: boolean;
}

/** The tag of the operation, and that of the content field `index` before it, in a symbolic state. */
const OPERATION_TAG = 500;
const FIRST_SOURCE_TAG = 1000;

/** Of a content number that becomes what the operation writes. */
export const WRITTEN = -2;

/** Where what a symbol stands for comes from: a place of the content before the operation, `WRITTEN`, or null for the symbol itself. */
export function sourceOf(symbol: number): number | null {
  const tag = tagOfContent(symbol);
  if (tag >= FIRST_SOURCE_TAG) return tag - FIRST_SOURCE_TAG;
  return tag === OPERATION_TAG ? WRITTEN : null;
}

/** What a symbolic tag, as a content number, stands for, given the content before the operation and the operation's own. */
export function contentOf(symbol: number, content: Int32Array, written: number): number {
  const tag = tagOfContent(symbol);
  if (tag >= FIRST_SOURCE_TAG) return content[tag - FIRST_SOURCE_TAG] ?? NO_CONTENT;
  return tag === OPERATION_TAG ? written : symbol;
}

/** What is to be observed where the content is this, of what is to be observed of its skeleton. */
export function observationOf(symbolic: Observation, content: Int32Array): Observation {
  const { view, active, hidden, secondary } = symbolic;
  return {
    ...symbolic,
    view: view.kind === 'data' ? { kind: 'data', tags: view.tags.map((tag) => tagOf(tag, content)) } : view,
    active: active.map((tag) => (tag === null ? null : tagOf(tag, content))),
    hidden: hidden.map((tag) => (tag === null ? null : tagOf(tag, content))),
    secondary: secondary.map((tag) => tagOf(tag, content)),
  };
}

function tagOf(symbol: Tag, content: Int32Array): Tag {
  return symbol < FIRST_SOURCE_TAG ? symbol : tagOfContent(content[symbol - FIRST_SOURCE_TAG] ?? NO_CONTENT);
}

export class DerivedSteps {
  readonly model: ModelFields;
  /** Fields of the model, then of the laws. */
  readonly layout: readonly StateField[];
  readonly lawsAt: number;
  /** The fields that are content, and their places in `layout`. */
  readonly contentFields: readonly ContentField[];
  readonly contentPlaces: Int32Array;
  readonly #laws: Laws;
  readonly #before: Int32Array;
  readonly #after: Int32Array;

  constructor(setup: Setup, alphabet: readonly Operation[]) {
    this.model = new ModelFields(setup, alphabet);
    this.lawsAt = this.model.layout.length;
    this.layout = [...this.model.layout, ...lawLayout(setup.nodes.length)];
    this.contentFields = this.layout.filter((field) => field.kind === 'content');
    this.contentPlaces = Int32Array.from(
      this.layout.flatMap(({ kind }, index) => (kind === 'content' ? [index] : [])),
    );
    this.#laws = new Laws(setup);
    this.#before = new Int32Array(this.layout.length);
    this.#after = new Int32Array(this.layout.length);
  }

  /** The skeleton and the content of the state before the first operation. */
  initial(): { readonly skeleton: Int32Array; readonly content: Int32Array } {
    const numbers = new Int32Array(this.layout.length);
    const host = this.model.initial();
    this.model.write(host, numbers);
    writeLaws(new Laws({ nodes: host.nodes.map(({ setup }) => setup) }), host, numbers, this.lawsAt);
    const content = this.contentPlaces.map((place) => numbers[place] ?? NO_CONTENT);
    return { skeleton: this.#skeletonOf(numbers), content };
  }

  derive(skeleton: Int32Array, operation: Operation): DerivedStep {
    const host = this.#symbolicHost(skeleton);
    const symbolic = 'tag' in operation ? { ...operation, tag: OPERATION_TAG } : operation;
    const next = step(host, symbolic);
    const lawsHold = this.#lawsHold(host, symbolic, next.host, next.outcome);
    this.model.write(next.host, this.#after);
    writeLaws(this.#laws, next.host, this.#after, this.lawsAt);
    return { outcome: next.outcome, skeleton: this.#skeletonOf(this.#after), moves: this.#moves(), lawsHold };
  }

  /** What is to be observed of each state of a skeleton; its tags stand for content as in the outcome of a step. */
  observations(skeleton: Int32Array): readonly Observation[] {
    return observeAll(this.#symbolicHost(skeleton));
  }

  #symbolicHost(skeleton: Int32Array): Host {
    const before = this.#before;
    before.set(skeleton);
    for (const [index, place] of this.contentPlaces.entries()) {
      const holds = (skeleton[place] ?? NO_CONTENT) !== NO_CONTENT;
      before[place] = holds ? contentNumber(FIRST_SOURCE_TAG + index) : NO_CONTENT;
    }
    return this.model.read(before);
  }

  /** Whether the laws hold on a step from a state with these numbers; they are of `layout`, content included. */
  lawsHoldFrom(numbers: Int32Array, operation: Operation): boolean {
    this.#before.set(numbers);
    const host = this.model.read(numbers);
    const next = step(host, operation);
    return this.#lawsHold(host, operation, next.host, next.outcome);
  }

  #lawsHold(host: Host, operation: Operation, after: Host, outcome: Outcome): boolean {
    for (const [index, memory] of readLaws(host, this.#before, this.lawsAt).entries())
      this.#laws.recall(index, memory);
    const seen = observeAll(host);
    return this.#laws.brokenBy(operation, outcome, seen, after === host ? seen : observeAll(after)) === null;
  }

  #moves(): Int32Array {
    const moves: number[] = [];
    for (const [index, place] of this.contentPlaces.entries()) {
      const symbol = this.#after[place] ?? NO_CONTENT;
      if (symbol !== this.#before[place]) moves.push(index, symbol);
    }
    return Int32Array.from(moves);
  }

  #skeletonOf(numbers: Int32Array): Int32Array {
    const skeleton = numbers.slice();
    for (const place of this.contentPlaces) skeleton[place] = numbers[place] === NO_CONTENT ? 0 : 1;
    return skeleton;
  }
}

export function observeAll({ nodes, dead }: Host): readonly Observation[] {
  return nodes.map((node) => observe(node, dead));
}
