/** A branch of the seed (replication.c) as something that a step of the model may or may not take. */
import type { Node } from '../../model/node.ts';
import type { Operation } from '../../model/operations.ts';
import type { Outcome } from '../../model/vocabulary.ts';

/** One step of a host with a single node. */
export interface StepTaken {
  readonly before: Node;
  readonly operation: Operation;
  readonly outcome: Outcome;
  readonly after: Node;
}

export interface SeedBranch {
  /** First and last line in replication.c. */
  readonly lines: readonly [number, number];
  /** What happens there. */
  readonly what: string;
  /** Whether the step went this way; or why nothing that the vocabulary has can lead there. */
  readonly taken: ((step: StepTaken) => boolean) | string;
}

/** `line-line: what` */
export function branchName({ lines: [first, last], what }: SeedBranch): string {
  return `${first === last ? first : `${first}-${last}`}: ${what}`;
}

/** Steps of one operation, or of the QMP command that leads to it. */
export function isCall(operation: Operation, op: 'start' | 'stop' | 'getError'): boolean {
  switch (operation.op) {
    case 'setReplication':
      return (
        (op === 'start' && operation.enable && operation.failover === null) ||
        (op === 'stop' && !operation.enable)
      );
    case 'queryStatus':
      return op === 'getError';
    default:
      return operation.op === op;
  }
}

export function isFailover(operation: Operation): boolean {
  return (operation.op === 'stop' || operation.op === 'setReplication') && operation.failover === true;
}

export function says(outcome: Outcome, text: string): boolean {
  if (outcome.kind === 'status') return outcome.error === text;
  return outcome.kind === 'error' && outcome.message.startsWith(text);
}
