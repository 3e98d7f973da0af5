/** A small world: a setup, and the operations that are tried in each of its states. */
import type { Operation, Setup } from '../../model/vocabulary.ts';

export interface World {
  readonly name: string;
  /** What is worth knowing of it, in one line. */
  readonly about: string;
  readonly setup: Setup;
  readonly alphabet: readonly Operation[];
}
