/** What is drawn are cases that the system can be given, and among the orders are those that are rare by plain choice. */
import { describe, expect, test } from 'vitest';
import { createEfficientSystem } from '../../../impl/efficient/efficient-system.ts';
import { seededDice } from '../../cases/seeded-dice.ts';
import { flightCaseProblem } from '../cases/flight-case-problem.ts';
import { asyncFlightSubject, syncFlightSubject } from '../running/flight-subject.ts';
import { atomicInFlight, waitedFor } from '../testing/atomic-in-flight.ts';
import { read } from '../testing/small-histories.ts';
import { drawProgram } from './flight-program.ts';
import { drawFlightSetup } from './flight-setup.ts';
import { interleave, strategies } from './interleave.ts';
import { Orders } from './orders.ts';

const SEED = 24;
const PROGRAMS = 60;
const ORDERS = 4;

describe.each(strategies)('%s', (strategy) => {
  test(`cases can be given to the system and are explained, waited for or not (seed ${SEED})`, async () => {
    const dice = seededDice(SEED);
    const overlapping = atomicInFlight(createEfficientSystem());
    const subject = syncFlightSubject(overlapping.system);
    const waited = asyncFlightSubject(waitedFor(atomicInFlight(createEfficientSystem())).system);
    if (subject === null || waited === null) throw new Error('nothing can be in flight');
    const { capabilities, inFlight } = subject;
    let overlaps = 0;
    let most = 0;
    for (let program = 0; program < PROGRAMS; program++) {
      const setup = drawFlightSetup(capabilities, 'mixed', dice);
      const orders = new Orders(drawProgram(setup, capabilities, inFlight, 40, dice), 8, strategy);
      for (let order = 0; order < ORDERS; order++) {
        const testCase = orders.draw(dice);
        expect(flightCaseProblem(testCase, capabilities, inFlight)).toBeNull();
        const { verdict, watch } = subject.judge(testCase);
        expect(verdict).toEqual({ kind: 'right' });
        if (order === 0) expect((await waited.judge(testCase)).verdict).toEqual(verdict);
        orders.learn(watch);
        overlaps += watch.overlaps;
        most = Math.max(most, watch.mostInFlight);
      }
    }
    expect(overlaps).toBeGreaterThan(PROGRAMS * ORDERS);
    // By priorities only as many as there are places at which they change, and one.
    expect(most).toBeGreaterThan(strategy === 'priorities' ? 2 : 6);
  });
});

describe('a short request is awaited behind a long one', () => {
  const requests = [1, 2].map((request) => ({ request, operation: read('guestRead', 0) }));
  const stationsOf = (request: number): number => (request === 1 ? 12 : 0);
  const share = (strategy: (typeof strategies)[number]): number => {
    const dice = seededDice(SEED);
    let last = 0;
    for (let order = 0; order < 4000; order++) {
      const step = interleave(requests, stationsOf, 8, strategy, dice).at(-1);
      if (step?.op === 'await' && step.request === 2) last++;
    }
    return last / 4000;
  };

  test('three times as often by weights as by plain choice', () => {
    expect(share('uniform')).toBeGreaterThan(0);
    expect(share('weighted')).toBeGreaterThan(3 * share('uniform'));
  });
});
