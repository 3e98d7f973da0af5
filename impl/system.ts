/** The one interface that every system under test offers: load a setup, apply operations, observe, unload. */
import type { Operation } from '../model/operations.ts';
import type { Observation, Outcome, Range, Setup, Stage } from '../model/vocabulary.ts';
import type { Shown, ShownNode } from './shown.ts';
import type { Capabilities } from './capabilities.ts';
import type { AsyncInFlightAccess, InFlightAccess } from './in-flight.ts';
import type { EnvironmentError } from './environment-error.ts';
import type { StateAccess } from './state-access.ts';
import type { SystemLost } from './system-lost.ts';

/** How much of the content a campaign compares after each operation. */
export type Depth = 'full' | 'sampled';
/** How much of the content a quick comparison looks at; see `System.agrees`. */
export type Look = Depth | 'changed';

/** A system that answers at once, in this process. It may throw: a case in which it does is a finding. */
export interface PlainSystem {
  readonly name: string;
  /** Of the implementation, where it has one: it stands in certificates. */
  readonly version?: string;
  readonly capabilities: Capabilities;
  /** Begins a case; whatever an earlier case left behind is gone. */
  load(setup: Setup): void;
  apply(operation: Operation): Outcome;
  /** One entry a node of the setup, with every part that the system declares. */
  observe(): readonly ShownNode[];
  /** Ends whatever the system holds. */
  unload(): void;
}

/** One of this project, that shows everything. */
export interface System extends PlainSystem {
  /** One entry a node of the setup. */
  observe(): readonly Observation[];
  /**
   * Quick comparison of everything observable of one node with `expected`, without building an `Observation`. `full`
   * looks at every byte; `changed` leaves out what was the same at an earlier call and has been neither expected anew nor
   * written since: it is called after each operation, and an operation that names sectors (`touched`) changes no more of
   * what is expected than the whole units that these lie in; `sampled` looks at every byte of `touched` and at one word of each other sector, another word at each
   * call. Must never say true where `observe()` differs in a sector that it looked at.
   */
  agrees?(node: number, expected: Observation, touched: Range | null, look: Look): boolean;
  /** Looks at what the whole case has left where no observation looks; null where that is as it should be. */
  finish?(): BrokenAtEnd | null;
  /** Where the system can hand out its state; exhaustive search needs it. */
  readonly states?: StateAccess;
  /** Where requests can overlap. What is loaded, applied, observed and unloaded otherwise finds nothing in flight. */
  readonly inFlight?: InFlightAccess;
}

export interface SentCase {
  readonly setup: Setup;
  readonly operations: readonly Operation[];
}

/** When a case that is played as a whole is looked at. */
export type Shows = 'each' | 'last';

/** What was answered to each operation, and shown after it; with `last` only after the last one. */
export interface Played {
  readonly outcomes: readonly Outcome[];
  readonly shown: readonly Shown[];
}

export type PlayedOrNot = Played | SystemLost | EnvironmentError;

/** A promise that a system broke with a whole case, not with one operation of it. */
export interface BrokenAtEnd {
  /** What was promised, as one word; failures are kept apart by it. */
  readonly promise: string;
  /** What was to be, and what is. */
  readonly detail: string;
}

/**
 * How long answers are waited for. `full`: what the user says. `confirming` and `shrinking`: several times the slowest answer seen; a candidate that is
 * given up too early costs little, a finding that is reported wrongly costs more.
 */
export type Patience = 'full' | 'confirming' | 'shrinking';

/** A system behind a process or a wire. */
export interface AsyncSystem {
  readonly name: string;
  /** Of the implementation, where it has one: it stands in certificates. */
  readonly version?: string;
  readonly capabilities: Capabilities;
  /** Begins a case. `operations` are those that may follow: a system may prepare for the faults among them. */
  load(setup: Setup, operations: readonly Operation[]): Promise<void>;
  apply(operation: Operation): Promise<Outcome>;
  observe(): Promise<Shown>;
  /**
   * Plays whole cases one after the other, of which further ones may be sent before the first is answered. One entry a
   * case; a case in which the process is lost does not keep the others from being played, but what says that the
   * environment is at fault is the last entry.
   */
  playAll?(cases: readonly SentCase[], shows: Shows): Promise<readonly PlayedOrNot[]>;
  /** Operations that cannot be given to a case, by the stages of its nodes; they are left out on both sides. */
  accepts(operation: Operation, stages: readonly Stage[], setup: Setup): boolean;
  /** Unloads a case in which nothing differed, and looks at what it leaves; null where that is as it should be. */
  finish?(): Promise<BrokenAtEnd | null>;
  unload(): Promise<void>;
  /** Where requests can overlap. What is loaded, applied, observed and unloaded otherwise finds nothing in flight. */
  readonly inFlight?: AsyncInFlightAccess;
  /** The next case begins with a fresh process, where one process serves many cases. */
  renew?(): Promise<void>;
  /**
   * How long answers are waited for from now on, that which is waited for included; where patience is `full` no longer than
   * `mostMs`, unless answers have been nearly as slow.
   */
  endure?(patience: Patience, mostMs?: number): void;
  /** Ends whatever the system holds: processes, sockets, files. */
  shutdown(): Promise<void>;
}
