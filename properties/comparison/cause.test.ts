/** Findings of one cause stand as one: numbers do not tell causes apart, operations and the loss of a system do. */
import { expect, test } from 'vitest';
import { guestRead, primaryWrite, started } from '../../model/testing/scenario.ts';
import { byCause, causeOf } from './cause.ts';

const at = { index: 2, operation: primaryWrite(1, 1), stage: 'running' } as const;
const differs = { kind: 'outcome', ...at, expected: { kind: 'ok' }, actual: { kind: 'ok' } } as const;
const lost = { kind: 'lost', ...at, how: 'crash', detail: '' } as const;
const operations = [...started, primaryWrite(1, 1)];

test('the same operations with other numbers have the same cause', () => {
  const cause = causeOf(differs, { operations });
  expect(cause).toBe('open, start secondary, primaryWrite');
  expect(causeOf(differs, { operations: [...started, primaryWrite(5, 3)] })).toBe(cause);
  expect(causeOf(differs, { operations: [...started, guestRead(1)] })).not.toBe(cause);
  expect(causeOf(differs, { operations: [...operations, guestRead(1)] })).not.toBe(cause);
});

test('a system that is lost has another than one that answers wrongly', () => {
  const cause = causeOf(lost, { operations });
  expect(cause).not.toBe(causeOf(differs, { operations }));
  expect(causeOf({ ...lost, how: 'hang' }, { operations })).not.toBe(cause);
});

test('the shortest is shown, then what breaks a law, then what was found first; the others are counted', () => {
  const found = (name: string, cause: string, length: number, law: string | null = null) => ({
    name,
    cause,
    operations: length,
    law,
  });
  const groups = byCause([
    found('long', 'a', 5),
    found('first', 'a', 3),
    found('of another cause', 'b', 4),
    found('lawless', 'a', 3, 'isolation'),
  ]);
  expect(groups.map(({ shown, others }) => [shown.name, others.map(({ name }) => name)])).toEqual([
    ['lawless', ['first', 'long']],
    ['of another cause', []],
  ]);
  expect(byCause([])).toEqual([]);
});
