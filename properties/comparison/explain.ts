/** Which step of the model explains what a system answered and showed, or where it differs from every allowed step. */
import type { Host, HostStep } from '../../model/node.ts';
import { observe } from '../../model/observe.ts';
import { step } from '../../model/step.ts';
import type { Operation } from '../../model/operations.ts';
import type { Observation, Outcome } from '../../model/vocabulary.ts';
import type { Capabilities } from '../../impl/capabilities.ts';
import type { Shown } from '../../impl/shown.ts';
import { nodeDifference, probeDifference, sameOutcome } from './comparison.ts';
import { explanations } from './explanations.ts';
import { readings, takenStep } from './settled-steps.ts';
import type { TakenStep } from './settled-steps.ts';
import { observeIndirectly, observeProbes, throughQmp } from './shown-by-model.ts';

/** What the judge must know of a system. */
export interface Judged {
  readonly capabilities: Pick<Capabilities, 'control' | 'commit'>;
}

const nothingShown: Shown = { nodes: [] };

/**
 * The step of the model that leads to what a system answered and showed; null where there is none. What is not shown is
 * not compared. With `commit` as `free` the step may be any that the real binary takes, with `stepped` only the one that
 * `step` predicts.
 */
export function explain(
  host: Host,
  operation: Operation,
  answer: Outcome,
  shown: Shown = nothingShown,
  capabilities: Judged['capabilities'] = { control: 'driver', commit: 'free' },
): HostStep | null {
  const judged = judgeStep({ capabilities }, host, operation, answer, shown);
  return 'next' in judged ? judged.next : null;
}

type Explained =
  | { readonly next: TakenStep }
  | { readonly found: NonNullable<ReturnType<typeof difference>> };

/** The step of the model that a system has shown, or where it differs from every step that is allowed. */
export function judgeStep(
  system: Judged,
  host: Host,
  operation: Operation,
  actual: Outcome,
  shown: Shown,
): Explained {
  const predicted = takenStep(host, operation, readings(host, operation, shown)[0]);
  const after = observeNodes(predicted.host);
  return judgePredicted(system, host, predicted, after, { operation, actual, shown }, step);
}

interface Seen {
  readonly operation: Operation;
  readonly actual: Outcome;
  readonly shown: Shown;
}

/** `after` is what the model shows after the predicted step. */
export function judgePredicted(
  { capabilities }: Judged,
  host: Host,
  predicted: TakenStep,
  after: readonly Observation[],
  seen: Seen,
  model: typeof step,
): Explained {
  // The errors that QMP discards.
  const swallows = capabilities.control === 'qmp';
  const found = difference(predicted, after, seen, swallows);
  if (found === null) return { next: predicted };
  if (capabilities.commit === 'stepped') return { found };
  // Only where the prediction fails is it asked what else QEMU is free to do.
  for (const choices of explanations(host, seen.shown)) {
    for (const reading of readings(host, seen.operation, seen.shown)) {
      const other = takenStep(host, seen.operation, reading, choices, model);
      if (difference(other, observeNodes(other.host), seen, swallows) === null) return { next: other };
    }
  }
  return { found };
}

export function observeNodes({ nodes, dead }: Host): readonly Observation[] {
  return nodes.map((node) => observe(node, dead));
}

/** `after` is what the model shows after the step. */
function difference(
  { host, outcome }: HostStep,
  after: readonly Observation[],
  { operation, actual, shown }: Seen,
  swallows: boolean,
) {
  const expected = swallows ? throughQmp(operation, outcome) : outcome;
  if (!sameOutcome(expected, actual)) return { kind: 'outcome', expected, actual } as const;
  return shownDifference(host, after, shown);
}

/** Where what was shown first differs from a state of the model, which shows `after`. */
export function shownDifference(host: Host, after: readonly Observation[], shown: Shown) {
  for (let index = 0; index < after.length; index++) {
    const observed = shown.nodes[index];
    const wanted = after[index];
    const node = host.nodes[index];
    if (observed === undefined || wanted === undefined || node === undefined) continue;
    const isIndirect = observed.answeredBy !== undefined || observed.commitRuns !== undefined;
    const whole = isIndirect ? { ...wanted, ...observeIndirectly(node) } : wanted;
    const found = nodeDifference(whole, observed);
    if (found !== null) return { kind: 'observation', node: index, ...found, observed } as const;
  }
  if (shown.probes === undefined) return null;
  const found = probeDifference(observeProbes(host), shown.probes);
  return found === null ? null : ({ kind: 'observation', node: 0, ...found, observed: {} } as const);
}
