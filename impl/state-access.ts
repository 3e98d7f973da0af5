/**
 * How a system in this process hands out its state as numbers and takes it back: what a search needs that goes on from
 * a state in more than one way without playing its operations again.
 */
import type { Operation } from '../model/operations.ts';

/**
 * What one number of a saved state stands for: a `units` field holds a bit for each unit of a disk, a `content` field
 * what `contentNumber` gives for one sector, a `plain` field whatever it likes. Names are the system's own; content of
 * which the model has the like is best named as the model names it: `active of node 0`.
 */
export type StateField =
  | { readonly kind: 'plain'; readonly name: string }
  | { readonly kind: 'units'; readonly name: string; readonly unitSectors: number }
  | { readonly kind: 'content'; readonly name: string; readonly sector: number };

/**
 * Two saved states are equal exactly if no sequence of requests can tell them apart by more than the content of memory
 * that nothing refers to. `restore` brings back what `save` wrote, or the same with tags renamed.
 */
export interface StateAccess {
  /** The fields of each state of the loaded case, in order, while no other operations than `alphabet` are applied. */
  layout(alphabet: readonly Operation[]): readonly StateField[];
  /** Writes one number a field to `into`, from its beginning on. */
  save(into: Int32Array): void;
  /** What `save` would write, in memory of the system's own: only to be read, and good until anything else is called. */
  present?(): Int32Array;
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

export function plainField(name: string): StateField {
  return { kind: 'plain', name };
}

export function unitsField(name: string, unitSectors: number): StateField {
  return { kind: 'units', name, unitSectors };
}

/** One field a sector. */
export function contentFields(name: string, countSectors: number): StateField[] {
  return Array.from({ length: countSectors }, (_, sector) => ({ kind: 'content', name, sector }));
}

/** Whether a commit job can come about by these operations. */
export function mayFailOver(alphabet: readonly Operation[]): boolean {
  return alphabet.some(
    (operation) =>
      (operation.op === 'stop' && operation.failover) ||
      (operation.op === 'setReplication' && !operation.enable && operation.failover === true),
  );
}
