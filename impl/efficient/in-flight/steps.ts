/** What a request in flight is made of: steps, with a pause between one and the next. */
import type { Operation } from '../../../model/operations.ts';
import type { Outcome } from '../../../model/vocabulary.ts';
import type { RequestNumber } from '../../in-flight.ts';

/** A request that has been submitted and not yet answered. */
export interface Submitted {
  readonly request: RequestNumber;
  readonly operation: Operation;
}

/** The requests that one waits for; where it waits for none, it has reached a station. */
export type Pause = readonly Submitted[];

export const STATION: Pause = [];

/**
 * Between two pauses all happens at one instant. A request that waits looks again each time it is resumed, and changes
 * nothing as long as it has to wait.
 */
export type Steps = Generator<Pause, Outcome, undefined>;

/** Of what is answered at once. */
// oxlint-disable-next-line require-yield
export function* answeredAtOnce(outcome: Outcome): Steps {
  return outcome;
}
