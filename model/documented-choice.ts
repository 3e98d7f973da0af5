/** What a deviation is: one point in which the design document says otherwise than the real binary does. */
import { withNode } from './state.ts';
import type { State, Step } from './state.ts';
import type {
  ControlOperation,
  FaultOperation,
  GuestOperation,
  JobOperation,
  NodeOperation,
  PrimaryOperation,
} from './operations.ts';
import type { Extent, Outcome, Range } from './vocabulary.ts';

/** What one node is asked. */
export type NodeCall =
  | NodeOperation
  | ControlOperation
  | GuestOperation
  | PrimaryOperation
  | JobOperation
  | FaultOperation;

/** A step of one node, predicted or already documented in other points. */
export interface StepAt {
  readonly before: State;
  readonly operation: NodeCall;
  readonly step: Step;
  /** What the system answered: where no text is prescribed for an error, any will do. */
  readonly actual: Outcome;
}

/** The steps that the document allows in the place of this one; none where it says nothing of it. */
export type Alternatives = (at: StepAt) => readonly Step[];

export function flagged({ state, outcome }: Step): Step {
  return { state: withNode(state, { ...state.node, errorFlag: true }), outcome };
}

export function isRunningSecondary({ setup, node }: State): boolean {
  return setup.mode === 'secondary' && node.stage === 'running';
}

/** The document asks for an error or for a state, and not for a text: what was answered, if it is of that kind. */
export function anyAnswer(actual: Outcome, usual: Outcome): Outcome {
  return actual.kind === 'ok' || actual.kind === 'error' ? actual : usual;
}

export function anyError(actual: Outcome, usual: Outcome): Outcome {
  return actual.kind === 'error' ? actual : usual;
}

/** A request of the primary that may change the secondary disk. */
export function primaryChange(operation: NodeCall): Range | Extent | null {
  switch (operation.op) {
    case 'primaryWrite':
    case 'primaryWriteZeroes':
    case 'primaryDiscard':
      return operation;
    default:
      return null;
  }
}
