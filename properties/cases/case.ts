/** A test case: a setup and a sequence of operations, and what the model says of it. */
import { initialState } from '../../model/node.ts';
import type { Host, HostStep } from '../../model/node.ts';
import { step } from '../../model/step.ts';
import { isHostCall } from '../../impl/operation-lists.ts';
import type { Operation } from '../../model/operations.ts';
import type { Mode, Setup, Stage } from '../../model/vocabulary.ts';

export interface Case {
  readonly setup: Setup;
  readonly operations: readonly Operation[];
  /** The model's run, where it is known already: the generator runs the model to choose its operations. */
  readonly walk?: Walk;
}

/** The model's run of a case: `steps[i]` is what `operations[i]` leads to. */
export interface Walk {
  readonly start: Host;
  readonly steps: readonly HostStep[];
}

export function walkOf({ setup, operations, walk }: Case): Walk {
  if (walk !== undefined) return walk;
  const start = initialState(setup);
  const steps: HostStep[] = [];
  let host = start;
  for (const operation of operations) {
    const next = step(host, operation);
    steps.push(next);
    ({ host } = next);
  }
  return { start, steps };
}

/** The node that an operation is for; 0 for a call to every node. */
export function nodeOf(operation: Operation): number {
  return 'node' in operation ? (operation.node ?? 0) : 0;
}

/** The node that an operation meets first: its own, or for a call to every node the newest open one. */
export function nodeMet({ nodes, newestFirst }: Host, operation: Operation): number {
  if (nodes.length === 1) return 0;
  return isHostCall(operation) ? (newestFirst[0] ?? 0) : nodeOf(operation);
}

/** Mode and stage of that node, which name the situation that an operation is tried in. */
export function situation(host: Host, operation: Operation): { mode: Mode; stage: Stage } {
  const met = host.nodes[nodeMet(host, operation)];
  return met === undefined
    ? { mode: 'secondary', stage: 'closed' }
    : { mode: met.setup.mode, stage: met.stage };
}
