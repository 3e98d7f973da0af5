/** A judge of whole cases keeps none of what was played once it is judged. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import type { AsyncSystem, Played, PlayedOrNot } from '../../impl/system.ts';
import { fourClusters } from '../../model/testing/scenario.ts';
import { everything } from '../cases/full-capabilities.ts';
import { AheadJudge, playsAhead } from './ahead-judge.ts';

setFlagsFromString('--expose-gc');
const collectGarbage: unknown = runInNewContext('gc');

const played: WeakRef<Played>[] = [];

/** Answers nothing, and so agrees with a case without operations. */
const system: AsyncSystem = {
  name: 'ahead',
  capabilities: everything,
  load: async () => {},
  apply: async () => ({ kind: 'ok' }),
  observe: async () => ({ nodes: [] }),
  playAll: async (cases): Promise<PlayedOrNot[]> =>
    cases.map(() => {
      const one: Played = { outcomes: [], shown: [] };
      played.push(new WeakRef(one));
      return one;
    }),
  accepts: () => true,
  unload: async () => {},
  shutdown: async () => {},
};

test('what many batches were answered is not held until the last one', async () => {
  if (!playsAhead(system) || typeof collectGarbage !== 'function') throw new Error('nothing is played ahead');
  const judge = new AheadJudge(system, 'qemu');
  for (let batch = 0; batch < 10; batch++) {
    const judged = judge.begin([{ setup: { nodes: [fourClusters] }, operations: [] }], 'full');
    await judged(undefined, () => {});
  }
  await new Promise((resolve) => setImmediate(resolve));
  collectGarbage();
  expect(played).toHaveLength(10);
  expect(played.slice(0, 8).filter((one) => one.deref() !== undefined)).toEqual([]);
});
