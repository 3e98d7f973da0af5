/** What can go wrong in a case with overlap, as data. */
import type { Operation } from '../../../model/operations.ts';
import type { History } from '../history.ts';
import type { Miss } from '../request-answers.ts';

export interface FlightDivergence {
  /**
   * `unexplained`: no order of what was in flight explains it. `answers`: a request is answered twice, never, or was not
   * submitted. `lost`: the system threw, or its process is gone.
   */
  readonly kind: 'unexplained' | 'answers' | 'lost';
  /** Of the step, from 0; the number of steps where it shows behind the last one. */
  readonly index: number;
  /** Whose answer it is; null for what is shown. */
  readonly operation: Operation | null;
  /** What of it differs, in a word or two. */
  readonly aspect: string;
  readonly sentence: string;
  /** Up to what differs. */
  readonly events: History;
  readonly misses: readonly Miss[];
}

/** What it comes to. */
export type FlightVerdict =
  | { readonly kind: 'right' }
  | { readonly kind: 'wrong'; readonly divergence: FlightDivergence }
  /** A bound of the judge was met: neither is known. */
  | { readonly kind: 'undecided'; readonly index: number; readonly why: string };

/** Findings with the same signature are taken for the same bug. */
export function flightSignature({ kind, operation, aspect }: FlightDivergence): string {
  return ['in-flight', kind, operation === null ? 'shown' : operation.op, aspect].join('-');
}
