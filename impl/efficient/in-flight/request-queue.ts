/**
 * Requests in flight, driven from outside. Requests for data go side by side; calls that change what a node is made of have
 * it for themselves, as in a drained section of QEMU (block/io.c, bdrv_drained_begin): they wait for all that was submitted
 * before them, and what is submitted after them waits for them.
 */
import { isHostCall, operationNames } from '../../operation-lists.ts';
import { isFrom, operationTable, type Operation } from '../../../model/operations.ts';
import type { Answered, InFlightAccess, InFlightCapabilities, RequestNumber } from '../../in-flight.ts';
import type { CaseMemory } from '../compare/case-memory.ts';
import type { TagWords } from '../compare/tag-words.ts';
import type { ReplicationHost } from '../node/replication-host.ts';
import type { ReplicationNode } from '../node/replication-node.ts';
import { NodeSteps, type Apply } from './node-steps.ts';
import { STATION, type Pause, type Steps, type Submitted } from './steps.ts';

const CAPABILITIES: InFlightCapabilities = {
  requestsMax: 31,
  alone: [],
  drains: ['open', 'close', 'start', 'checkpoint', 'stop', 'setReplication', 'commitSettle'],
  control: 'driver',
  stations: true,
  submits: operationNames.filter((name) => operationTable[name].issuer !== 'nature'),
};

/** The real ones, or a seeded bug that extends them. */
export type StepsClass = new (node: ReplicationNode, tags: TagWords) => NodeSteps;
export type QueueClass = new (host: ReplicationHost, apply: Apply, stepsClass?: StepsClass) => RequestQueue;

export interface Running extends Submitted {
  readonly steps: Steps;
}

export class RequestQueue implements InFlightAccess {
  readonly capabilities = CAPABILITIES;
  readonly #host: ReplicationHost;
  readonly #apply: Apply;
  readonly #stepsClass: StepsClass;
  #loaded: readonly CaseMemory[] = [];
  /** One entry a node that has had a request. */
  readonly #steps: NodeSteps[] = [];
  /** Oldest first. */
  readonly #inFlight: Running[] = [];
  readonly #waiting = new Set<RequestNumber>();
  #answered: Answered[] = [];

  constructor(host: ReplicationHost, apply: Apply, stepsClass: StepsClass = NodeSteps) {
    this.#host = host;
    this.#apply = apply;
    this.#stepsClass = stepsClass;
  }

  /** Begins a case; what is in flight is forgotten. */
  load(loaded: readonly CaseMemory[]): void {
    this.#loaded = loaded;
    this.#steps.length = 0;
    this.#inFlight.length = 0;
    if (this.#waiting.size > 0) this.#waiting.clear();
  }

  submit(request: RequestNumber, operation: Operation): readonly Answered[] {
    if (this.#find(request) !== undefined) throw new RangeError(`request ${request} is in flight already`);
    if (!CAPABILITIES.submits.includes(operation.op)) {
      throw new RangeError(`${operation.op} cannot be submitted: apply it while nothing is in flight`);
    }
    const submitted: Submitted = { request, operation };
    const running = Object.assign(submitted, { steps: this.#begin(submitted) });
    this.#inFlight.push(running);
    this.resume(running);
    return this.#takeAnswered();
  }

  advance(request: RequestNumber): readonly Answered[] {
    const running = this.#find(request);
    if (running !== undefined) this.resume(running);
    return this.#takeAnswered();
  }

  await(request: RequestNumber): readonly Answered[] {
    const running = this.#find(request);
    if (running !== undefined) this.#finish(running, []);
    return this.#takeAnswered();
  }

  isWaiting(request: RequestNumber): boolean {
    return this.#waiting.has(request);
  }

  /** Those that were submitted before and have to be answered first. */
  olderToWaitFor(submitted: Submitted): Submitted[] {
    const older: Submitted[] = [];
    for (const each of this.#inFlight) {
      if (each === submitted) break;
      if (meet(each.operation, submitted.operation) && this.excludes(each, submitted)) older.push(each);
    }
    return older;
  }

  /** Whether two requests that reach one node cannot go side by side. Steps of one commit follow each other. */
  excludes({ operation: older }: Submitted, { operation: newer }: Submitted): boolean {
    if (older.op === 'commitAdvance' && newer.op === 'commitAdvance') return true;
    return this.drains(older) || this.drains(newer);
  }

  drains({ op }: Operation): boolean {
    return CAPABILITIES.drains.includes(op);
  }

  *#begin(submitted: Submitted): Steps {
    yield* this.waitForOlder(submitted);
    return yield* this.#enter(submitted);
  }

  *waitForOlder(submitted: Submitted): Generator<Pause, void, undefined> {
    let older = this.olderToWaitFor(submitted);
    while (older.length > 0) {
      yield older;
      older = this.olderToWaitFor(submitted);
    }
  }

  *#enter(submitted: Submitted): Steps {
    const { operation } = submitted;
    switch (operation.op) {
      case 'start':
      case 'checkpoint':
      case 'getError':
      case 'stop':
      case 'setReplication':
      case 'queryStatus':
        yield STATION;
        return this.#apply(operation);
      default:
        return yield* this.#stepsOf(operation.node ?? 0).run(submitted, operation, this.#host, this.#apply);
    }
  }

  #stepsOf(node: number): NodeSteps {
    const known = this.#steps[node];
    if (known !== undefined) return known;
    const memory = this.#loaded[node];
    if (memory === undefined) throw new Error(`there is no node ${node}`);
    const made = new this.#stepsClass(memory.node, memory.tags);
    this.#steps[node] = made;
    return made;
  }

  /** Lets a request go on to its next pause. */
  resume(running: Running): Pause {
    const { done, value } = running.steps.next();
    if (done !== true && value.length > 0) this.#waiting.add(running.request);
    else this.#waiting.delete(running.request);
    if (done !== true) return value;
    this.#inFlight.splice(this.#inFlight.indexOf(running), 1);
    this.#answered.push({ request: running.request, outcome: value });
    return STATION;
  }

  /** `behind` are those that wait for this one already. */
  #finish(running: Running, behind: readonly Submitted[]): void {
    if (behind.includes(running)) throw new Error(`request ${running.request} waits for itself`);
    while (this.#inFlight.includes(running)) {
      const waitsFor = this.resume(running);
      const blocking = this.#inFlight.filter((other) => waitsFor.includes(other));
      if (blocking.length === 0 && waitsFor.length > 0) {
        throw new Error(`request ${running.request} waits for one that is not in flight any more`);
      }
      for (const each of blocking) this.#finish(each, [...behind, running]);
    }
  }

  #find(request: RequestNumber): Running | undefined {
    return this.#inFlight.find((each) => each.request === request);
  }

  #takeAnswered(): readonly Answered[] {
    const answered = this.#answered;
    this.#answered = [];
    return answered;
  }
}

/** Whether two operations reach the same node; a close may be the end of the process, and an open begins another. */
function meet(one: Operation, other: Operation): boolean {
  if (isHostCall(one) || isHostCall(other)) return true;
  return isFrom(one, 'manager') || isFrom(other, 'manager') || (one.node ?? 0) === (other.node ?? 0);
}
