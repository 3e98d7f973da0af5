/** Campaigns as the tests run them, and what came of one on a seeded bug. */
import type { System } from '../../../impl/system.ts';
import { caseProblem } from '../../cases/setup-problem.ts';
import { signatureOf } from '../../comparison/divergence.ts';
import { lowerNumbers, simplerSetups, withoutOperations } from '../../shrink/simpler-cases.ts';
import { syncSubject } from '../../subjects/subject.ts';
import { runCampaign } from '../campaign.ts';
import type { CampaignOptions, Statistics } from '../campaign.ts';

const quick: CampaignOptions = {
  seed: 1,
  casesMax: 3000,
  secondsMax: Infinity,
  operationsMax: 100,
  geometry: 'mixed',
  depth: 'full',
  findingsMax: 1,
};

const silent = { progress: () => {}, finding: () => {}, interrupted: () => false };

export function search(system: System, options: Partial<CampaignOptions> = {}): Promise<Statistics> {
  return runCampaign(syncSubject(system), { ...quick, ...options }, silent);
}

export interface Shrunk {
  readonly operations: number;
  readonly fails: boolean;
  /** How many of the cases that are simpler by one thing fail in the same way. */
  readonly simplerFailing: number;
}

/** The first failure of a system. Throws where none is found. */
export async function firstShrunk(system: System): Promise<Shrunk> {
  const { findings, cases } = await search(system, { casesMax: 30_000 });
  const [finding] = findings;
  if (finding === undefined) throw new Error(`not found in ${cases} cases`);
  const { minimal, signature } = finding;
  const subject = syncSubject(system);
  const stillFails = (simpler: typeof minimal): boolean => {
    const found = subject.judge(simpler, 'full');
    return found !== null && signatureOf(found) === signature;
  };
  const shorter = [...minimal.operations.keys()].map((index) => withoutOperations(minimal, index, 1));
  const simpler = [...simplerSetups(minimal), ...lowerNumbers(minimal, 'every')].filter(
    (each) => caseProblem(each, system.capabilities) === null,
  );
  return {
    operations: minimal.operations.length,
    fails: stillFails(minimal),
    simplerFailing: [...shorter, ...simpler].filter(stillFails).length,
  };
}
