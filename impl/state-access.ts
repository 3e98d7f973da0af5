/**
 * How a system in this process hands out its state as numbers and takes it back: what a search needs that goes on from
 * a state in more than one way without playing its operations again.
 */
import type { Operation } from '../model/vocabulary.ts';

/** What one number of a saved state stands for. */
export interface StateField {
  readonly name: string;
  /** Index of the node in the setup; null for what belongs to the host. */
  readonly node: number | null;
  /** The first of the sectors that it tells about; null where it tells about no place. */
  readonly sector: number | null;
  /** A `plain` field holds 0 to `values` - 1, and cannot change where that is one value; a `content` field what `contentNumber` gives. */
  readonly kind: 'plain' | 'content';
  readonly values: number;
}

/**
 * Two saved states are equal exactly if no sequence of requests can tell them apart by more than the content of memory
 * that nothing refers to. `restore` brings back what `save` wrote, or the same with tags renamed.
 */
export interface StateAccess {
  /** The fields of each state of the loaded case, in order, while no other operations than `alphabet` are applied. */
  layout(alphabet: readonly Operation[]): readonly StateField[];
  /** Writes one number a field to `into`, from its beginning on. */
  save(into: Int32Array): void;
  restore(from: Int32Array): void;
}

/** Content of no write: no such content at all, and content that no tag's payload is equal to. */
export const NO_CONTENT = 0;
export const FOREIGN_CONTENT = -1;

/** The number of a content field that holds `tag`; a negative tag is no write's. */
export function contentNumber(tag: number): number {
  return tag < 0 ? FOREIGN_CONTENT : tag + 1;
}

/** The tag of a number that is more than `NO_CONTENT`. */
export function tagOfContent(number: number): number {
  return number - 1;
}

export function plainField(name: string, values: number, node: number | null, sector?: number): StateField {
  return { name, node, sector: sector ?? null, kind: 'plain', values };
}

export function contentField(name: string, node: number, sector: number): StateField {
  return { name, node, sector, kind: 'content', values: 0 };
}
