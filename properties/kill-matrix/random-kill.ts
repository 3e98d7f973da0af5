/** Random lockstep until the first failure, and its shrinking, each timed. */
import fc from 'fast-check';
import type { System } from '../../impl/system.ts';
import { batchSeeds } from '../jobs/campaign-seeds.ts';
import { caseArbitrary } from '../generation/case-arbitrary.ts';
import type { Case } from '../cases/case.ts';
import type { Divergence } from '../comparison/divergence.ts';
import { targetOf } from '../shrink/failure-search.ts';
import { shrinkFailure } from '../shrink/shrink-failure.ts';
import type { ShrunkFailure } from '../shrink/shrink-failure.ts';
import { syncSubject } from '../subjects/subject.ts';
import type { RandomKill } from './kill.ts';
import { stopwatch } from '../jobs/stopwatch.ts';

const BATCH_CASES = 64;
const OPERATIONS_MAX = 100;

/** The cases that `verify` draws for this seed. Null where none of them fails. */
export async function killAtRandom(
  system: System,
  seed: number,
  casesMax: number,
  tell: (shrunk: ShrunkFailure) => void = () => {},
): Promise<RandomKill | null> {
  const subject = syncSubject(system);
  const arbitrary = caseArbitrary({
    capabilities: system.capabilities,
    geometry: 'mixed',
    operationsMax: OPERATIONS_MAX,
  });
  let operations = 0;
  let cases = 0;
  const seconds = stopwatch();
  for (const batch of batchSeeds(seed)) {
    let failure: { readonly testCase: Case; readonly divergence: Divergence } | null = null;
    const judge = (testCase: Case): boolean => {
      const divergence = subject.judge(testCase, 'full');
      operations += divergence === null ? testCase.operations.length : divergence.index + 1;
      if (divergence !== null) failure ??= { testCase, divergence };
      return divergence === null;
    };
    const numRuns = Math.min(BATCH_CASES, casesMax - cases);
    if (numRuns <= 0) return null;
    fc.check(fc.property(arbitrary, judge), { seed: batch, numRuns, endOnFailure: true });
    cases += numRuns;
    if (failure === null) continue;
    return shrunk(subject, failure, { seed, operations, seconds: seconds() }, tell);
  }
  return null;
}

async function shrunk(
  subject: ReturnType<typeof syncSubject>,
  { testCase, divergence }: { readonly testCase: Case; readonly divergence: Divergence },
  found: Pick<RandomKill, 'seed' | 'operations' | 'seconds'>,
  tell: (shrunk: ShrunkFailure) => void,
): Promise<RandomKill> {
  const shrinkSeconds = stopwatch();
  const shrunkFailure = await shrinkFailure(subject, testCase, divergence);
  const { minimal } = shrunkFailure;
  const took = shrinkSeconds();
  tell(shrunkFailure);
  return {
    ...found,
    target: targetOf(divergence),
    firstLength: divergence.index + 1,
    shrunkLength: minimal.operations.length,
    nodes: minimal.setup.nodes.length,
    shrinkSeconds: took,
  };
}
