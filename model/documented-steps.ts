/**
 * The steps that the design document allows from a state beside the one that the real binary takes. A node may keep to
 * the document in any of the points in which it can, whatever it did before.
 */
import { control, died, throughQmp } from './host.ts';
import { nodeNewestFirst, nodeStep } from './step.ts';
import { ok } from './outcome.ts';
import type { HostState, HostStep, State, Step } from './state.ts';
import type { ControlOperation, Operation } from './operations.ts';
import type { Outcome } from './vocabulary.ts';
import { deviations } from './documented.ts';
import type { DeviationName } from './documented.ts';
import type { Alternatives, NodeCall } from './documented-choice.ts';

/** A step, and the points in which it keeps to the document rather than to the binary. */
export interface DocumentedStep extends HostStep {
  readonly deviations: readonly DeviationName[];
}

interface DocumentedNodeStep extends Step {
  readonly deviations: readonly DeviationName[];
}

/** `actual` is what the system answered: where the document prescribes no text any error is the right one. */
export function* documentedSteps(
  host: HostState,
  operation: Operation,
  actual: Outcome,
): Generator<DocumentedStep> {
  switch (operation.op) {
    case 'open':
    case 'queryStatus':
    case 'getError':
      return;
    case 'start':
    case 'checkpoint':
    case 'stop':
      if (host.dead === null) yield* deviating(callAll(host, operation, actual));
      return;
    case 'setReplication': {
      if (host.dead !== null || (operation.enable && operation.failover !== null)) return;
      const { enable, primary, failover } = operation;
      const call: ControlOperation = enable
        ? { op: 'start', mode: primary ? 'primary' : 'secondary' }
        : { op: 'stop', failover: failover ?? false };
      yield* deviating(throughCommand(call, callAll(host, call, actual)));
      return;
    }
    default: {
      const before = host.nodes[operation.node ?? 0];
      if (host.dead === null && before !== undefined)
        yield* fromNodeStep(host, operation, nodeStep(before, operation), actual);
    }
  }
}

/** The same for a step of a single node that is lawful without having been predicted. */
export function* documentedFrom(
  host: HostState,
  operation: Operation,
  { state, outcome }: HostStep,
  actual: Outcome,
): Generator<DocumentedStep> {
  switch (operation.op) {
    case 'start':
    case 'checkpoint':
    case 'getError':
    case 'stop':
    case 'setReplication':
    case 'queryStatus':
      return;
    default: {
      const after = state.nodes[operation.node ?? 0];
      if (after !== undefined) yield* fromNodeStep(host, operation, { state: after, outcome }, actual);
    }
  }
}

type AtOneNode = Exclude<NodeCall, ControlOperation>;

function* fromNodeStep(
  host: HostState,
  operation: AtOneNode,
  predicted: Step,
  actual: Outcome,
): Generator<DocumentedStep> {
  const index = operation.node ?? 0;
  const before = host.nodes[index];
  if (before === undefined) return;
  for (const { state, outcome, deviations: taken } of choices(before, operation, predicted, actual)) {
    if (taken.length === 0) continue;
    if (outcome.kind === 'abort') {
      yield { ...died(host, outcome.rule), deviations: taken };
      continue;
    }
    const nodes = host.nodes.with(index, state);
    const newestFirst = nodeNewestFirst(host.newestFirst, index, state);
    yield { state: { nodes, newestFirst, dead: host.dead }, outcome, deviations: taken };
  }
}

/** The predicted step first, then with more and more points in which the node keeps to the document. */
function choices(
  before: State,
  operation: NodeCall,
  predicted: Step,
  actual: Outcome,
): readonly DocumentedNodeStep[] {
  let found: DocumentedNodeStep[] = [{ ...predicted, deviations: [] }];
  for (const { name, alternatives } of ofNodes) {
    const further = found.flatMap((step) =>
      alternatives({ before, operation, step, actual }).map((other) => ({
        ...other,
        deviations: [...step.deviations, name],
      })),
    );
    if (further.length > 0) found = [...found, ...further];
  }
  return found;
}

const ofNodes = deviations.flatMap(({ name, alternatives }) =>
  typeof alternatives === 'function' ? [{ name, alternatives: alternatives satisfies Alternatives }] : [],
);

/** Each node in turn, newest first, by each of its choices. */
function* callAll(host: HostState, operation: ControlOperation, actual: Outcome): Generator<DocumentedStep> {
  yield* callFrom(host, { operation, actual, from: host }, 0, null, []);
}

interface Call {
  readonly operation: ControlOperation;
  readonly actual: Outcome;
  /** The host before the call. */
  readonly from: HostState;
}

/** `failed`: the error of a newer node that did not keep the older ones from being asked. */
function* callFrom(
  host: HostState,
  call: Call,
  place: number,
  failed: Outcome | null,
  taken: readonly DeviationName[],
): Generator<DocumentedStep> {
  const index = host.newestFirst[place];
  const before = index === undefined ? undefined : host.nodes[index];
  if (index === undefined || before === undefined) {
    yield { state: host, outcome: ok, deviations: taken };
    if (failed !== null) yield { state: host, outcome: failed, deviations: taken };
    return;
  }
  const { operation, actual, from } = call;
  for (const choice of choices(before, operation, control(before, operation), actual)) {
    const { state, outcome } = choice;
    const both = [...taken, ...choice.deviations];
    if (outcome.kind === 'abort') {
      yield { ...died(host, outcome.rule), deviations: both };
      continue;
    }
    const after = { ...host, nodes: host.nodes.with(index, state) };
    if (outcome === ok) {
      yield* callFrom(after, call, place + 1, failed, both);
      continue;
    }
    yield { state: after, outcome: failed ?? outcome, deviations: both };
    const isLast = place === host.newestFirst.length - 1;
    if (operation.op === 'stop' && operation.failover && !isLast) {
      const goesOn = [...both, 'one-disk-fails-over-the-other-does-not'] as const;
      yield* callFrom(after, call, place + 1, failed ?? outcome, goesOn);
    }
    if (operation.op === 'checkpoint' && place > 0) {
      const alone = { ...from, nodes: from.nodes.with(index, state) };
      yield { state: alone, outcome, deviations: [...both, 'checkpoints-of-different-disks-drift-apart'] };
    }
  }
}

function* deviating(steps: Iterable<DocumentedStep>): Generator<DocumentedStep> {
  for (const step of steps) if (step.deviations.length > 0) yield step;
}

/** The QMP command hides the errors of a failover, or hands them on. */
function* throughCommand(call: ControlOperation, steps: Iterable<DocumentedStep>): Generator<DocumentedStep> {
  for (const { state, outcome, deviations: taken } of steps) {
    const hidden = throughQmp(call, outcome);
    yield { state, outcome: hidden, deviations: taken };
    if (hidden !== outcome) yield { state, outcome, deviations: [...taken, 'failover-hides-every-error'] };
  }
}
