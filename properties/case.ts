/** A test case: a setup and a sequence of operations, and what the model says of it. */
import { initialState } from '../model/state.ts';
import type { State, Step } from '../model/state.ts';
import { step } from '../model/step.ts';
import type { Operation, Setup } from '../model/vocabulary.ts';

export interface Case {
  readonly setup: Setup;
  readonly operations: readonly Operation[];
  /** The model's run, where it is known already: the generator runs the model to choose its operations. */
  readonly walk?: Walk;
}

/** The model's run of a case: `steps[i]` is what `operations[i]` leads to. */
export interface Walk {
  readonly start: State;
  readonly steps: readonly Step[];
}

export function walkOf({ setup, operations, walk }: Case): Walk {
  if (walk !== undefined) return walk;
  const start = initialState(setup);
  const steps: Step[] = [];
  let state = start;
  for (const operation of operations) {
    const next = step(state, operation);
    steps.push(next);
    state = next.state;
  }
  return { start, steps };
}
