/** The model never writes to a state it was given, and the same step twice leads to the same place. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { initialState } from '../model/node.ts';
import { step } from '../model/step.ts';
import { caseArbitrary } from './generation/case-arbitrary.ts';
import { everything } from './cases/full-capabilities.ts';

/** Freezes a value and all that it holds; a write to any of it then throws. */
function deepFreeze(value: unknown): void {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return;
  Object.freeze(value);
  for (const inner of Object.values(value)) deepFreeze(inner);
}

test('steps on frozen states of 500 random cases', () => {
  const arbitrary = caseArbitrary({ capabilities: everything, geometry: 'mixed', operationsMax: 60 });
  fc.assert(
    fc.property(arbitrary, ({ setup, operations }) => {
      let host = initialState(setup);
      for (const operation of operations) {
        deepFreeze(host);
        deepFreeze(operation);
        const once = step(host, operation);
        expect(step(host, operation)).toEqual(once);
        ({ host } = once);
      }
    }),
    { numRuns: 500, seed: 41 },
  );
});
