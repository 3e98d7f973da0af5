/**
 * Short cases that may fail as a longer one does, found on the model alone: all that lead to the operation that shows the
 * failure in the stage in which it shows. For systems that cannot hand out their state, where each has to be tried.
 */
import { createHash } from 'node:crypto';
import { initialState } from '../../model/node.ts';
import type { Host } from '../../model/node.ts';
import type { Operation } from '../../model/operations.ts';
import { step } from '../../model/step.ts';
import type { Outcome, Setup } from '../../model/vocabulary.ts';
import { situation } from '../cases/case.ts';
import type { Case } from '../cases/case.ts';
import { hostKey } from '../cases/host-key.ts';
import type { FailureTarget } from './failure-search.ts';
import { operationsUntil } from './stage-distance.ts';
import { tellsWritesApart } from './whole-alphabet.ts';

export interface LikelyBounds {
  readonly target: FailureTarget;
  /** What the model has to answer to the last operation; null where that does not matter. */
  readonly expected: Outcome['kind'] | null;
  readonly operationsMax: number;
  /** Those that the failing case has come first. */
  readonly kinds: ReadonlySet<Operation['op']>;
  /** Whether the system can be given an operation in this state of the model. */
  accepts(operation: Operation, host: Host, setup: Setup): boolean;
}

/** A host with the operations that are tried on it. */
export interface LikelyHost {
  readonly setup: Setup;
  readonly alphabet: readonly Operation[];
}

interface Way {
  readonly host: Host;
  readonly operations: readonly Operation[];
}

/** Of ways of one length on one host no more are gone on with. */
const WAYS_MAX = 600;
/** Nor as many on a long disk: each holds a host, and 600 of 6,030 sectors filled gigabytes with those they came from. */
const SECTORS_MAX = 128 * WAYS_MAX;

/**
 * The shorter ones first, and of one length those with the fewest operations of kinds that the failing case has not. Null
 * where some work has been done and nothing found: whoever asks may give up.
 */
export function* likelyCases(
  hosts: readonly LikelyHost[],
  bounds: LikelyBounds,
): Generator<Case | null, void, void> {
  const { kinds, operationsMax } = bounds;
  const foreign = ({ operations }: Case): number => operations.filter(({ op }) => !kinds.has(op)).length;
  const fronts = hosts.map((host) => new Front(host, bounds));
  for (let length = 1; length <= operationsMax; length++) {
    const cases = fronts.flatMap((front) => front.endings());
    yield* cases.toSorted((left, right) => foreign(left) - foreign(right));
    for (const front of fronts) yield* front.goOn(operationsMax - length);
  }
}

/** The ways on one host that are as long as what has been looked through. */
class Front {
  readonly #host: LikelyHost;
  readonly #bounds: LikelyBounds;
  /** Digests: the key of a host is as long as its disks. */
  readonly #known = new Set<string>();
  readonly #waysMax: number;
  #ways: readonly Way[];

  constructor(host: LikelyHost, bounds: LikelyBounds) {
    this.#host = host;
    this.#bounds = bounds;
    this.#ways = [{ host: initialState(host.setup), operations: [] }];
    const sectors = host.setup.nodes.reduce((sum, { geometry }) => sum + geometry.lengthSectors, 0);
    this.#waysMax = Math.min(WAYS_MAX, Math.ceil(SECTORS_MAX / Math.max(1, sectors)));
  }

  /** Each way with each operation that may show the failure. */
  endings(): Case[] {
    const { target, expected } = this.#bounds;
    const { setup, alphabet } = this.#host;
    const ends = alphabet.filter(({ op }) => op === target.operation);
    return this.#ways.flatMap(({ host, operations }) =>
      ends
        .filter((end) => this.#isOpen(end, host, operations) && situation(host, end).stage === target.stage)
        .filter((end) => expected === null || step(host, end).outcome.kind === expected)
        .map((end) => ({ setup, operations: [...operations, end] })),
    );
  }

  /** `left` operations may follow the next one. */
  *goOn(left: number): Generator<null, void, void> {
    const { target } = this.#bounds;
    const ways: Way[] = [];
    for (const { host, operations } of this.#ways) {
      yield null;
      for (const operation of this.#host.alphabet) {
        if (ways.length >= this.#waysMax) break;
        if (!this.#isOpen(operation, host, operations)) continue;
        const next = step(host, operation).host;
        if (operationsUntil(target.stage, next) >= left) continue;
        const longer = [...operations, operation];
        if (this.#isNew(next, longer)) ways.push({ host: next, operations: longer });
      }
    }
    this.#ways = ways;
  }

  #isOpen(operation: Operation, host: Host, before: readonly Operation[]): boolean {
    if (tellsWritesApart(operation) && !before.some((each) => 'tag' in each)) return false;
    return this.#bounds.accepts(operation, host, this.#host.setup);
  }

  /** A system may remember more than the model: ways of other kinds of operations are others, wherever they lead. */
  #isNew(host: Host, operations: readonly Operation[]): boolean {
    const kinds = [...new Set(operations.map(({ op }) => op))].toSorted();
    const key = createHash('sha1')
      .update(`${kinds.join()} ${hostKey(host)}`)
      .digest('base64');
    if (this.#known.has(key)) return false;
    this.#known.add(key);
    return true;
  }
}
