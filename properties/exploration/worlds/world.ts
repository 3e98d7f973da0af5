/** A small world: a setup, and the operations that are tried in each of its states. */
import { contentNumber, NO_CONTENT } from '../../../impl/state-access.ts';
import type { Operation } from '../../../model/operations.ts';
import type { Setup } from '../../../model/vocabulary.ts';

export interface World {
  readonly name: string;
  /** What is worth knowing of it, in one line. */
  readonly about: string;
  readonly setup: Setup;
  readonly alphabet: readonly Operation[];
  /** Names of the goals (goals.ts) that must be reached in it. */
  readonly goals: readonly string[];
  /** Too large for every day. */
  readonly nightly?: true;
}

/** An operation of the alphabet, and the number that it shares with those that differ from it by their tag alone. */
export interface Template {
  readonly operation: Operation;
  readonly number: number;
  /** The content that it writes. */
  readonly written: number;
}

export function templatesOf({ alphabet }: World): readonly Template[] {
  const numbers = new Map<string, number>();
  return alphabet.map((operation) => {
    const hasTag = 'tag' in operation;
    const key = JSON.stringify(hasTag ? { ...operation, tag: null } : operation);
    const number = numbers.get(key) ?? numbers.size;
    numbers.set(key, number);
    return { operation, number, written: hasTag ? contentNumber(operation.tag) : NO_CONTENT };
  });
}

/** Every tag that can lie on a disk. */
export function tagsOf({ setup, alphabet }: World): readonly number[] {
  const initial = setup.nodes.flatMap(({ initialContent }) => initialContent.map(({ tag }) => tag));
  const written = alphabet.flatMap((operation) => ('tag' in operation ? [operation.tag] : []));
  return [...new Set([0, ...initial, ...written])];
}
