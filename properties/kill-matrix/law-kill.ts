/** The laws alone, without the model: a system is run, and what it shows must keep them. */
import fc from 'fast-check';
import type { System } from '../../impl/system.ts';
import { caseArbitrary } from '../generation/case-arbitrary.ts';
import type { Case } from '../cases/case.ts';
import { Laws } from '../invariants/laws.ts';
import type { Kill } from './kill.ts';
import { stopwatch } from '../jobs/stopwatch.ts';

export interface BrokenLaw {
  readonly name: string;
  /** Index of the operation that breaks it. */
  readonly index: number;
}

/** The first law that a system breaks in a case, judged by what it shows. */
export function lawBrokenBy(system: System, { setup, operations }: Case): BrokenLaw | null {
  system.load(setup);
  let before = system.observe();
  const judge = new Laws(setup);
  for (const [index, operation] of operations.entries()) {
    const outcome = system.apply(operation);
    const after = system.observe();
    const broken = judge.brokenBy(operation, outcome, before, after);
    if (broken !== null) return { name: broken.name, index };
    before = after;
  }
  return null;
}

/** The cases of one seed; null where the laws say nothing of them. */
export function killByLaws(system: System, seed: number, casesMax: number): Kill | null {
  const { capabilities } = system;
  const arbitrary = caseArbitrary({ capabilities, geometry: 'mixed', operationsMax: 60 });
  let operations = 0;
  const seconds = stopwatch();
  let broken: BrokenLaw | null = null;
  const keeps = (testCase: Case): boolean => {
    broken ??= lawBrokenBy(system, testCase);
    operations += broken === null ? testCase.operations.length : broken.index + 1;
    return broken === null;
  };
  fc.check(fc.property(arbitrary, keeps), { seed, numRuns: casesMax, endOnFailure: true });
  return broken === null ? null : toKill(broken, operations, seconds());
}

function toKill({ name, index }: BrokenLaw, operations: number, seconds: number): Kill {
  return { by: name, operations, seconds, length: index + 1 };
}
