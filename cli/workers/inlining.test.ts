/** Which runs are long enough for the engine to compile longer. */
import { expect, test } from 'vitest';
import { inliningFlags } from './inlining.ts';

test.each([
  ['verify', true],
  ['verify --minutes 10 --workers 2', true],
  ['verify --system driver:../qemu', true],
  ['explore partial-writes', true],
  ['bench', true],
  ['bench --logs', false],
  ['verify --cases 20000', false],
  ['verify --cases=20000', false],
  ['verify --in-flight', false],
  ['verify --system qemu', false],
  ['verify --system=module:./mine.ts', false],
  ['mutants --seeds 20', false],
  ['judge log.jsonl', false],
  ['', false],
])('colocheck %s: %s', (words, isLong) => {
  expect(inliningFlags(words.split(' ')).length > 0).toBe(isLong);
});
