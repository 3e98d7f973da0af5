/** A run of a case as the viewer needs it: every step of the model, and what the system did where it first differed. */
import type { Capabilities } from '../../impl/capabilities.ts';
import { initialState } from '../../model/node.ts';
import type { Host, HostStep } from '../../model/node.ts';
import { step } from '../../model/step.ts';
import type { Operation } from '../../model/operations.ts';
import type { Outcome } from '../../model/vocabulary.ts';
import type { ShownNode } from '../../impl/shown.ts';
import { walkOf } from '../../properties/cases/case.ts';
import type { Case } from '../../properties/cases/case.ts';
import type { Divergence } from '../../properties/comparison/divergence.ts';
import { throughQmp } from '../../properties/comparison/shown-by-model.ts';
import type { Subject } from '../../properties/subjects/subject.ts';
import { isSystemName, openSystem } from '../../properties/subjects/subjects.ts';
import type { NamedSystem } from '../format/replay-command.ts';

/** What of a system decides how a run on it is shown. */
export interface ViewedSystem extends NamedSystem {
  readonly capabilities: Pick<Capabilities, 'control' | 'observes'>;
}

export interface ViewedRun {
  readonly testCase: Case;
  readonly system: ViewedSystem;
  readonly start: Host;
  readonly steps: readonly ViewedStep[];
  readonly divergence: Divergence | null;
  /** What the system showed of each node after the step that differed, as far as is known. */
  readonly shown: readonly ShownNode[];
}

export interface ViewedStep {
  readonly operation: Operation;
  readonly before: Host;
  readonly step: HostStep;
  /** What the system has to answer: through QMP some errors are swallowed. */
  readonly expected: Outcome;
  readonly standing: 'judged' | 'leftOut' | 'notRun';
}

/** Runs the system in lockstep with the model; the model goes on alone after the first difference. */
export async function runToView(subject: Subject, { setup, operations }: Case): Promise<ViewedRun> {
  // An operation that is left out is known by its identity.
  const testCase = { setup, operations: operations.map((operation) => ({ ...operation })) };
  const taken = new Map<Operation, HostStep>();
  const divergence = await subject.judge(testCase, 'full', {
    count: (_host, operation, hostStep) => {
      taken.set(operation, hostStep);
    },
    countDocumented: () => {},
    operations: 0,
  });
  return viewedRun(subject, testCase, divergence, (operation) => taken.get(operation));
}

/** The same without another run of the system: the steps before the difference are those that the model predicts. */
export function recordedRun(system: ViewedSystem, testCase: Case, divergence: Divergence): ViewedRun {
  const { steps } = walkOf(testCase);
  return viewedRun(system, testCase, divergence, (_operation, index) => steps[index]);
}

/** `agreedStep` gives the step on which system and model agreed; undefined where the system was not given it. */
function viewedRun(
  system: ViewedSystem,
  testCase: Case,
  divergence: Divergence | null,
  agreedStep: (operation: Operation, index: number) => HostStep | undefined,
): ViewedRun {
  const start = initialState(testCase.setup);
  const last = divergence?.index ?? Infinity;
  let host = start;
  const steps = testCase.operations.map((operation, index): ViewedStep => {
    const before = host;
    const agreed = index < last ? agreedStep(operation, index) : undefined;
    const isLeftOut = index < last && agreed === undefined;
    const predicted = agreed ?? step(before, operation);
    const hostStep = isLeftOut ? { host: before, outcome: predicted.outcome } : predicted;
    ({ host } = hostStep);
    const expected =
      system.capabilities.control === 'qmp' ? throughQmp(operation, hostStep.outcome) : hostStep.outcome;
    const standing = index > last ? 'notRun' : isLeftOut ? 'leftOut' : 'judged';
    return { operation, before, step: hostStep, expected, standing };
  });
  const shown = divergence === null ? [] : shownAfter(system, testCase, divergence);
  return { testCase, system, start, steps, divergence, shown };
}

function shownAfter({ option }: ViewedSystem, testCase: Case, divergence: Divergence): readonly ShownNode[] {
  if (divergence.kind === 'lost') return [];
  if (isSystemName(option)) {
    const system = openSystem(option);
    system.load(testCase.setup);
    for (const operation of testCase.operations.slice(0, divergence.index + 1)) system.apply(operation);
    const shown = system.observe();
    system.unload();
    return shown;
  }
  if (divergence.kind !== 'observation') return [];
  return testCase.setup.nodes.map((_, node) => (node === divergence.node ? divergence.observed : {}));
}
