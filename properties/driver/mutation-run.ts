/** Runs the mutants of a C driver: at random, then in small worlds, whose complete search shows that a mutant is no other driver. */
import { compileText } from '../../impl/driver/compile/compiled-driver.ts';
import { DriverSystem } from '../../impl/driver/driver-system.ts';
import type { MutationRule, TextMutant } from '../../impl/driver/syntax/text-mutants.ts';
import { EnvironmentError } from '../../impl/environment-error.ts';
import type { System } from '../../impl/system.ts';
import { SystemLost } from '../../impl/system-lost.ts';
import { explore } from '../exploration/search/exploration.ts';
import { chooseWorlds } from '../exploration/explore-command.ts';
import { killAtRandom } from '../kill-matrix/random-kill.ts';
import { stopwatch } from '../jobs/stopwatch.ts';

/** What became of a mutant. */
export type Fate =
  | {
      readonly kind: 'killed';
      readonly by: string;
      /** Operations until then, or transitions of a search. */
      readonly operations: number;
      readonly seconds: number;
      readonly shrunkLength: number;
    }
  | { readonly kind: 'equal'; readonly states: number }
  | { readonly kind: 'not compiled'; readonly reason: string }
  /** It could not be shown to be equal: a search of its states did not end. */
  | { readonly kind: 'survived'; readonly reason: string };

export interface AnalysedMutant {
  readonly name: string;
  readonly line: number;
  readonly rule: MutationRule;
  readonly fate: Fate;
}

export interface DriverMutationRunOptions {
  readonly casesMax: number;
  readonly seed: number;
}

/** Together they take every branch of the driver; each is searched in a second or two. */
const worlds = [
  'wrong-top-id',
  'second-starts',
  'primary',
  'wide-guest-writes',
  'failing-guest-writes',
  'long-copies',
  'sliced-writes',
  'step-by-step',
  'two-clusters',
];

const STATES_MAX = 20_000;

export async function analyseMutant(
  { name, line, rule, text }: TextMutant,
  { casesMax, seed }: DriverMutationRunOptions,
): Promise<AnalysedMutant> {
  let system: System;
  try {
    system = new DriverSystem('driver:mutant', compileText(text, name));
  } catch (error) {
    if (!(error instanceof EnvironmentError)) throw error;
    return { name, line, rule, fate: { kind: 'not compiled', reason: error.message } };
  }
  return { name, line, rule, fate: await fateOf(system, seed, casesMax) };
}

async function fateOf(system: System, seed: number, casesMax: number): Promise<Fate> {
  const clock = stopwatch();
  try {
    return await decided(system, seed, casesMax);
  } catch (error) {
    // Where even looking at it kills it there is no case to be shrunk.
    if (!(error instanceof SystemLost)) throw error;
    return { kind: 'killed', by: error.message, operations: 0, seconds: clock(), shrunkLength: 1 };
  }
}

async function decided(system: System, seed: number, casesMax: number): Promise<Fate> {
  const kill = await killAtRandom(system, seed, casesMax);
  if (kill === null) return searchWorlds(system);
  const { operations, seconds, shrunkLength } = kill;
  return { kind: 'killed', by: `random: ${kill.target.signature}`, operations, seconds, shrunkLength };
}

async function searchWorlds(system: System): Promise<Fate> {
  const seconds = stopwatch();
  let states = 0;
  let operations = 0;
  for (const world of chooseWorlds(worlds)) {
    const found = await explore(world, system, {
      systemName: system.name,
      workers: 1,
      memoryBytes: 2 ** 28,
      depthMax: Infinity,
      statesMax: STATES_MAX,
      secondsMax: 60,
      reduction: 'reduced',
      checkpoint: null,
    });
    states += found.states;
    operations += found.transitions;
    if (found.counterexample !== null) {
      const shrunkLength = found.counterexample.operations.length;
      return { kind: 'killed', by: `world ${world.name}`, operations, seconds: seconds(), shrunkLength };
    }
    if (found.ended !== 'complete')
      return { kind: 'survived', reason: `the search of ${world.name} ended by ${found.ended}` };
  }
  return { kind: 'equal', states };
}
