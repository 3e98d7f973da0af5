/** What fails in a long case with overlap fails in a short one, and overlaps only where it has to. */
import { expect, test } from 'vitest';
import { createEfficientSystem } from '../../../impl/efficient/efficient-system.ts';
import { seededDice } from '../../cases/seeded-dice.ts';
import { flightCaseProblem } from '../cases/flight-case-problem.ts';
import type { FlightCase } from '../cases/flight-case.ts';
import { describeStep } from '../cases/flight-step-text.ts';
import { drawProgram } from '../drawing/flight-program.ts';
import { drawFlightSetup } from '../drawing/flight-setup.ts';
import { Orders } from '../drawing/orders.ts';
import type { FlightDivergence } from '../running/flight-divergence.ts';
import { asyncFlightSubject, syncFlightSubject } from '../running/flight-subject.ts';
import type { FlightSubject, SyncFlightSubject } from '../running/flight-subject.ts';
import { atomicInFlight, waitedFor } from '../testing/atomic-in-flight.ts';
import type { Slip } from '../testing/atomic-in-flight.ts';
import { secondary } from '../testing/small-histories.ts';
import { shrinkFlight } from './shrink-flight.ts';
import { renumbered, smallerHosts } from './simpler-flights.ts';

const SEED = 5;

function subjectOf(slip: Slip): SyncFlightSubject {
  const subject = syncFlightSubject(atomicInFlight(createEfficientSystem(), slip).system);
  if (subject === null) throw new Error('nothing can be in flight');
  return subject;
}

function firstFailure(subject: SyncFlightSubject): { failing: FlightCase; divergence: FlightDivergence } {
  const dice = seededDice(SEED);
  for (let program = 0; program < 200; program++) {
    const setup = drawFlightSetup(subject.capabilities, 'mixed', dice);
    const drawn = drawProgram(setup, subject.capabilities, subject.inFlight, 40, dice);
    const failing = new Orders(drawn, 8, 'weighted').draw(dice);
    const { verdict } = subject.judge(failing);
    if (verdict.kind === 'wrong') return { failing, divergence: verdict.divergence };
  }
  throw new Error('nothing fails');
}

async function shrunk(slip: Slip, on: FlightSubject = subjectOf(slip)): Promise<readonly string[]> {
  const { failing, divergence } = firstFailure(subjectOf(slip));
  const { minimal, complete } = await shrinkFlight(on, failing, divergence);
  expect(complete).toBe(true);
  expect(flightCaseProblem(minimal, on.capabilities, on.inFlight)).toBeNull();
  return minimal.steps.map(describeStep);
}

test(`what needs no overlap has none (seed ${SEED})`, async () => {
  expect(await shrunk('refuses checkpoints')).toEqual(['checkpoint']);
});

test(`what needs some is as sequential as it can be (seed ${SEED})`, async () => {
  expect(await shrunk('takes effect late')).toEqual([
    'open',
    'start secondary',
    // Any request will do that has a station.
    expect.stringMatching(/^request 1 is submitted: /),
    'guestWrite sector 0 tag 2',
  ]);
  expect(await shrunk('answers twice')).toHaveLength(1);
});

test(`what is waited for is shrunk as well (seed ${SEED})`, async () => {
  const waited = asyncFlightSubject(
    waitedFor(atomicInFlight(createEfficientSystem(), 'answers twice')).system,
  );
  if (waited === null) throw new Error('nothing can be in flight');
  expect(await shrunk('answers twice', waited)).toEqual(await shrunk('answers twice'));
});

test('a node goes with what is asked of it, and numbers close up', () => {
  const setup = { nodes: [secondary(2), secondary(2)] };
  const steps: FlightCase['steps'] = [
    { op: 'open', node: 1 },
    { op: 'submit', request: 7, operation: { op: 'guestWrite', sector: 0, count: 1, tag: 9 } },
    { op: 'submit', request: 4, operation: { op: 'guestWrite', sector: 0, count: 1, tag: 5, node: 1 } },
    { op: 'await', request: 4 },
    { op: 'advance', request: 7 },
    { op: 'checkpoint' },
  ];
  const [withoutFirst, withoutSecond] = smallerHosts({ setup, steps });
  expect(withoutFirst?.steps.map(describeStep)).toEqual([
    'open',
    'request 4 is submitted: guestWrite sector 0 tag 5',
    'request 4 is awaited',
    'checkpoint',
  ]);
  expect(renumbered(withoutSecond ?? { setup, steps }).steps.map(describeStep)).toEqual([
    'request 1 is submitted: guestWrite sector 0 tag 2',
    'request 1 goes on',
    'checkpoint',
  ]);
});
