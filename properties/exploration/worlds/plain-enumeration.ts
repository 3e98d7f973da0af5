/**
 * The states of a world counted once more, as plainly as can be, to check the search by: depth first, on the readable
 * model alone, no renaming, a state known by its JSON.
 */
import { initialState } from '../../../model/node.ts';
import type { Host, Node } from '../../../model/node.ts';
import { step } from '../../../model/step.ts';
import { isHostCall } from '../../../impl/operation-lists.ts';
import type { Operation } from '../../../model/operations.ts';
import type { Outcome } from '../../../model/vocabulary.ts';
import { nodeOf } from '../../cases/case.ts';
import { hostKey } from '../../cases/host-key.ts';
import type { World } from './world.ts';

/** What the laws remember of a node, as far as it can still matter. */
interface Remembered {
  readonly checkpointed: boolean;
  readonly loud: boolean;
}

export interface PlainState {
  readonly host: Host;
  readonly remembered: readonly Remembered[];
}

export function enumerate({ setup, alphabet }: World): {
  readonly states: readonly PlainState[];
  readonly transitions: number;
} {
  const first: PlainState = {
    host: initialState(setup),
    remembered: setup.nodes.map(() => ({ checkpointed: false, loud: false })),
  };
  const known = new Map([[keyOf(first), first]]);
  const stack = [first];
  let transitions = 0;
  for (let state = stack.pop(); state !== undefined; state = stack.pop()) {
    for (const operation of alphabet) {
      transitions++;
      const next = after(state, operation);
      const key = keyOf(next);
      if (known.has(key)) continue;
      known.set(key, next);
      stack.push(next);
    }
  }
  return { states: [...known.values()], transitions };
}

export function keyOf({ host, remembered }: PlainState): string {
  return `${hostKey(host)} ${JSON.stringify(remembered)}`;
}

function after({ host, remembered }: PlainState, operation: Operation): PlainState {
  const { host: next, outcome } = step(host, operation);
  const concerned = nodeOf(operation);
  return {
    host: next,
    remembered: next.nodes.map((node, index) => {
      const isCalled = index === concerned || isHostCall(operation) || outcome.kind === 'abort';
      return remember(remembered[index], node, isCalled ? operation : null, outcome);
    }),
  };
}

function remember(
  known: Remembered | undefined,
  node: Node,
  operation: Operation | null,
  outcome: Outcome,
): Remembered {
  const runs = node.stage === 'running' && node.backupJob;
  const isCheckpoint =
    operation?.op === 'start' ||
    operation?.op === 'checkpoint' ||
    (operation?.op === 'setReplication' && operation.enable);
  const isWrite = operation?.op === 'primaryWrite' || operation?.op === 'primaryWriteZeroes';
  const succeeded = isCheckpoint && outcome.kind === 'ok' && node.setup.mode === 'secondary';
  const checkpointed = isCheckpoint
    ? succeeded || (outcome.kind === 'ok' && known?.checkpointed === true)
    : known?.checkpointed === true;
  return {
    checkpointed: checkpointed && runs,
    loud: node.stage === 'failover' && (isWrite || known?.loud === true),
  };
}
