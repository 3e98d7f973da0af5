/**
 * What a step changes in the numbers of a state, so that the others are neither copied nor written: three numbers for each
 * that may change, its index, where its value comes from, and the value itself where that is the same for all content.
 */
import { NO_CONTENT } from '../../../impl/state-access.ts';
import { sourceOf, WRITTEN } from './derived-steps.ts';

export type StepChanges = Int32Array;

/** The value is that of the change itself. Sources from 0 on are places of the content before the step. */
const CONSTANT = -1;

/** The numbers of a change. */
export const CHANGE_LENGTH = 3;

export function constantChange(index: number, value: number): readonly number[] {
  return [index, CONSTANT, value];
}

/** Of a number that becomes what a symbol of a derived step stands for. */
export function symbolChange(index: number, symbol: number): readonly number[] {
  const source = sourceOf(symbol);
  return source === null ? constantChange(index, symbol) : [index, source, NO_CONTENT];
}

/** Of a number that becomes the content of a place before the step. */
export function copyChange(index: number, place: number): readonly number[] {
  return [index, place, NO_CONTENT];
}

/** `moves` are those of a derived step. */
export function contentChanges(moves: Int32Array): StepChanges {
  const changes: number[] = [];
  for (let move = 0; move < moves.length; move += 2)
    changes.push(...symbolChange(moves[move] ?? 0, moves[move + 1] ?? NO_CONTENT));
  return Int32Array.from(changes);
}

/** Writes what the numbers are after a step with this content before it; says whether any is another than in `before`. */
export function change(
  changes: StepChanges,
  content: Int32Array,
  written: number,
  before: Int32Array,
  into: Int32Array,
): boolean {
  let isChanged = false;
  for (let at = 0; at < changes.length; at += CHANGE_LENGTH) {
    const index = changes[at] ?? 0;
    const source = changes[at + 1] ?? CONSTANT;
    let value = changes[at + 2] ?? 0;
    if (source >= 0) value = content[source] ?? NO_CONTENT;
    else if (source === WRITTEN) value = written;
    into[index] = value;
    if (value !== before[index]) isChanged = true;
  }
  return isChanged;
}

/** Makes `into` what it was before `change`. */
export function changeBack(changes: StepChanges, before: Int32Array, into: Int32Array): void {
  for (let at = 0; at < changes.length; at += CHANGE_LENGTH) {
    const index = changes[at] ?? 0;
    into[index] = before[index] ?? 0;
  }
}
