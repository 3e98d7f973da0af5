/**
 * Whether a system can be given a case with overlap. What may be in flight is read off the steps alone: a request counts as
 * in flight from its submission until it is awaited, though it may be answered earlier.
 */
import type { InFlightCapabilities, RequestNumber } from '../../../impl/in-flight.ts';
import type { Capabilities } from '../../../impl/capabilities.ts';
import type { Operation, OperationName } from '../../../model/operations.ts';
import { operationProblem, setupProblem } from '../../cases/setup-problem.ts';
import { overlapProblem, REQUESTS_MAX, unjudged } from '../history.ts';
import { operationOf } from './flight-case.ts';
import type { FlightCase, FlightStep } from './flight-case.ts';

export interface StepProblem {
  /** Of the step, from 0; null where it is the setup. */
  readonly index: number | null;
  readonly problem: string;
}

/** Null where the system can be given it. */
export function flightCaseProblem(
  { setup, steps }: FlightCase,
  capabilities: Capabilities,
  inFlight: InFlightCapabilities,
): StepProblem | null {
  const wrong = setupProblem(setup, capabilities) ?? overlapProblem(setup);
  if (wrong !== null) return { index: null, problem: wrong };
  const open = new OpenRequests();
  for (const [index, step] of steps.entries()) {
    const operation = operationOf(step);
    const problem =
      open.problem(step) ??
      (operation === null ? null : askedProblem(operation)) ??
      overlapsWrongly(step, open.all, inFlight);
    if (problem !== null) return { index, problem };
    open.take(step);
  }
  return null;

  function askedProblem(operation: Operation): string | null {
    if (!capabilities.operations.includes(operation.op)) return `it has no ${operation.op}`;
    return operationProblem(operation, setup) ?? unjudged(operation.op);
  }
}

/** What is wrong with the steps of a case whatever the system; null where nothing is. */
export function stepsProblem(steps: readonly FlightStep[]): StepProblem | null {
  const open = new OpenRequests();
  for (const [index, step] of steps.entries()) {
    const problem = open.problem(step);
    if (problem !== null) return { index, problem };
    open.take(step);
  }
  return null;
}

/** What has been submitted and not been awaited. */
class OpenRequests {
  readonly #open = new Map<RequestNumber, OperationName>();
  readonly #known = new Set<RequestNumber>();

  get all(): ReadonlyMap<RequestNumber, OperationName> {
    return this.#open;
  }

  problem(step: FlightStep): string | null {
    switch (step.op) {
      case 'submit':
        return this.#open.has(step.request)
          ? `request ${step.request} is submitted again before it is awaited: give it another number`
          : null;
      case 'advance':
      case 'await':
        return this.#known.has(step.request)
          ? null
          : `request ${step.request} was never submitted: submit it before`;
      default:
        return null;
    }
  }

  take(step: FlightStep): void {
    if (step.op === 'await') this.#open.delete(step.request);
    if (step.op !== 'submit') return;
    this.#open.set(step.request, step.operation.op);
    this.#known.add(step.request);
  }
}

/** What a system says that it cannot have. */
function overlapsWrongly(
  step: FlightStep,
  open: ReadonlyMap<RequestNumber, OperationName>,
  { requestsMax, alone, submits }: InFlightCapabilities,
): string | null {
  const operation = operationOf(step);
  if (operation === null || (step.op !== 'submit' && open.size === 0)) return null;
  const { op } = operation;
  if (!submits.includes(op))
    return step.op === 'submit'
      ? `${op} cannot be submitted without being awaited on this system`
      : `${op} cannot be asked on this system while something is in flight`;
  const most = Math.min(requestsMax, REQUESTS_MAX);
  if (open.size >= most)
    return `${open.size + 1} requests overlap: this system has at most ${most} in flight`;
  if (open.size === 0) return null;
  const [first] = open;
  if (alone.includes(op))
    return `${op} overlaps request ${first?.[0]}: on this system nothing overlaps ${op}`;
  const lonely = [...open].find(([, name]) => alone.includes(name));
  return lonely === undefined
    ? null
    : `${op} overlaps request ${lonely[0]}: on this system nothing overlaps ${lonely[1]}`;
}
