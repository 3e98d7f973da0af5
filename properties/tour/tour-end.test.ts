/** What happens when a walk is taken down is reported at its last operation. */
import { expect, test } from 'vitest';
import { createEfficientSystem } from '../../impl/efficient/efficient-system.ts';
import { guardSystem } from '../../impl/module/guarded-system.ts';
import { SystemLost } from '../../impl/system-lost.ts';
import type { AsyncSystem } from '../../impl/system.ts';
import { signatureOf } from '../comparison/divergence.ts';
import { tour } from './tour.ts';
import { TourGraph } from './tour-graph.ts';
import { tourWorlds } from './tour-worlds.ts';

const lost = () => Promise.reject(new SystemLost('refusal', 'it stays'));

test.each<[string, Partial<AsyncSystem>, RegExp]>([
  ['a loss in unload', { unload: lost }, /^lost-unload-\w+-refusal$/],
  ['a loss in finish', { finish: lost }, /^lost-unload-\w+-refusal$/],
  [
    'what the whole walk has broken',
    { finish: () => Promise.resolve({ promise: 'nothing-is-left', detail: 'a node is left' }) },
    /^invariant-\w+-\w+-nothing-is-left$/,
  ],
])('%s', async (_what, changes, signature) => {
  const [first] = tourWorlds;
  if (first === undefined) throw new Error('there is no world to tour');
  const system = Object.assign(guardSystem(createEfficientSystem()), changes);
  const observer = { mustStop: () => false, progress: () => {} };
  const { findings } = await tour(system, { ...first, scale: 1 }, new TourGraph(first.world), observer);
  expect(findings.length).toBeGreaterThan(0);
  for (const { testCase, divergence } of findings) {
    expect(signatureOf(divergence)).toMatch(signature);
    expect(divergence).toMatchObject({ index: testCase.operations.length - 1, isAtEnd: true });
  }
});
