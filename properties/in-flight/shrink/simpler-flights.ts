/**
 * Every way to make a case with overlap one step simpler: fewer requests, less overlap, less that is asked, a smaller host.
 * The ways towards a sequential case come first, so that what overlaps in the end has to.
 */
import type { RequestNumber } from '../../../impl/in-flight.ts';
import type { Operation } from '../../../model/operations.ts';
import { isHostCall } from '../../../impl/operation-lists.ts';
import { nodeOf } from '../../cases/case.ts';
import { lowerNumbers, simplerSetups, withoutNode } from '../../shrink/simpler-cases.ts';
import type { Thoroughness } from '../../shrink/simpler-cases.ts';
import { operationOf, requestOf } from '../cases/flight-case.ts';
import type { FlightCase, FlightStep } from '../cases/flight-case.ts';

/** Operations by themselves, and requests with all their steps, left out: long runs first. */
export function* withoutRequests({ setup, steps }: FlightCase): Generator<FlightCase> {
  const whole = steps.flatMap((step, index) => (operationOf(step) === null ? [] : [index]));
  for (let count = Math.ceil(whole.length / 2); count >= 1; count = Math.floor(count / 2)) {
    for (let end = whole.length; end > 0; end -= count) {
      const left = new Set(whole.slice(Math.max(0, end - count), end));
      const numbers = new Set([...left].flatMap((index) => requestAt(steps, index) ?? []));
      yield {
        setup,
        steps: steps.filter((step, index) => !left.has(index) && !numbers.has(requestOf(step) ?? -1)),
      };
    }
  }
}

function requestAt(steps: readonly FlightStep[], index: number): RequestNumber | null {
  const step = steps[index];
  return step === undefined ? null : requestOf(step);
}

/** All of what overlaps one after the other, or one request by itself where it is submitted, or where it ends. */
export function* moreSequential({ setup, steps }: FlightCase): Generator<FlightCase> {
  const numbers = steps.flatMap((step) => (step.op === 'submit' ? [step.request] : []));
  if (numbers.length === 0) return;
  yield { setup, steps: steps.flatMap((step) => operationOf(step) ?? []) };
  for (const request of numbers) {
    const asked = steps.findIndex((step) => step.op === 'submit' && step.request === request);
    const last = steps.findLastIndex((step) => requestOf(step) === request);
    const operation = steps[asked] === undefined ? null : operationOf(steps[asked]);
    if (operation === null) continue;
    for (const place of new Set([asked, last, steps.length - 1]))
      yield {
        setup,
        steps: steps.flatMap((step, index) => {
          const kept = requestOf(step) === request ? [] : [step];
          return index === place ? [...kept, operation] : kept;
        }),
      };
  }
}

/** Advances and awaits left out: all of a request, then one by one from the end. */
export function* withoutMoves({ setup, steps }: FlightCase): Generator<FlightCase> {
  const isMove = (step: FlightStep): boolean => step.op === 'advance' || step.op === 'await';
  const numbers = new Set(steps.flatMap((step) => (isMove(step) ? (requestOf(step) ?? []) : [])));
  if (numbers.size === 0) return;
  yield { setup, steps: steps.filter((step) => !isMove(step)) };
  for (const request of numbers)
    yield { setup, steps: steps.filter((step) => !isMove(step) || requestOf(step) !== request) };
  for (let index = steps.length - 1; index >= 0; index--) {
    const step = steps[index];
    if (step !== undefined && isMove(step)) yield { setup, steps: steps.toSpliced(index, 1) };
  }
}

/** Requests are in flight for fewer steps: submitted later, or awaited earlier. */
export function* lessOverlap({ setup, steps }: FlightCase): Generator<FlightCase> {
  for (let index = 0; index + 1 < steps.length; index++) {
    const [step, next] = [steps[index], steps[index + 1]];
    if (step === undefined || next === undefined) continue;
    const isLater = step.op === 'submit' && next.op !== 'submit' && requestOf(next) !== step.request;
    const isEarlier = next.op === 'await' && step.op !== 'await' && requestOf(step) !== next.request;
    if (isLater || isEarlier) yield { setup, steps: steps.toSpliced(index, 2, next, step) };
  }
}

/** A whole node, defects and content left out. */
export function* smallerHosts({ setup, steps }: FlightCase): Generator<FlightCase> {
  const withNodes = { setup, operations: [] };
  for (const [index, simpler] of [...simplerSetups(withNodes)].entries()) {
    const node = setup.nodes.length > 1 && index < setup.nodes.length ? index : null;
    yield { setup: simpler.setup, steps: node === null ? steps : elsewhere({ setup, steps }, node) };
  }
}

function elsewhere({ setup, steps }: FlightCase, node: number): FlightStep[] {
  const gone = new Set<RequestNumber>();
  return steps.flatMap((step): FlightStep[] => {
    const operation = operationOf(step);
    if (operation === null) return gone.has(requestOf(step) ?? -1) ? [] : [step];
    if (!isHostCall(operation) && nodeOf(operation) === node) {
      if (step.op === 'submit') gone.add(step.request);
      return [];
    }
    const [moved] = withoutNode({ setup, operations: [operation] }, node).operations;
    return moved === undefined ? [] : [asking(step, moved)];
  });
}

function asking(step: FlightStep, operation: Operation): FlightStep {
  return step.op === 'submit' ? { ...step, operation } : operation;
}

/** One number lower; tags stay apart. */
export function* lowerFlights(
  { setup, steps }: FlightCase,
  thoroughness: Thoroughness,
): Generator<FlightCase> {
  const indices = steps.flatMap((step, index) => (operationOf(step) === null ? [] : [index]));
  const operations = steps.flatMap((step) => operationOf(step) ?? []);
  for (const lower of lowerNumbers({ setup, operations }, thoroughness)) {
    const place = lower.operations.findIndex((each, index) => each !== operations[index]);
    const [operation, index] = [lower.operations[place], indices[place]];
    if (operation === undefined || index === undefined) {
      yield { setup: lower.setup, steps };
      continue;
    }
    const before = operations[place];
    if (before !== undefined && 'tag' in before && 'tag' in operation && before.tag !== operation.tag)
      continue;
    const step = steps[index];
    if (step !== undefined) yield { setup, steps: steps.with(index, asking(step, operation)) };
  }
}

/** Requests numbered from 1, and tags from 2, in their order. */
export function renumbered({ setup, steps }: FlightCase): FlightCase {
  const numbers = new Map<RequestNumber, RequestNumber>();
  const tags = new Map<number, number>();
  const tagged = (operation: Operation): Operation => {
    if (!('tag' in operation)) return operation;
    const tag = tags.get(operation.tag) ?? tags.size + 2;
    tags.set(operation.tag, tag);
    return { ...operation, tag };
  };
  return {
    setup,
    steps: steps.map((step): FlightStep => {
      const number = requestOf(step);
      const operation = operationOf(step);
      if (step.op === 'submit') numbers.set(step.request, numbers.get(step.request) ?? numbers.size + 1);
      const request = number === null ? null : (numbers.get(number) ?? number);
      if (request === null) return operation === null ? step : tagged(operation);
      if (step.op === 'submit') return { op: 'submit', request, operation: tagged(step.operation) };
      return step.op === 'advance' ? { op: 'advance', request } : { op: 'await', request };
    }),
  };
}
