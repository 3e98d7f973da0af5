/** The steps that a profile allows from a state: one for each combination of ways at the deviations that it asks. */
import type { Choices } from '../../model/choices.ts';
import type { DeviationName, Profile, Way } from '../../model/deviations.ts';
import type { Host } from '../../model/node.ts';
import { step } from '../../model/step.ts';
import type { Operation } from '../../model/operations.ts';
import type { StepPart, TakenStep } from '../comparison/settled-steps.ts';

export interface ProfileStep extends TakenStep {
  /** The deviations at which it does not go the way of QEMU 7.2. */
  readonly deviations: readonly DeviationName[];
}

/**
 * The expected step first. Each run of the model notes which deviations it asks; the other ways at each of them, and
 * what is asked after that, make further runs. An example, with the ways of three questions: 000, then 100, 010, 001, and
 * from 100 what it asks after the first.
 */
export function* profileSteps(
  host: Host,
  operation: Operation,
  choices: Choices,
  profile: Profile,
): Generator<ProfileStep> {
  const begun: (readonly Way[])[] = [[]];
  for (const beginning of begun) {
    const taken: { readonly name: DeviationName; readonly ways: readonly Way[]; readonly way: Way }[] = [];
    const { host: after, outcome } = step(host, operation, choices, (name) => {
      const ways = profile(name);
      const way = beginning[taken.length] ?? ways[0] ?? 0;
      taken.push({ name, ways, way });
      return way;
    });
    const deviations = new Set(taken.flatMap(({ name, way }) => (way === 0 ? [] : [name])));
    yield { host: after, outcome, deviations: [...deviations] };
    for (let place = beginning.length; place < taken.length; place++) {
      const before = taken.slice(0, place).map(({ way }) => way);
      for (const other of taken[place]?.ways.slice(1) ?? []) begun.push([...before, other]);
    }
  }
}

/** The same where the operation waited for commits of nodes, which were settled beneath it. */
export function* settledProfileSteps(
  host: Host,
  operation: Operation,
  reading: readonly Operation[],
  choices: Choices,
  profile: Profile,
): Generator<ProfileStep> {
  let begun: readonly (readonly (StepPart & { readonly deviations: readonly DeviationName[] })[])[] = [[]];
  for (const each of reading) {
    begun = begun.flatMap((parts) => {
      const from = parts.at(-1)?.step.host ?? host;
      const steps = [...profileSteps(from, each, choices, profile)];
      return steps.map((taken) => [
        ...parts,
        { operation: each, from, step: taken, deviations: taken.deviations },
      ]);
    });
  }
  for (const parts of begun) {
    const own = parts.find((part) => part.operation === operation);
    const last = parts.at(-1);
    if (own === undefined || last === undefined) continue;
    const deviations = [...new Set(parts.flatMap((part) => part.deviations))];
    yield { host: last.step.host, outcome: own.step.outcome, deviations, parts };
  }
}
