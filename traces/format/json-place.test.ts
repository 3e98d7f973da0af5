/** Where a text stops being JSON. */
import { expect, test } from 'vitest';
import { placeOfError } from './json-place.ts';

test.each([
  ['', 1, 1],
  ['{', 1, 2],
  ['{} x', 1, 4],
  ['{"a": 1 "b": 2}', 1, 9],
  ['{\n  "a": tru,\n  "b": 2\n}', 2, 11],
  ['[1,\n2,\n', 3, 1],
  ['nul', 1, 4],
])('%j stops at line %i, column %i', (text, line, column) => {
  expect(placeOfError(text)).toBe(`line ${line}, column ${column}`);
});
