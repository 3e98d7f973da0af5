/** Wrong drained sections: calls that do not wait for requests in flight, and requests that do not wait for calls. */
import { isFrom, type Operation } from '../../../model/operations.ts';
import { RequestQueue, type Running } from '../../efficient/in-flight/request-queue.ts';
import type { Pause, Submitted } from '../../efficient/in-flight/steps.ts';
import { isHostCall } from '../../operation-lists.ts';
import type { InFlightMutant } from './in-flight-mutant.ts';

class NewRequestsEnter extends RequestQueue {
  override olderToWaitFor(submitted: Submitted): Submitted[] {
    const older = super.olderToWaitFor(submitted);
    return this.drains(submitted.operation)
      ? older
      : older.filter(({ operation }) => !this.drains(operation));
  }
}

class HeldUntilDrained extends RequestQueue {
  /** Calls that have found nothing in flight any more. */
  readonly #drained = new WeakSet<Submitted>();

  override *waitForOlder(submitted: Submitted): Generator<Pause, void, undefined> {
    yield* super.waitForOlder(submitted);
    this.#drained.add(submitted);
  }

  override olderToWaitFor(submitted: Submitted): Submitted[] {
    const older = super.olderToWaitFor(submitted);
    return this.drains(submitted.operation) ? older : older.filter((each) => !this.#drained.has(each));
  }
}

class HeldOnceIsForgotten extends RequestQueue {
  readonly #held = new WeakSet<Submitted>();

  override *waitForOlder(submitted: Submitted): Generator<Pause, void, undefined> {
    if (this.olderToWaitFor(submitted).length > 0) this.#held.add(submitted);
    yield* super.waitForOlder(submitted);
  }

  override olderToWaitFor(submitted: Submitted): Submitted[] {
    const older = super.olderToWaitFor(submitted);
    return older.filter((each) => this.drains(each.operation) || !this.#held.has(each));
  }
}

class WaitsForOneStep extends RequestQueue {
  readonly #steps = new WeakMap<Submitted, number>();
  /** The steps that each had taken when a call began to wait for it. */
  readonly #atFirst = new WeakMap<Submitted, Map<Submitted, number>>();

  override resume(running: Running): Pause {
    this.#steps.set(running, this.#taken(running) + 1);
    return super.resume(running);
  }

  override olderToWaitFor(submitted: Submitted): Submitted[] {
    const older = super.olderToWaitFor(submitted);
    if (!this.drains(submitted.operation)) return older;
    const atFirst = this.#atFirst.get(submitted) ?? new Map(older.map((each) => [each, this.#taken(each)]));
    this.#atFirst.set(submitted, atFirst);
    return older.filter((each) => this.drains(each.operation) || atFirst.get(each) === this.#taken(each));
  }

  #taken(submitted: Submitted): number {
    return this.#steps.get(submitted) ?? 0;
  }
}

class GoesOnUndrained extends RequestQueue {
  override *waitForOlder(submitted: Submitted): Generator<Pause, void, undefined> {
    const older = this.olderToWaitFor(submitted);
    if (!this.drains(submitted.operation)) yield* super.waitForOlder(submitted);
    else if (older.length > 0) yield older;
  }
}

class CheckpointDrainsNothing extends RequestQueue {
  override drains(operation: Operation): boolean {
    return operation.op !== 'checkpoint' && super.drains(operation);
  }
}

class CheckpointDrainsTheGuest extends RequestQueue {
  override excludes(older: Submitted, newer: Submitted): boolean {
    const isPrimary = isFrom(older.operation, 'primary') || isFrom(newer.operation, 'primary');
    const isCheckpoint = older.operation.op === 'checkpoint' || newer.operation.op === 'checkpoint';
    return !(isPrimary && isCheckpoint) && super.excludes(older, newer);
  }
}

class StopDrainsNothing extends RequestQueue {
  override drains(operation: Operation): boolean {
    return operation.op !== 'stop' && operation.op !== 'setReplication' && super.drains(operation);
  }
}

class DrainsFirstNodeAlone extends RequestQueue {
  override excludes(older: Submitted, newer: Submitted): boolean {
    const isElsewhere = [older, newer].some(({ operation }) => !isHostCall(operation) && operation.node);
    return !isElsewhere && super.excludes(older, newer);
  }
}

class SettlesBesideRequests extends RequestQueue {
  override drains(operation: Operation): boolean {
    return operation.op !== 'commitSettle' && super.drains(operation);
  }
}

export const inFlightDrainMutants: readonly InFlightMutant[] = [
  {
    name: 'requests-begin-while-a-call-drains',
    wrong: 'Requests that are submitted while a call waits for those in flight do not wait for the call.',
    origin: 'qemu fix',
    mendedBy: 'cf3129323f, 4.2',
    queue: NewRequestsEnter,
  },
  {
    name: 'drained-section-ends-before-the-call',
    wrong:
      'Requests begin again as soon as a call has nothing left to wait for, before it has done its work.',
    origin: 'qemu fix',
    mendedBy: 'bb9aaecaf1, 2.7',
    queue: HeldUntilDrained,
  },
  {
    name: 'request-that-was-held-misses-the-next-drain',
    wrong: 'A call does not wait for a request that an earlier call had held up.',
    origin: 'qemu fix',
    mendedBy: '8eeaa706ba, 10.2',
    queue: HeldOnceIsForgotten,
  },
  {
    name: 'drain-waits-for-one-step-of-each-request',
    wrong: 'A call waits for the step that each request is at, and not for those that follow.',
    origin: 'qemu fix',
    mendedBy: 'fe5258a503, 3.1',
    queue: WaitsForOneStep,
  },
  {
    name: 'drain-goes-on-undrained',
    wrong:
      'A call that waits for requests in flight goes on when it is resumed, whether they have ended or not.',
    origin: 'qemu fix',
    mendedBy: '89bd030533, 3.0',
    queue: GoesOnUndrained,
  },
  {
    name: 'checkpoint-beside-requests-in-flight',
    wrong: 'A checkpoint waits for nothing, and forgets what was copied for a write that is still to come.',
    origin: 'data loss',
    queue: CheckpointDrainsNothing,
  },
  {
    name: 'checkpoint-waits-for-the-guest-alone',
    wrong: 'A checkpoint waits for guest requests in flight, and not for those of the primary.',
    origin: 'data loss',
    queue: CheckpointDrainsTheGuest,
  },
  {
    name: 'stop-drops-the-job-beside-its-copies',
    wrong: 'A stop ends the backup job without waiting for primary writes that it is copying for.',
    origin: 'qemu fix',
    mendedBy: '503ca1262b, 5.0',
    queue: StopDrainsNothing,
  },
  {
    name: 'host-call-drains-the-first-node-alone',
    wrong: 'A call to all nodes waits for requests to the first of them alone.',
    origin: 'slip',
    queue: DrainsFirstNodeAlone,
  },
  {
    name: 'commit-settles-beside-a-guest-write',
    wrong: 'Settling the commit does not wait for guest writes in flight.',
    origin: 'data loss',
    queue: SettlesBesideRequests,
  },
];
