/** One step of a case with overlap in a few words. */
import { describeOperation } from '../../cases/operation-text.ts';
import type { FlightStep } from './flight-case.ts';

export function describeStep(step: FlightStep): string {
  switch (step.op) {
    case 'submit':
      return `request ${step.request} is submitted: ${describeOperation(step.operation)}`;
    case 'advance':
      return `request ${step.request} goes on`;
    case 'await':
      return `request ${step.request} is awaited`;
    default:
      return describeOperation(step);
  }
}
