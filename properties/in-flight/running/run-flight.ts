/** Runs a case with overlap on a system that answers at once, or on one behind a process or a wire. */
import { EnvironmentError } from '../../../impl/environment-error.ts';
import type { Answered, AsyncInFlightAccess, InFlightAccess } from '../../../impl/in-flight.ts';
import type { AsyncSystem, System } from '../../../impl/system.ts';
import { SystemLost } from '../../../impl/system-lost.ts';
import type { Follow } from '../../../model/deviations.ts';
import type { Operation } from '../../../model/operations.ts';
import { operationOf } from '../cases/flight-case.ts';
import type { FlightCase } from '../cases/flight-case.ts';
import type { History } from '../history.ts';
import type { FlightVerdict } from './flight-divergence.ts';
import { FlightHistory } from './flight-history.ts';
import { FlightWatch } from './flight-watch.ts';
import { playFlight } from './play-flight.ts';
import type { Ask, Reply } from './play-flight.ts';

export interface FlightRun {
  readonly verdict: FlightVerdict;
  readonly watch: FlightWatch;
  /** All that was submitted, answered and shown, up to what is wrong. */
  readonly events: History;
}

/** With what requests in flight are driven by; where they cannot overlap there is none. */
export interface Overlapping {
  readonly system: System;
  readonly inFlight: InFlightAccess;
}

export interface AsyncOverlapping {
  readonly system: AsyncSystem;
  readonly inFlight: AsyncInFlightAccess;
}

const noNodes: Reply['nodes'] = [];
const noAnswers: readonly Answered[] = [];

/** What the system throws is a finding, but for an `EnvironmentError`. */
export function runFlight(
  given: Overlapping,
  testCase: FlightCase,
  follow: Follow,
  watch = new FlightWatch(),
): FlightRun {
  const { system } = given;
  const { capabilities } = given.inFlight;
  const history = new FlightHistory(testCase.setup, capabilities, follow);
  const { events } = history;
  const play = playFlight(testCase, capabilities, history, watch);
  try {
    system.load(testCase.setup);
    let next = play.next();
    while (next.done !== true) {
      const { value } = next;
      const reply = orLost(() => perform(given, value));
      if (reply instanceof SystemLost)
        return { verdict: lostIn(testCase, history, watch, reply), watch, events };
      next = play.next(reply);
    }
    return { verdict: next.value, watch, events };
  } finally {
    system.unload();
  }
}

function orLost<Result>(act: () => Result): Result | SystemLost {
  try {
    return act();
  } catch (error) {
    return asLost(error);
  }
}

function asLost(error: unknown): SystemLost {
  if (error instanceof SystemLost) return error;
  if (error instanceof EnvironmentError) throw error;
  return new SystemLost('crash', error instanceof Error ? `it threw: ${error.message}` : 'it threw');
}

function perform({ system, inFlight }: Overlapping, ask: Ask): Reply {
  switch (ask.kind) {
    case 'apply': {
      const { request } = ask;
      return { answers: [{ request, outcome: system.apply(ask.operation) }], nodes: noNodes };
    }
    case 'submit':
      return { answers: inFlight.submit(ask.request, ask.operation), nodes: noNodes };
    case 'advance':
      return { answers: inFlight.advance(ask.request), nodes: noNodes };
    case 'await':
      return { answers: inFlight.await(ask.request), nodes: noNodes };
    case 'observe':
      return { answers: noAnswers, nodes: system.observe() };
  }
}

/** The same of one that is waited for. Rejects with an `EnvironmentError`. */
export async function runAsyncFlight(
  given: AsyncOverlapping,
  testCase: FlightCase,
  follow: Follow,
  watch = new FlightWatch(),
): Promise<FlightRun> {
  const { system } = given;
  const { capabilities } = given.inFlight;
  const history = new FlightHistory(testCase.setup, capabilities, follow);
  const { events } = history;
  const play = playFlight(testCase, capabilities, history, watch);
  const operations = testCase.steps.flatMap((step) => operationOf(step) ?? []);
  try {
    const unloadable = await system.load(testCase.setup, operations).then(() => null, asLost);
    if (unloadable !== null) return { verdict: lostIn(testCase, history, watch, unloadable), watch, events };
    let next = play.next();
    while (next.done !== true) {
      const reply = await performAsync(given, next.value).catch(asLost);
      if (reply instanceof SystemLost)
        return { verdict: lostIn(testCase, history, watch, reply), watch, events };
      next = play.next(reply);
    }
    return { verdict: next.value, watch, events };
  } finally {
    await system.unload();
  }
}

async function performAsync({ system, inFlight }: AsyncOverlapping, ask: Ask): Promise<Reply> {
  switch (ask.kind) {
    case 'apply': {
      const { request, operation } = ask;
      return { answers: [{ request, outcome: await system.apply(operation) }], nodes: noNodes };
    }
    case 'submit':
      return { answers: await inFlight.submit(ask.request, ask.operation), nodes: noNodes };
    case 'advance':
      return { answers: await inFlight.advance(ask.request), nodes: noNodes };
    case 'await':
      return { answers: await inFlight.await(ask.request), nodes: noNodes };
    case 'observe':
      return { answers: noAnswers, nodes: (await system.observe()).nodes };
  }
}

/** At the step that was played last. */
function lostIn(
  { steps }: FlightCase,
  history: FlightHistory,
  { lastStep }: FlightWatch,
  { how, message }: SystemLost,
): FlightVerdict {
  const step = steps[lastStep];
  const operation: Operation | null = step === undefined ? null : operationOf(step);
  return { kind: 'wrong', divergence: { ...history.lost(operation, how, message), index: lastStep } };
}
