/** Runs a case on the model and on a system side by side and stops at the first difference or broken law. */
import type { Depth, System } from '../impl/system.ts';
import { observe, observeIndirectly, qmpOutcome } from '../model/observe.ts';
import type { State } from '../model/state.ts';
import type { Observation, Operation, Range } from '../model/vocabulary.ts';
import { walkOf } from './case.ts';
import type { Case } from './case.ts';
import { firstDifference, sameOutcome } from './comparison.ts';
import type { Coverage } from './coverage.ts';
import type { Divergence } from './divergence.ts';
import { brokenInvariant, freshMemory, remember } from './invariants.ts';

export interface LockstepOptions {
  /** `sampled` is for big disks; whatever it finds is located again with `full`. */
  readonly depth: Depth;
  readonly coverage?: Coverage;
}

/** Null when system and model agree from the first operation to the last. */
export function runLockstep(system: System, testCase: Case, options: LockstepOptions): Divergence | null {
  const found = compareRun(system, testCase, options);
  if (found === null || options.depth === 'full') return found;
  return compareRun(system, testCase, { depth: 'full' }) ?? found;
}

function compareRun(system: System, testCase: Case, { depth, coverage }: LockstepOptions): Divergence | null {
  const { setup, operations } = testCase;
  const walk = walkOf(testCase);
  const swallows = system.capabilities.control === 'qmp';
  system.load(setup);
  let state = walk.start;
  let before = observe(state);
  let memory = freshMemory;
  for (let index = 0; index < operations.length; index++) {
    const operation = operations[index];
    const step = walk.steps[index];
    if (operation === undefined || step === undefined) break;
    const expected = swallows ? qmpOutcome(operation, step.outcome) : step.outcome;
    const actual = system.apply(operation);
    if (!sameOutcome(expected, actual)) {
      return { kind: 'outcome', index, operation, stage: before.stage, expected, actual };
    }
    // A state that is the same value needs no second look by the model; the system is looked at all the same.
    const after = step.state === state ? before : observe(step.state);
    const looked = index === operations.length - 1 ? 'full' : depth;
    const difference = stateDifference(system, step.state, after, operation, looked);
    if (difference !== null) {
      return { kind: 'observation', index, operation, stage: before.stage, ...difference };
    }
    const seen = { mode: setup.mode, before, operation, outcome: step.outcome, after };
    memory = remember(memory, seen);
    const broken = brokenInvariant(seen, memory);
    if (broken !== null) {
      const { name, law } = broken;
      return { kind: 'invariant', index, operation, stage: before.stage, invariant: name, law };
    }
    coverage?.count(setup.mode, before.stage, operation, step.outcome);
    before = after;
    state = step.state;
  }
  return null;
}

function stateDifference(
  system: System,
  state: State,
  expected: Observation,
  operation: Operation,
  depth: Depth,
) {
  const touched = depth === 'full' ? null : touchedBy(operation);
  if (system.agrees?.(expected, touched, depth) === true) return null;
  const observed = system.observe();
  const difference = firstDifference({ ...expected, ...observeIndirectly(state) }, observed);
  return difference === null ? null : { ...difference, observed };
}

/** The sectors that an operation names, if any. */
export function touchedBy(operation: Operation): Range | null {
  return 'sector' in operation ? operation : null;
}
