/** An operation that is submitted and awaited at once answers and does what the same operation does when it is applied. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createEfficientSystem } from '../../impl/efficient/efficient-system.ts';
import type { InFlightAccess } from '../../impl/in-flight.ts';
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

test('on any case', () => {
  const applied = createEfficientSystem();
  const flown = createEfficientSystem();
  let count = 0;
  const arbitrary = caseArbitrary({
    capabilities: applied.capabilities,
    geometry: 'small',
    operationsMax: 60,
  });
  const property = fc.property(arbitrary, (drawn) => {
    count += compare(drawn, applied, flown);
  });
  fc.assert(property, { seed: 24, numRuns: 300 });
  expect(count).toBeGreaterThan(5_000);
});
