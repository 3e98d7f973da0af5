/** Which answers of a request are explained by the control states that it may have met while it was in flight. */
import type { Outcome } from '../../model/vocabulary.ts';
import { wholeOutcome } from './control-state.ts';
import type { Control } from './control-state.ts';
import type { Request } from './flight.ts';
import type { Hypothesis } from './hypothesis.ts';

/** The control states that a request may have met since its submission, the latest first. */
function* met({ control, tip }: Hypothesis, { submittedAt }: Request): Iterable<Control> {
  yield control;
  for (let entry = tip; entry !== null && entry.index > submittedAt; entry = entry.before)
    yield entry.call.before;
}

/** Whether it may be answered so as a whole. */
export function mayAnswer(hypothesis: Hypothesis, request: Request, outcome: Outcome): boolean {
  for (const control of met(hypothesis, request))
    if (same(wholeOutcome(control, request.shape), outcome)) return true;
  return false;
}

/** All that it may be answered as a whole; of data only that there is some. */
export function possibleOutcomes(hypothesis: Hypothesis, request: Request): Outcome[] {
  const known = new Map<string, Outcome>();
  for (const control of met(hypothesis, request)) {
    const whole = wholeOutcome(control, request.shape);
    known.set(JSON.stringify(whole), whole);
  }
  return [...known.values()];
}

/** Whether one of those states is such. */
export function hasMet(
  hypothesis: Hypothesis,
  request: Request,
  isSuch: (control: Control) => boolean,
): boolean {
  for (const control of met(hypothesis, request)) if (isSuch(control)) return true;
  return false;
}

export function same(one: Outcome, other: Outcome): boolean {
  return one === other || JSON.stringify(one) === JSON.stringify(other);
}
