/** Runs a case on the model and on a system side by side and stops at the first difference or broken law. */
import type { Depth, Look, System } from '../../impl/system.ts';
import type { Host } from '../../model/node.ts';
import { observe } from '../../model/observe.ts';
import type { Observation, Range } from '../../model/vocabulary.ts';
import type { Operation } from '../../model/operations.ts';
import { nodeOf, situation, walkOf } from '../cases/case.ts';
import type { Case, Walk } from '../cases/case.ts';
import { nodeDifference, sameOutcome } from '../comparison/comparison.ts';
import type { StepCounter } from '../coverage/coverage.ts';
import type { Divergence } from '../comparison/divergence.ts';
import { observeAfter } from '../comparison/observe-after.ts';
import { Laws } from '../invariants/laws.ts';
import { observeIndirectly, throughQmp } from '../comparison/shown-by-model.ts';

export interface LockstepOptions {
  /**
   * `full` looks at what model or system have touched, and at the end of the case at everything; `sampled` is for big
   * disks. Whatever is found is located again by looking at everything after each operation.
   */
  readonly depth: Depth;
  readonly coverage?: StepCounter;
}

/** Null when system and model agree from the first operation to the last. */
export function runLockstep(system: System, testCase: Case, options: LockstepOptions): Divergence | null {
  const look = options.depth === 'full' ? 'changed' : 'sampled';
  const found = compareRun(system, testCase, look, options.coverage);
  return found === null ? null : (compareRun(system, testCase, 'full') ?? found);
}

/**
 * Part by part: what is expected of all steps, then the system, then the laws, then what was reached. The code of one part
 * stays in the caches of the processor; that of all parts together, step by step, does not.
 */
function compareRun(system: System, testCase: Case, look: Look, coverage?: StepCounter): Divergence | null {
  const { operations } = testCase;
  const walk = walkOf(testCase);
  const seen = observeWalk(walk, operations);
  const differing = differenceIn(system, testCase, walk, seen, look);
  const broken = brokenIn(testCase, walk, seen, differing?.index ?? operations.length);
  const found = broken ?? differing;
  if (coverage !== undefined) countBefore(found?.index ?? operations.length, operations, walk, coverage);
  return found ?? brokenAtEnd(system, testCase, hostBefore(walk, operations.length));
}

function hostBefore({ start, steps }: Walk, index: number): Host {
  return steps[index - 1]?.host ?? start;
}

/** What is seen of all nodes at the start, and then after each step. */
function observeWalk(
  { start, steps }: Walk,
  operations: readonly Operation[],
): readonly (readonly Observation[])[] {
  let host = start;
  let last: readonly Observation[] = start.nodes.map((node) => observe(node, null));
  const seen = [last];
  for (let index = 0; index < steps.length; index++) {
    const step = steps[index];
    const operation = operations[index];
    if (operation === undefined || step === undefined) break;
    // A state that is the same value needs no second look by the model; the system is still looked at.
    if (step.host !== host) last = observeAll(operation, host, last, step.host);
    seen.push(last);
    ({ host } = step);
  }
  return seen;
}

/** The last operation is followed by a look at everything, whatever the `look` after the others. */
function differenceIn(
  system: System,
  { setup, operations }: Case,
  walk: Walk,
  seen: readonly (readonly Observation[])[],
  look: Look,
): Divergence | null {
  const swallows = system.capabilities.control === 'qmp';
  system.load(setup);
  for (let index = 0; index < operations.length; index++) {
    const operation = operations[index];
    const step = walk.steps[index];
    const after = seen[index + 1];
    if (operation === undefined || step === undefined || after === undefined) break;
    const expected = swallows ? throughQmp(operation, step.outcome) : step.outcome;
    const actual = system.apply(operation);
    if (!sameOutcome(expected, actual))
      return { kind: 'outcome', ...at(index, operation, hostBefore(walk, index)), expected, actual };
    const looked = index === operations.length - 1 ? 'full' : look;
    const touching = after === seen[index] && looked === 'changed' ? null : operation;
    const difference = stateDifference(system, step.host, after, touching, looked);
    if (difference !== null)
      return { kind: 'observation', ...at(index, operation, hostBefore(walk, index)), ...difference };
  }
  return null;
}

/** The first law that one of the first `count` steps breaks. */
function brokenIn(
  { setup, operations }: Case,
  walk: Walk,
  seen: readonly (readonly Observation[])[],
  count: number,
): Divergence | null {
  const laws = new Laws(setup);
  for (let index = 0; index < count; index++) {
    const operation = operations[index];
    const step = walk.steps[index];
    const before = seen[index];
    const after = seen[index + 1];
    if (operation === undefined || step === undefined || before === undefined || after === undefined) break;
    const broken = laws.brokenBy(operation, step.outcome, before, after);
    if (broken === null) continue;
    const { name, law } = broken;
    return { kind: 'invariant', ...at(index, operation, hostBefore(walk, index)), invariant: name, law };
  }
  return null;
}

function countBefore(
  count: number,
  operations: readonly Operation[],
  { start, steps }: Walk,
  coverage: StepCounter,
): void {
  let host = start;
  for (let index = 0; index < count; index++) {
    const operation = operations[index];
    const step = steps[index];
    if (operation === undefined || step === undefined) break;
    coverage.count(host, operation, step);
    ({ host } = step);
  }
}

/** What the whole case has broken, reported at its last operation. */
function brokenAtEnd(system: System, { operations }: Case, host: Host): Divergence | null {
  const broken = system.finish?.() ?? null;
  const operation = operations.at(-1);
  if (broken === null || operation === undefined) return null;
  const { promise: invariant, detail: law } = broken;
  return { kind: 'invariant', ...at(operations.length - 1, operation, host), invariant, law, isAtEnd: true };
}

function at(index: number, operation: Operation, host: Host) {
  return { index, operation, stage: situation(host, operation).stage };
}

/** What is seen after an operation, where something else was seen `before` it. */
export function observeAll(
  operation: Operation,
  from: Host,
  before: readonly Observation[],
  to: Host,
): readonly Observation[] {
  const { nodes, dead } = to;
  return nodes.map((node, index) => {
    const seen = before[index];
    const was = from.nodes[index];
    if (seen === undefined || was === undefined || from.dead !== dead) return observe(node, dead);
    return was === node ? seen : observeAfter(operation, seen, was, node, dead);
  });
}

/** Where what the system shows first differs from what is `expected` of the nodes after `operation`; null: that changed nothing. */
export function stateDifference(
  system: System,
  { nodes }: Host,
  expected: readonly Observation[],
  operation: Operation | null,
  look: Look,
) {
  for (let index = 0; index < nodes.length; index++) {
    const node = nodes[index];
    const wanted = expected[index];
    if (node === undefined || wanted === undefined) continue;
    const isAsked =
      operation !== null && look !== 'full' && (nodes.length === 1 || nodeOf(operation) === index);
    const touched = isAsked ? touchedBy(operation) : null;
    if (system.agrees?.(index, wanted, touched, look) === true) continue;
    const observed = system.observe()[index] ?? {};
    const difference = nodeDifference({ ...wanted, ...observeIndirectly(node) }, observed);
    if (difference !== null) return { node: index, ...difference, observed };
  }
  return null;
}

/** The sectors that an operation names, if any. */
export function touchedBy(operation: Operation): Range | null {
  return 'count' in operation ? operation : null;
}
