/** Which answers of a request are explained by the control states that it may have met while it was in flight. */
import type { Outcome } from '../../model/vocabulary.ts';
import { wholeOutcome } from './sectors/control-state.ts';
import type { Control } from './sectors/control-state.ts';
import type { Request } from './flight.ts';
import type { Hypothesis } from './hypothesis.ts';

/** Whether no call has come since the request was submitted: what it may have met is what there is now. */
export function hasMetOne({ tip }: Hypothesis, { submittedAt }: Request): boolean {
  return tip === null || tip.index <= submittedAt;
}

/** Whether one of the control states that a request may have met since its submission is such; the latest is asked first. */
export function hasMet(
  { control, tip }: Hypothesis,
  { submittedAt }: Request,
  isSuch: (control: Control) => boolean,
): boolean {
  if (isSuch(control)) return true;
  for (let entry = tip; entry !== null && entry.index > submittedAt; entry = entry.before)
    if (isSuch(entry.call.before)) return true;
  return false;
}

/** Whether it may be answered so as a whole. */
export function mayAnswer(hypothesis: Hypothesis, request: Request, outcome: Outcome): boolean {
  if (same(wholeOutcome(hypothesis.control, request.shape), outcome)) return true;
  return !hasMetOne(hypothesis, request) && mightAnswer(hypothesis, request, outcome);
}

/** By itself: a function with a closure pays for it at each call, also where it returns before. */
function mightAnswer(hypothesis: Hypothesis, request: Request, outcome: Outcome): boolean {
  return hasMet(hypothesis, request, (control) => same(wholeOutcome(control, request.shape), outcome));
}

/** All that it may be answered as a whole; of data only that there is some. */
export function possibleOutcomes(hypothesis: Hypothesis, request: Request): Outcome[] {
  const known: Outcome[] = [];
  hasMet(hypothesis, request, (control) => {
    const whole = wholeOutcome(control, request.shape);
    if (!known.some((each) => same(each, whole))) known.push(whole);
    return false;
  });
  return known;
}

const outcomeKeys = new WeakMap<Outcome, string>();

/** The same for outcomes that are the same. */
export function outcomeKey(outcome: Outcome): string {
  if (outcome.kind === 'ok') return 'ok';
  const known = outcomeKeys.get(outcome);
  if (known !== undefined) return known;
  const key = JSON.stringify(outcome);
  outcomeKeys.set(outcome, key);
  return key;
}

export function same(one: Outcome, other: Outcome): boolean {
  if (one === other) return true;
  if (one.kind !== other.kind) return false;
  if (one.kind === 'ok') return true;
  if (one.kind === 'data' && other.kind === 'data')
    return one.tags.length === other.tags.length && one.tags.every((tag, at) => tag === other.tags[at]);
  if (one.kind === 'error' && other.kind === 'error') return one.message === other.message;
  if (one.kind === 'errno' && other.kind === 'errno') return one.errno === other.errno;
  return JSON.stringify(one) === JSON.stringify(other);
}
