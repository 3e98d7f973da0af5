/** Writes that touch no sector twice end as if they had come one after the other, however they overlap. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Operation } from '../../../model/operations.ts';
import { Flight } from '../testing/flight.ts';
import { ODD } from '../testing/scenario.ts';

const kinds = ['guestWrite', 'guestWriteZeroes', 'primaryWrite', 'primaryWriteZeroes'] as const;

const starts: readonly (readonly Operation[])[] = [
  [],
  [{ op: 'primaryWrite', sector: 3, count: 9, tag: 7 }],
  [{ op: 'guestWrite', sector: 6, count: 1, tag: 7 }],
];

/** Each takes the sectors from one cut to the next. */
const writes = fc.array(fc.tuple(fc.constantFrom(...kinds), fc.integer({ min: 1, max: 4 })), {
  minLength: 2,
  maxLength: 9,
  size: 'max',
});

function operationsOf(drawn: readonly (readonly [(typeof kinds)[number], number])[]): Operation[] {
  const operations: Operation[] = [];
  let sector = 0;
  for (const [op, length] of drawn) {
    const count = Math.min(length, ODD.lengthSectors - sector);
    if (count === 0) break;
    const isZeroes = op === 'guestWriteZeroes' || op === 'primaryWriteZeroes';
    operations.push(isZeroes ? { op, sector, count } : { op, sector, count, tag: operations.length + 20 });
    sector += count;
  }
  return operations;
}

test('on a disk whose units all differ', () => {
  const choices = fc.array(fc.nat(8), { minLength: 60, maxLength: 60, size: 'max' });
  const property = fc.property(fc.constantFrom(...starts), writes, choices, (start, drawn, order) => {
    const operations = operationsOf(drawn);
    const inTurn = new Flight(ODD);
    const flight = new Flight(ODD);
    for (const operation of start) for (const each of [inTurn, flight]) each.do(operation);
    for (const operation of operations) inTurn.do(operation);
    const requests = operations.map((operation) => flight.submit(operation));
    for (const choice of order) flight.advance(requests[choice] ?? 0);
    for (const request of requests) flight.await(request);
    expect(flight.observe()).toEqual(inTurn.observe());
  });
  fc.assert(property, { seed: 24, numRuns: 300 });
});
