/** A case in which requests overlap: a setup, and steps that submit requests, let them go on and await them. */
import type { RequestNumber } from '../../../impl/in-flight.ts';
import type { Operation } from '../../../model/operations.ts';
import type { Setup } from '../../../model/vocabulary.ts';

/** It is in flight from here until it is answered. */
export interface SubmitStep {
  readonly op: 'submit';
  readonly request: RequestNumber;
  readonly operation: Operation;
}

/** It goes on to its next station. */
export interface AdvanceStep {
  readonly op: 'advance';
  readonly request: RequestNumber;
}

/** It goes on until it is answered, and what it waits for before it. */
export interface AwaitStep {
  readonly op: 'await';
  readonly request: RequestNumber;
}

/** An operation by itself is submitted and awaited in one. */
export type FlightStep = Operation | SubmitStep | AdvanceStep | AwaitStep;

/**
 * Every sequence of steps is a case: what advances or awaits a request that is not in flight does nothing, and what is in
 * flight at the end is awaited then, oldest first.
 */
export interface FlightCase {
  readonly setup: Setup;
  readonly steps: readonly FlightStep[];
}

/** Numbers that no step has, for operations that are submitted and awaited in one. */
export const OWN_NUMBERS_FROM = 2 ** 20;

/** What a step asks the system to do; null where it only lets something go on. */
export function operationOf(step: FlightStep): Operation | null {
  switch (step.op) {
    case 'submit':
      return step.operation;
    case 'advance':
    case 'await':
      return null;
    default:
      return step;
  }
}

/** The request that it is a step of; null for an operation by itself. */
export function requestOf(step: FlightStep): RequestNumber | null {
  return step.op === 'submit' || step.op === 'advance' || step.op === 'await' ? step.request : null;
}
