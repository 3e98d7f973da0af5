/** After how many operations of a campaign each situation was met five times: what steering is measured by. */
import fc from 'fast-check';
import { initialState } from '../../model/node.ts';
import { step } from '../../model/step.ts';
import { batchSeeds } from '../jobs/campaign-seeds.ts';
import { caseArbitrary } from '../generation/case-arbitrary.ts';
import type { Case } from '../cases/case.ts';
import { Coverage } from '../coverage/coverage.ts';
import type { CaseOptions } from '../generation/generate-case.ts';
import type { Accepts } from '../coverage/reachable-cells.ts';
import { situationsWithin } from '../coverage/situations.ts';

export const TIMES = 5;

export interface Reached {
  readonly name: string;
  /** Times it was met in all operations. */
  readonly count: number;
  /** Operations until it was met `TIMES` times, to the end of the batch; null where they were not enough. */
  readonly after: number | null;
}

export interface CampaignDrawn {
  readonly seed: number;
  readonly operationsMax: number;
  readonly batchCases: number;
  readonly steering?: CaseOptions['steering'];
}

/** The cases of a campaign on a system that agrees with the model, which alone is run. */
export function reachedAfter(
  {
    capabilities,
    accepts,
  }: { readonly capabilities: CaseOptions['capabilities']; readonly accepts: Accepts },
  { seed, operationsMax, batchCases, steering }: CampaignDrawn,
): Reached[] {
  const coverage = new Coverage();
  const options: CaseOptions = { capabilities, geometry: 'mixed', operationsMax: 100 };
  const arbitrary = caseArbitrary(steering === undefined ? options : { ...options, steering });
  const reached = new Map<string, number>();
  for (const batch of batchSeeds(seed)) {
    for (const testCase of fc.sample(arbitrary, { seed: batch, numRuns: batchCases })) {
      if (coverage.operations >= operationsMax) break;
      play(testCase, accepts, coverage);
    }
    for (const [name, count] of coverage.situations)
      if (count >= TIMES && !reached.has(name)) reached.set(name, coverage.operations);
    if (coverage.operations >= operationsMax) break;
  }
  return situationsWithin(capabilities, 'mixed').map(({ name }) => ({
    name,
    count: coverage.situations.get(name) ?? 0,
    after: reached.get(name) ?? null,
  }));
}

/** What the system does not accept is left out on both sides. */
function play({ setup, operations }: Case, accepts: Accepts, coverage: Coverage): void {
  let host = initialState(setup);
  for (const operation of operations) {
    const stages = host.nodes.map(({ stage }) => stage);
    if (!accepts(operation, stages, setup)) continue;
    const next = step(host, operation);
    coverage.count(host, operation, next);
    ({ host } = next);
  }
}
