/** A seeded bug of requests in flight is found both ways, and what is right by neither; the committed table has all of them. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createEfficientSystem } from '../../../impl/efficient/efficient-system.ts';
import { inFlightMutants } from '../../../impl/mutants/in-flight/in-flight-catalogue.ts';
import { syncFlightSubject } from '../running/flight-subject.ts';
import { flightRow, killFlightAtRandom, killInOrder } from './flight-kill.ts';
import type { FlightRow } from './flight-kill.ts';
import { flightMatrixText, flightShortcomings } from './flight-matrix.ts';

const committed = readFileSync(
  join(import.meta.dirname, '../../../impl/mutants/in-flight/kill-matrix.md'),
  'utf8',
);
const never = (): boolean => false;
const [copying] = inFlightMutants;

test('a seeded bug is found by both, with counts that do not change', async () => {
  if (copying === undefined) throw new Error('there are no mutants');
  const options = { seeds: 2, casesMax: 100, ordersMax: 100, interrupted: never };
  const row = await flightRow(copying, options);
  expect(row).toMatchObject({
    mutant: 'copy-in-flight-is-not-seen',
    ordered: { world: 'copies', orders: 4, shrunkLength: 4 },
  });
  expect(row.random.map(({ seed }) => seed)).toEqual([1, 2]);
  const again = await flightRow(copying, options);
  const counts = ({ random }: FlightRow) => random.map((kill) => ({ ...kill, seconds: 0 }));
  expect(counts(again)).toEqual(counts(row));
  for (const { operations, firstLength, shrunkLength } of row.random) {
    expect(operations).toBeGreaterThanOrEqual(2);
    expect(shrunkLength).toBeLessThanOrEqual(firstLength);
    expect(shrunkLength).toBeLessThanOrEqual(6);
  }
});

test('what is right is found by none', async () => {
  const right = createEfficientSystem();
  const subject = syncFlightSubject(right);
  if (subject === null) throw new Error('nothing can be in flight');
  expect(await killFlightAtRandom(subject, 1, { casesMax: 16, interrupted: never })).toBeNull();
  expect(await killInOrder(right, { ordersMax: 20, interrupted: never })).toBeNull();
});

const survivor: FlightRow = {
  mutant: 'nobody-knows-it',
  origin: 'slip',
  seeds: 1,
  random: [],
  ordered: null,
};

test('a mutant that survives is named', () => {
  expect(flightShortcomings([survivor])).toEqual(['nobody-knows-it survives']);
  const found = { ...survivor, ordered: { world: 'copies', orders: 4, seconds: 0, shrunkLength: 5 } };
  expect(flightShortcomings([found])).toEqual([]);
  expect(flightMatrixText([found])).toMatch(/ 0\/1 .* 4 up to copies, 0\.000 s, shrunk to 5$/m);
});

/** Of the committed table: name, found with how many seeds, and whether in every order. */
function committedRows() {
  return [...committed.matchAll(/^\| ([a-z]+(?:-[a-z]+)+) +\|(.*)\|$/gm)].map(([, name = '', rest = '']) => {
    const cells = rest.split('|').map((cell) => cell.trim());
    return { name, random: Number(cells[1]?.split('/')[0]), isOrdered: cells.at(-1) !== '-' };
  });
}

test('the committed table has every mutant, and each is found at random and by every order', () => {
  const rows = committedRows();
  expect(rows.map(({ name }) => name)).toEqual(inFlightMutants.map(({ name }) => name));
  for (const { name, random } of rows) expect(random, name).toBeGreaterThan(0);
  expect(rows.filter(({ isOrdered }) => !isOrdered)).toEqual([]);
});
