/** Runs every mutant with every method. */
import type { Mutant } from '../../impl/mutants/mutant.ts';
import { createMutant } from '../../impl/mutants/mutant.ts';
import type { System } from '../../impl/system.ts';
import type { Case } from '../cases/case.ts';
import { runLockstep } from '../lockstep/lockstep.ts';
import { killExhaustively } from './exhaustive-kill.ts';
import type { Kill, MutantRow, RandomKill } from './kill.ts';
import { killByLaws } from './law-kill.ts';
import { killAtRandom } from './random-kill.ts';
import type { ShrunkFailure } from '../shrink/shrink-failure.ts';
import { shortestLengths } from './shortest-lengths.ts';
import { stopwatch } from '../jobs/stopwatch.ts';

export interface RecordedCase {
  readonly name: string;
  readonly testCase: Case;
}

export interface MutationRunOptions {
  readonly seeds: number;
  /** Cases of each seed after which random search gives up. */
  readonly casesMax: number;
  readonly recorded: readonly RecordedCase[];
  /** Looks for the shortest cases there are. */
  readonly proves: boolean;
}

/** What came of one mutant. */
export interface MutationRun {
  readonly row: MutantRow;
  /** The shrunk case of each random run. */
  readonly kills: readonly ShrunkFailure[];
}

export async function mutationRun(mutant: Mutant, options: MutationRunOptions): Promise<MutationRun> {
  const { name, origin } = mutant;
  const { seeds, casesMax, recorded, proves } = options;
  const system = createMutant(mutant);
  const random: RandomKill[] = [];
  const kills: ShrunkFailure[] = [];
  for (let seed = 1; seed <= seeds; seed++) {
    const kill = await killAtRandom(system, seed, casesMax, (failure) => kills.push(failure));
    if (kill !== null) random.push(kill);
  }
  const row = {
    mutant: name,
    origin,
    seeds,
    random,
    laws: killByLaws(system, 1, LAW_CASES_MAX),
    exhaustive: await killExhaustively(system),
    traces: killByTraces(system, recorded),
    shortest: proves ? shortestLengths(system, random) : [],
  };
  return { row, kills };
}

const LAW_CASES_MAX = 3000;

function killByTraces(system: System, recorded: readonly RecordedCase[]): Kill | null {
  const seconds = stopwatch();
  let operations = 0;
  for (const { name, testCase } of recorded) {
    const found = runLockstep(system, testCase, { depth: 'full' });
    operations += found === null ? testCase.operations.length : found.index + 1;
    if (found !== null) return { by: name, operations, seconds: seconds(), length: found.index + 1 };
  }
  return null;
}
