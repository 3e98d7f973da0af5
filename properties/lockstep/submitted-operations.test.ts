/** An operation that is submitted and awaited at once answers and does what the same operation does when it is applied. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createEfficientSystem } from '../../impl/efficient/efficient-system.ts';
import { mutants } from '../../impl/mutants/catalogue.ts';
import { inFlightMutants } from '../../impl/mutants/in-flight/in-flight-catalogue.ts';
import { createInFlightMutant } from '../../impl/mutants/in-flight/in-flight-mutant.ts';
import { createMutant } from '../../impl/mutants/mutant.ts';
import type { Answered, InFlightAccess } from '../../impl/in-flight.ts';
import type { System } from '../../impl/system.ts';
import type { Operation } from '../../model/operations.ts';
import type { Outcome } from '../../model/vocabulary.ts';
import { caseArbitrary } from '../generation/case-arbitrary.ts';
import type { Case } from '../cases/case.ts';

function submitted(access: InFlightAccess, operation: Operation): Outcome | undefined {
  const answered = [...access.submit(1, operation), ...access.await(1)];
  expect(answered).toHaveLength(1);
  return answered[0]?.outcome;
}

/** How many operations were submitted. */
function compare({ setup, operations }: Case, applied: System, flown: System): number {
  const access = flown.inFlight;
  if (access === undefined) throw new Error('it has no requests in flight');
  applied.load(setup);
  flown.load(setup);
  let count = 0;
  for (const operation of operations) {
    const canSubmit = access.capabilities.submits.includes(operation.op);
    if (canSubmit) count++;
    const outcome = canSubmit ? submitted(access, operation) : flown.apply(operation);
    expect([outcome, flown.observe()]).toEqual([applied.apply(operation), applied.observe()]);
  }
  return count;
}

const applied = createEfficientSystem();
const { capabilities } = applied;
const arbitrary = caseArbitrary({ capabilities, geometry: 'small', operationsMax: 60 });

test('on any case', () => {
  const flown = createEfficientSystem();
  let count = 0;
  const property = fc.property(arbitrary, (drawn) => {
    count += compare(drawn, applied, flown);
  });
  fc.assert(property, { seed: 24, numRuns: 300 });
  expect(count).toBeGreaterThan(5_000);
});

/** Submits all that can be, lets what is in flight go on as `order` says, and awaits all before a fault. */
function overlap({ setup, operations }: Case, flown: System, order: readonly number[]): void {
  const access = flown.inFlight;
  if (access === undefined) throw new Error('it has no requests in flight');
  flown.load(setup);
  const waiting = new Set<number>();
  let next = 0;
  const take = (answered: readonly Answered[]): void => {
    for (const { request } of answered) expect(waiting.delete(request)).toBe(true);
  };
  const awaitAll = (): void => {
    for (const request of waiting) take(access.await(request));
    expect(waiting.size).toBe(0);
  };
  for (const operation of operations) {
    if (!access.capabilities.submits.includes(operation.op)) {
      awaitAll();
      flown.apply(operation);
      continue;
    }
    if (waiting.size === access.capabilities.requestsMax) awaitAll();
    waiting.add(next);
    take(access.submit(next, operation));
    next++;
    for (const choice of order.slice(next % 7, (next % 7) + 3))
      take(access.advance(Math.max(0, next - choice)));
  }
  awaitAll();
}

test('each is answered once, however many are in flight', () => {
  const flown = createEfficientSystem();
  const choices = fc.array(fc.nat(8), { minLength: 10, maxLength: 10 });
  const property = fc.property(arbitrary, choices, (drawn, order) => {
    overlap(drawn, flown, order);
  });
  fc.assert(property, { seed: 26, numRuns: 400 });
});

/** What is in flight is all that they do wrong: the ordinary search cannot find them. */
test.each(inFlightMutants)('with the seeded bug $name', (mutant) => {
  const flown = createInFlightMutant(mutant);
  const drawn = fc.sample(arbitrary, { seed: 25, numRuns: 12 });
  let count = 0;
  for (const each of drawn) count += compare(each, applied, flown);
  expect(count).toBeGreaterThan(200);
});

test('a seeded bug of what is not in flight differs', () => {
  const mutant = mutants.find(({ name }) => name === 'no-copy-before-a-write');
  if (mutant === undefined) throw new Error('there is no such mutant');
  const wrong = createMutant(mutant);
  const drawn = fc.sample(arbitrary, { seed: 25, numRuns: 25 });
  expect(() => drawn.map((each) => compare(each, wrong, createEfficientSystem()))).toThrow('to deeply equal');
});
