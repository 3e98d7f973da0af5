/** The efficient implementation judged in seconds, in every way there is: at random, at real sizes, exhaustively. */
import { expect, test } from 'vitest';
import { createEfficientSystem } from '../../impl/efficient/efficient-system.ts';
import { runCampaign } from './campaign.ts';
import { explore } from '../exploration/search/exploration.ts';
import { chooseWorlds } from '../exploration/explore-command.ts';
import { syncSubject } from '../subjects/subject.ts';

const silent = { progress: () => {}, finding: () => {}, interrupted: () => false };

test.each([
  ['mixed', 'full', 250],
  ['mixed', 'sampled', 60],
  ['real', 'sampled', 4],
  ['real', 'full', 1],
] as const)('at random, geometry %s, compared %s', async (geometry, depth, casesMax) => {
  const campaign = {
    seed: 11,
    casesMax,
    secondsMax: Infinity,
    operationsMax: 100,
    geometry,
    depth,
    findingsMax: 1,
  };
  const statistics = await runCampaign(syncSubject(createEfficientSystem()), campaign, silent);
  expect(statistics.findings.map(({ signature }) => signature)).toEqual([]);
});

test.each(['wrong-top-id', 'primary', 'step-by-step'])('exhaustively: %s', async (name) => {
  for (const world of chooseWorlds([name])) {
    const bounds = { depthMax: Infinity, statesMax: Infinity, secondsMax: Infinity };
    const result = await explore(world, createEfficientSystem(), {
      ...bounds,
      systemName: 'impl',
      workers: 1,
      memoryBytes: 2 ** 28,
      reduction: 'reduced',
      checkpoint: null,
    });
    expect(result.ended).toBe('complete');
  }
});
