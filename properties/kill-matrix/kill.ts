/** The result of mutation analysis for one mutant, method by method. */
import type { FailureTarget } from '../shrink/failure-search.ts';
import type { MutantOrigin } from '../../impl/mutants/mutant.ts';

/** One run of random lockstep, with one seed. */
export interface RandomKill {
  readonly seed: number;
  readonly target: FailureTarget;
  /** Operations and seconds until the first failure was met. */
  readonly operations: number;
  readonly seconds: number;
  /** Operations of the failing case as it was drawn, up to the failure; and after shrinking. */
  readonly firstLength: number;
  readonly shrunkLength: number;
  /** Nodes of the shrunk case. */
  readonly nodes: number;
  readonly shrinkSeconds: number;
}

/** The first kill of a method that needs no seeds. */
export interface Kill {
  /** The law that was broken, the world that was searched, or the trace that was replayed. */
  readonly by: string;
  readonly operations: number;
  readonly seconds: number;
  readonly length: number;
}

/** The fewest operations in which small hosts show a failure of this signature. */
export interface ProvenLength {
  readonly signature: string;
  readonly operations: number;
  /** False where the search was given up before all shorter cases had been looked at. */
  readonly isProven: boolean;
}

export interface MutantRow {
  readonly mutant: string;
  readonly origin: MutantOrigin;
  readonly seeds: number;
  readonly random: readonly RandomKill[];
  /** Judged by the laws alone, without the model. */
  readonly laws: Kill | null;
  readonly exhaustive: Kill | null;
  readonly traces: Kill | null;
  readonly shortest: readonly ProvenLength[];
}

export function isShortest({ target, shrunkLength }: RandomKill, shortest: readonly ProvenLength[]): boolean {
  return shortest.some(
    (proven) => proven.signature === target.signature && proven.operations === shrunkLength,
  );
}

export function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((left, right) => left - right);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
