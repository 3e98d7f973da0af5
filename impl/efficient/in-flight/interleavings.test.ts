/** Whatever way requests overlap, they end as their sectors would in some order, one after the other. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createEfficientSystem } from '../efficient-system.ts';
import { inSomeOrder, interleaved, played } from '../testing/interleavings.ts';
import { overlapPairs, overlapRequests, situations } from '../testing/overlap-situations.ts';

const CHOICES = 8;

test.each(situations)('$name: any two requests in every interleaving', (situation) => {
  const system = createEfficientSystem();
  const pairs = overlapPairs();
  let count = 0;
  for (const requests of pairs) {
    const overlap = { ...situation, requests };
    const expected = inSomeOrder(system, overlap);
    for (const result of interleaved(system, overlap, CHOICES)) {
      count++;
      if (!expected.has(result)) expect.fail(`${JSON.stringify(requests)} end as ${result}`);
    }
  }
  expect(count).toBe(pairs.length * 2 ** CHOICES);
});

test('three requests', () => {
  const system = createEfficientSystem();
  const situation = fc.constantFrom(...situations);
  const requests = fc.array(fc.constantFrom(...overlapRequests), { minLength: 3, maxLength: 3 });
  const choices = fc.array(fc.nat(2), { minLength: 14, maxLength: 14, size: 'max' });
  const property = fc.property(situation, requests, choices, (at, chosen, order) => {
    const overlap = { ...at, requests: chosen };
    const result = played(system, overlap, (choice) => order[choice] ?? 0, order.length);
    expect(inSomeOrder(system, overlap)).toContain(result);
  });
  fc.assert(property, { seed: 24, numRuns: 400 });
});
