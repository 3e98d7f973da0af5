/** Requests in flight: what a system says of them, and how they are driven from outside. */
import type { Operation, OperationName } from '../model/operations.ts';
import type { Outcome } from '../model/vocabulary.ts';

/** The number of a request in a case, chosen by who writes it; it may be used again once its request is answered. */
export type RequestNumber = number;

/** What a system says of the requests that it can have in flight. */
export interface InFlightRules {
  /** How many at once; a history with more of them is none of that system. */
  readonly requestsMax: number;
  /** Operations during which nothing else is in flight. */
  readonly alone: readonly OperationName[];
  /**
   * Calls that wait for the primary's requests in flight: those that were submitted before them take effect before them.
   * So does a stop of QEMU 7.2 and later, which drains the disk when it cancels the backup job.
   */
  readonly drains: readonly OperationName[];
  /** Operations before whose answers a commit that runs may have ended, as they may wait for it. Left out: none. */
  readonly settles?: readonly OperationName[];
  /** A commit may read what it begins with after requests that were in flight when it began. Left out: not so. */
  readonly readsLate?: true;
  /**
   * Without a backup job a guest read that finds a sector in no overlay returns what the secondary disk holds when it comes
   * there, whatever the guest has written meanwhile. Left out: not so.
   */
  readonly looksUpFirst?: true;
  /** `qmp`: a stop with failover is answered ok whatever happens. */
  readonly control: 'driver' | 'qmp';
}

/** What a system says of itself where it can be driven from outside. */
export interface InFlightCapabilities extends InFlightRules {
  /** Whether requests stop at stations until they are advanced; else they go on by themselves, and `advance` does nothing. */
  readonly stations: boolean;
  /** The operations that can be submitted without being awaited. */
  readonly submits: readonly OperationName[];
}

export interface Answered {
  readonly request: RequestNumber;
  readonly outcome: Outcome;
}

/**
 * Of a system that answers at once. `submit` begins a request, which goes as far as its first station. `advance` lets it go
 * on to its next one: a primary write has saved old content, and not yet written; nothing happens where it waits for another
 * request. `await` lets it go on until it is answered, and before it, oldest first, all that it waits for.
 *
 * Each call returns what was answered meanwhile, in that order: also other requests than
 * the one that was named, which waited for it. Between two calls nothing moves where there are stations.
 */
export interface InFlightAccess {
  readonly capabilities: InFlightCapabilities;
  /** A number that is in flight already is an error of the caller. */
  submit(request: RequestNumber, operation: Operation): readonly Answered[];
  /** Neither `advance` nor `await` does anything where the request is not in flight. */
  advance(request: RequestNumber): readonly Answered[];
  await(request: RequestNumber): readonly Answered[];
  /**
   * Whether it waited for another request when it was looked at last: to advance it does nothing until that one has gone
   * on. What goes through all orders leaves such moves out; it needs no more than this beside stations.
   */
  isWaiting?(request: RequestNumber): boolean;
}

/** The same of a system behind a process or a wire. */
export interface AsyncInFlightAccess {
  readonly capabilities: InFlightCapabilities;
  submit(request: RequestNumber, operation: Operation): Promise<readonly Answered[]>;
  advance(request: RequestNumber): Promise<readonly Answered[]>;
  await(request: RequestNumber): Promise<readonly Answered[]>;
}
