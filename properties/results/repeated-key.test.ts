/** Two names in one object are found wherever they stand and however they are spelled. */
import { expect, test } from 'vitest';
import { repeatedKey } from './repeated-key.ts';

test.each([
  ['{"a": 1, "b": {"a": 2}, "c": [{"a": 1}, {"a": 2}]}', null],
  ['["a", "a"]', null],
  ['{"a": "a", "b": "a"}', null],
  ['{"a\\"": 1, "a": 2}', null],
  ['{}', null],
  ['"a"', null],
  ['{"a": 1, "a": 1}', '"a" (line 1, column 10)'],
  ['{"x": [{"b": {},\n  "b": []}]}', '"b" (line 2, column 3)'],
  ['{"a": {"b": [1, {"c": 2}]}, "d": "}", "a": 1}', '"a" (line 1, column 39)'],
  [String.raw`{"operations": 1, "\u006fperations": 2}`, '"operations" (line 1, column 19)'],
])('%s', (text, expected) => {
  expect(repeatedKey(text)).toBe(expected);
});

test('a text that is nested as deep as it is long is looked through', () => {
  const deep = 200_000;
  expect(repeatedKey(`${'{"a":'.repeat(deep)}1${'}'.repeat(deep)}`)).toBeNull();
});
