/** What a campaign spent in the model and in a system of this process: measured afterwards on some of its cases. */
import fc from 'fast-check';
import { caseArbitrary } from '../generation/case-arbitrary.ts';
import { walkOf } from '../cases/case.ts';
import type { Case } from '../cases/case.ts';
import type { CampaignOptions } from './campaign.ts';
import { stopwatch } from '../jobs/stopwatch.ts';
import type { Subject } from '../subjects/subject.ts';

/** Estimates of seconds. A clock around each step would cost more than the step. */
export interface PartSeconds {
  readonly model: number;
  readonly system: number;
}

const CASES = 200;
const ROUNDS = 3;

/** Null where the system runs elsewhere. */
export function partSeconds(
  subject: Subject,
  options: CampaignOptions,
  operations: number,
): PartSeconds | null {
  if (subject.kind !== 'sync') return null;
  const { system, capabilities } = subject;
  const drawn = fc.sample(caseArbitrary({ capabilities, ...options }), {
    seed: options.seed,
    numRuns: CASES,
  });
  const total = drawn.reduce((sum, testCase) => sum + testCase.operations.length, 0);
  const each = (play: (testCase: Case) => void): number => {
    const rounds = Array.from({ length: ROUNDS }, () => {
      const seconds = stopwatch();
      for (const testCase of drawn) play(testCase);
      return seconds();
    });
    return (Math.min(...rounds) / total) * operations;
  };
  return {
    model: each(({ setup, operations: steps }) => void walkOf({ setup, operations: steps })),
    system: each(({ setup, operations: steps }) => {
      system.load(setup);
      for (const operation of steps) system.apply(operation);
    }),
  };
}
