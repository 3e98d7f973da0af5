/** What is worth it that the engine compiles longer. */
import { expect, test } from 'vitest';
import { inliningFlags } from './inlining.ts';

test.each([
  ['explore partial-writes', true],
  ['bench', true],
  ['bench --logs', false],
  ['verify', false],
  ['verify --minutes 10 --workers 2', false],
  ['mutants --seeds 20', false],
  ['judge log.jsonl', false],
  ['', false],
])('colocheck %s: %s', (words, isHot) => {
  expect(inliningFlags(words.split(' ')).length > 0).toBe(isHot);
});
