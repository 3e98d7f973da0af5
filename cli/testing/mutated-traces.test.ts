/** A part of what `.ci/nightly` does with twenty thousand traces. */
import { expect, test } from 'vitest';
import { replayMutated } from './mutated-traces.ts';

test('what is changed at random is replayed, or refused in one line, at once', async () => {
  const { replayed, refused, wrong } = await replayMutated(400, 3);
  expect(wrong).toEqual([]);
  expect(replayed).toBeGreaterThan(10);
  expect(refused).toBeGreaterThan(100);
});
