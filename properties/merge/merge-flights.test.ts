/** Shards of a campaign with overlap are, merged, what one process does. */
import { expect, test } from 'vitest';
import { createEfficientSystem } from '../../impl/efficient/efficient-system.ts';
import type { System } from '../../impl/system.ts';
import { runFlightCampaign } from '../in-flight/campaign/flight-campaign.ts';
import { flightResult } from '../in-flight/campaign/flight-result.ts';
import { syncFlightSubject } from '../in-flight/running/flight-subject.ts';
import { atomicInFlight } from '../in-flight/testing/atomic-in-flight.ts';
import type { Shard } from '../jobs/shard.ts';
import type { FlightResult } from '../results/result-schema.ts';
import { resultSchema } from '../results/result-schema.ts';
import { mergeResults } from './merge-results.ts';

async function run(system: System, shard: Shard): Promise<FlightResult> {
  const subject = syncFlightSubject(system);
  if (subject === null) throw new Error('nothing can be in flight');
  const asked = {
    seed: 24,
    casesMax: 64 * 5 - 3,
    secondsMax: Infinity,
    operationsMax: 30,
    geometry: 'mixed' as const,
    geometryName: 'mixed',
    findingsMax: Infinity,
    shard,
    repeat: 'npm run verify -- --in-flight',
  };
  const statistics = await runFlightCampaign(subject, asked, {
    progress: () => {},
    interrupted: () => false,
    finding: () => {},
  });
  const recorded = new Map(
    statistics.findings.map(({ signature }) => [signature, { sentence: signature, trace: 'a.json' }]),
  );
  return flightResult(subject, asked, statistics, recorded, { run: 0, failing: [] });
}

function lasting(result: unknown): unknown {
  return JSON.parse(
    JSON.stringify(result, (key, value: unknown) => (/seconds$/i.test(key) ? undefined : value)),
  );
}

const wrong = (): System => atomicInFlight(createEfficientSystem(), 'writes again').system;

test.each([
  ['one that is right', createEfficientSystem],
  ['one that is wrong', wrong],
])('of %s', async (_what, system) => {
  const whole = await run(system(), { index: 1, count: 1 });
  const parts = [
    await run(system(), { index: 1, count: 3 }),
    await run(system(), { index: 2, count: 3 }),
    await run(system(), { index: 3, count: 3 }),
  ];
  for (const result of [whole, ...parts]) expect(resultSchema.safeParse(result).error).toBeUndefined();
  const files = parts.map((result, place) => ({ path: `${place}.json`, result }));
  expect(lasting(mergeResults(files.toReversed(), { isPartial: false }))).toEqual(lasting(whole));
  expect(whole.cases).toBe(64 * 5 - 3);
  expect(whole.orders).toBeGreaterThan(100);
  expect(whole.findings.length > 0).toBe(system === wrong);
  const some = mergeResults(files.slice(1), { isPartial: true });
  expect(some).toMatchObject({ cases: 64 * 3 - 3, shards: { count: 3, done: [2, 3] } });
  // Who merges the rest with it needs them.
  const rest = mergeResults([{ path: 'some.json', result: some }, ...files.slice(0, 1)], {
    isPartial: false,
  });
  expect(lasting(rest)).toEqual(lasting(whole));
});
