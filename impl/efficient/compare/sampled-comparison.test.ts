/** Sampled comparison of a disk of many windows, at every sector: too slow to judge mutants one by one. */
import { expect, test } from 'vitest';
import { unseenChanges } from '../testing/altered-observations.ts';
import { REAL } from '../testing/scenario.ts';

test('sees a changed tag of a layer at once, and one of the view when the window has gone round', () => {
  expect(unseenChanges(REAL)).toEqual([]);
});
