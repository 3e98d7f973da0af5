/** Runs a case with overlap on a system that answers at once, or on one behind a process or a wire. */
import { EnvironmentError } from '../../../impl/environment-error.ts';
import { Interrupted } from '../../../impl/held/interrupted.ts';
import type { Answered, AsyncInFlightAccess, InFlightAccess } from '../../../impl/in-flight.ts';
import type { AsyncSystem, System } from '../../../impl/system.ts';
import type { ShownNode } from '../../../impl/shown.ts';
import { SystemLost } from '../../../impl/system-lost.ts';
import type { Follow } from '../../../model/deviations.ts';
import type { Operation } from '../../../model/operations.ts';
import type { Outcome } from '../../../model/vocabulary.ts';
import { operationOf } from '../cases/flight-case.ts';
import type { FlightCase } from '../cases/flight-case.ts';
import type { History } from '../history.ts';
import type { FlightVerdict } from './flight-divergence.ts';
import { FlightHistory } from './flight-history.ts';
import { FlightWatch } from './flight-watch.ts';
import { FlightPlay } from './play-flight.ts';
import type { Ask } from './play-flight.ts';

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
  const play = new FlightPlay(testCase, capabilities, history, watch);
  try {
    system.load(testCase.setup);
    for (let ask = play.next(); ask !== null; ask = play.next()) {
      const lost = perform(given, ask, play);
      if (lost !== null) return { verdict: lostIn(testCase, history, watch, lost), watch, events };
    }
    return { verdict: verdictOf(play), watch, events };
  } finally {
    system.unload();
  }
}

function verdictOf({ verdict }: FlightPlay): FlightVerdict {
  if (verdict === null) throw new Error('the case is not over');
  return verdict;
}

/** Throws an `EnvironmentError` again, which is no finding. */
export function asLost(error: unknown): SystemLost {
  if (error instanceof SystemLost) return error;
  if (error instanceof EnvironmentError || error instanceof Interrupted) throw error;
  return new SystemLost('crash', error instanceof Error ? `it threw: ${error.message}` : 'it threw');
}

function perform({ system, inFlight }: Overlapping, ask: Ask, play: FlightPlay): SystemLost | null {
  let outcome: Outcome | null = null;
  let answers: readonly Answered[] = noAnswers;
  let nodes: readonly ShownNode[] | null = null;
  try {
    if (ask.kind === 'apply') outcome = system.apply(ask.operation);
    else if (ask.kind === 'observe') nodes = system.observe();
    else if (ask.kind === 'submit') answers = inFlight.submit(ask.request, ask.operation);
    else answers = inFlight[ask.kind](ask.request);
  } catch (error) {
    return asLost(error);
  }
  if (ask.kind === 'apply' && outcome !== null) play.answer(ask.request, outcome);
  else if (nodes === null) play.take(answers);
  else play.show(nodes);
  return null;
}

/** The same of one that is waited for, also of what it throws while the case is taken down. Rejects with an `EnvironmentError`. */
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
  const play = new FlightPlay(testCase, capabilities, history, watch);
  let lost: SystemLost | null;
  try {
    lost = await playAsync(given, testCase, play);
  } catch (error) {
    // What matters is the first that went wrong.
    await system.unload().catch(() => {});
    throw error;
  }
  const lostAtEnd = await system.unload().then(() => null, asLost);
  lost ??= play.verdict?.kind === 'wrong' ? null : lostAtEnd;
  const verdict = lost === null ? verdictOf(play) : lostIn(testCase, history, watch, lost);
  return { verdict, watch, events };
}

async function playAsync(
  given: AsyncOverlapping,
  { setup, steps }: FlightCase,
  play: FlightPlay,
): Promise<SystemLost | null> {
  const operations = steps.flatMap((step) => operationOf(step) ?? []);
  let lost = await given.system.load(setup, operations).then(() => null, asLost);
  while (lost === null) {
    const ask = play.next();
    if (ask === null) break;
    lost = await performAsync(given, ask, play);
  }
  return lost;
}

async function performAsync(
  { system, inFlight }: AsyncOverlapping,
  ask: Ask,
  play: FlightPlay,
): Promise<SystemLost | null> {
  let answers: readonly Answered[] | null = null;
  let nodes: readonly ShownNode[] = [];
  try {
    if (ask.kind === 'observe') ({ nodes } = await system.observe());
    else if (ask.kind === 'apply')
      answers = [{ request: ask.request, outcome: await system.apply(ask.operation) }];
    else if (ask.kind === 'submit') answers = await inFlight.submit(ask.request, ask.operation);
    else answers = await inFlight[ask.kind](ask.request);
  } catch (error) {
    return asLost(error);
  }
  if (answers === null) play.show(nodes);
  else play.take(answers);
  return null;
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
