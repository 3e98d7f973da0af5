/**
 * A step beneath which commits were settled: the operation waited for what they had held (`Shown.settled`). It is what
 * the operation and a `commitSettle` of each of these nodes lead to, one after the other: mostly a commit that ran before
 * ends first, as what waits for it is carried out after that, and one that the operation has begun ends after it.
 */
import { predicted } from '../../model/choices.ts';
import type { Choices } from '../../model/choices.ts';
import { ok } from '../../model/answers.ts';
import type { Host, HostStep } from '../../model/node.ts';
import { step } from '../../model/step.ts';
import type { Operation } from '../../model/operations.ts';
import { isHostCall } from '../../impl/operation-lists.ts';
import type { Outcome } from '../../model/vocabulary.ts';
import type { Shown } from '../../impl/shown.ts';

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
 * The operations that may make up what a system did when it was given `operation`, the likeliest first. A call to all nodes
 * may have been through with a node before it came to wait for its commit at another one. A node that is closed while its
 * commit waits cancels it (replication.c:149): what was copied meanwhile is a choice of that step.
 */
export function readings(
  host: Host,
  operation: Operation,
  { settled }: Shown,
): readonly (readonly Operation[])[] {
  if (settled === undefined) return [[operation]];
  const settles = settled.map((node) => ({
    ran: (host.nodes[node]?.commitJob ?? null) !== null,
    settle: { op: 'commitSettle', node } as const,
  }));
  const closed = operation.op === 'close' ? (operation.node ?? 0) : null;
  const before = settles
    .filter(({ ran, settle }) => ran && settle.node !== closed)
    .map(({ settle }) => settle);
  const after = settles.filter(({ ran }) => !ran).map(({ settle }) => settle);
  const likeliest = [...before, operation, ...after];
  return isHostCall(operation) ? [likeliest, [operation, ...before, ...after]] : [likeliest];
}

/** The step of the model that a system took by such a reading, and its answer to the operation itself. */
export function takenStep(
  host: Host,
  operation: Operation,
  reading: readonly Operation[] = [operation],
  choices: Choices = predicted,
  model: typeof step = step,
): TakenStep {
  if (reading.length === 1) return model(host, operation, choices);
  const parts: StepPart[] = [];
  let from = host;
  let outcome: Outcome = ok;
  for (const each of reading) {
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
