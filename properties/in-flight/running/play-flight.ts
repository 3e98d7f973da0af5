/**
 * Plays a case with overlap: what the system is to be asked next, whichever way it is asked, and what its answers come to.
 */
import type { Answered, InFlightCapabilities, RequestNumber } from '../../../impl/in-flight.ts';
import type { ShownNode } from '../../../impl/shown.ts';
import type { Operation } from '../../../model/operations.ts';
import { operationOf, OWN_NUMBERS_FROM } from '../cases/flight-case.ts';
import type { FlightCase, FlightStep } from '../cases/flight-case.ts';
import { REQUESTS_MAX } from '../history.ts';
import { BoundMet } from '../sectors/candidate-set.ts';
import type { FlightVerdict } from './flight-divergence.ts';
import type { FlightHistory, Found } from './flight-history.ts';
import type { FlightWatch } from './flight-watch.ts';

export type Ask =
  /** Nothing is in flight. */
  | { readonly kind: 'apply'; readonly request: RequestNumber; readonly operation: Operation }
  | { readonly kind: 'submit'; readonly request: RequestNumber; readonly operation: Operation }
  | { readonly kind: 'advance' | 'await'; readonly request: RequestNumber }
  | { readonly kind: 'observe' };

/** What was answered, or shown where that was asked. */
export interface Reply {
  readonly answers: readonly Answered[];
  readonly nodes: readonly ShownNode[];
}

export type FlightPlay = Generator<Ask, FlightVerdict, Reply>;

const observe: Ask = { kind: 'observe' };

export function* playFlight(
  { steps }: FlightCase,
  inFlight: InFlightCapabilities,
  history: FlightHistory,
  watch: FlightWatch,
): FlightPlay {
  let index = 0;
  try {
    for (; index < steps.length; index++) {
      const step = steps[index];
      if (step === undefined) continue;
      const found = yield* playStep(step, index, inFlight, history, watch);
      if (found !== null) return { kind: 'wrong', divergence: { ...found, index } };
    }
    const found = (yield* settle(history, watch)) ?? history.show((yield observe).nodes);
    return found === null ? { kind: 'right' } : { kind: 'wrong', divergence: { ...found, index } };
  } catch (error) {
    if (!(error instanceof BoundMet)) throw error;
    return { kind: 'undecided', index, why: error.message };
  }
}

type Part = Generator<Ask, Found | null, Reply>;

function* playStep(
  step: FlightStep,
  index: number,
  inFlight: InFlightCapabilities,
  history: FlightHistory,
  watch: FlightWatch,
): Part {
  watch.lastStep = index;
  const operation = operationOf(step);
  const found =
    operation === null
      ? yield* goOn(step, history, watch)
      : yield* ask(step, operation, OWN_NUMBERS_FROM + index, inFlight, history, watch);
  if (found !== null || history.size > 0 || !history.hasOverlapped) return found;
  return history.show((yield observe).nodes);
}

function* goOn(step: FlightStep, history: FlightHistory, watch: FlightWatch): Part {
  if (step.op === 'await') return yield* awaited(step.request, history, watch);
  if (step.op !== 'advance' || !history.isInFlight(step.request)) return null;
  watch.advanced(step.request);
  return taken((yield { kind: 'advance', request: step.request }).answers, history, watch);
}

function* ask(
  step: FlightStep,
  operation: Operation,
  ownNumber: RequestNumber,
  inFlight: InFlightCapabilities,
  history: FlightHistory,
  watch: FlightWatch,
): Part {
  const isSubmitted = step.op === 'submit' && inFlight.submits.includes(operation.op);
  const request = step.op === 'submit' ? step.request : ownNumber;
  if (!canOverlap(operation, inFlight, history) || history.isInFlight(request)) {
    const found = yield* settle(history, watch);
    if (found !== null) return found;
  }
  watch.asked(request, operation, isSubmitted);
  history.submit(request, operation);
  const isAlone = history.size === 1 && !isSubmitted;
  const kind = isAlone ? 'apply' : 'submit';
  const found = taken((yield { kind, request, operation }).answers, history, watch);
  return found !== null || isSubmitted ? found : yield* awaited(request, history, watch);
}

/** What cannot overlap waits until nothing is in flight. */
function canOverlap(
  { op }: Operation,
  { requestsMax, alone, submits }: InFlightCapabilities,
  history: FlightHistory,
): boolean {
  if (history.size === 0) return true;
  if (history.size >= Math.min(requestsMax, REQUESTS_MAX) || alone.includes(op) || !submits.includes(op))
    return false;
  if (alone.length === 0) return true;
  for (const other of history.operations) if (alone.includes(other.op)) return false;
  return true;
}

function* awaited(request: RequestNumber, history: FlightHistory, watch: FlightWatch): Part {
  if (!history.isInFlight(request)) return null;
  watch.awaited(request);
  const found = taken((yield { kind: 'await', request }).answers, history, watch);
  if (found !== null) return found;
  return history.isInFlight(request) ? history.unanswered(request) : null;
}

/** All that is in flight is awaited, oldest first. */
function* settle(history: FlightHistory, watch: FlightWatch): Part {
  for (let { oldest } = history; oldest !== null; { oldest } = history) {
    const found = yield* awaited(oldest, history, watch);
    if (found !== null) return found;
  }
  return null;
}

function taken(answers: readonly Answered[], history: FlightHistory, watch: FlightWatch): Found | null {
  for (const answered of answers) {
    watch.answered(answered.request);
    const found = history.answer(answered);
    if (found !== null) return found;
  }
  return null;
}
