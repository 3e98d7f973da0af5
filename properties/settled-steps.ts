/**
 * A step beneath which commits were settled: the operation waited for what they had held (`Shown.settled`). It is what
 * the operation and a `commitSettle` of each of these nodes lead to, one after the other: a commit that ran before ends
 * first, as what waits for it is carried out after that; one that the operation has begun ends after it.
 */
import { predicted } from '../model/choices.ts';
import type { Choices } from '../model/choices.ts';
import type { Host, HostStep } from '../model/node.ts';
import { step } from '../model/step.ts';
import type { Operation } from '../model/operations.ts';
import type { Shown } from '../impl/shown.ts';

export interface StepPart {
  readonly operation: Operation;
  readonly from: Host;
  readonly step: HostStep;
}

export interface TakenStep extends HostStep {
  /** Left out where the operation is all that there was. */
  readonly parts?: readonly StepPart[];
}

/**
 * What was shown, and what comes to the same to look at: a node that is closed while its commit waits may have been
 * settled first, or its commit cancelled with what was not in flight (replication.c:149).
 */
export function readings(operation: Operation, shown: Shown): readonly Shown[] {
  const { settled, ...others } = shown;
  const node = operation.op === 'close' ? (operation.node ?? 0) : null;
  if (settled === undefined || node === null || !settled.includes(node)) return [shown];
  const rest = settled.filter((other) => other !== node);
  return [shown, rest.length === 0 ? others : { ...others, settled: rest }];
}

/** The operations that make up what a system did when it was given `operation`. */
export function operationsBeneath(
  host: Host,
  operation: Operation,
  settled: readonly number[],
): readonly Operation[] {
  const settles = settled.map((node) => ({
    ran: (host.nodes[node]?.commitJob ?? null) !== null,
    settle: { op: 'commitSettle', node } as const,
  }));
  const before = settles.filter(({ ran }) => ran).map(({ settle }) => settle);
  const after = settles.filter(({ ran }) => !ran).map(({ settle }) => settle);
  return [...before, operation, ...after];
}

/** The step of the model that a system took by what it showed, and its answer to the operation itself. */
export function takenStep(
  host: Host,
  operation: Operation,
  { settled }: Shown,
  choices: Choices = predicted,
  model: typeof step = step,
): TakenStep {
  if (settled === undefined) return model(host, operation, choices);
  const parts: StepPart[] = [];
  let from = host;
  let { outcome } = model(host, operation, choices);
  for (const each of operationsBeneath(host, operation, settled)) {
    const taken = model(from, each, choices);
    parts.push({ operation: each, from, step: taken });
    from = taken.host;
    if (each === operation) ({ outcome } = taken);
  }
  return { host: from, outcome, parts };
}

export function partsOf(operation: Operation, from: Host, taken: TakenStep): readonly StepPart[] {
  return taken.parts ?? [{ operation, from, step: taken }];
}
