/** The one interface that every system under test offers: load a setup, apply operations, observe, unload. */
import type {
  Capabilities,
  IndirectObservation,
  Observation,
  Operation,
  Outcome,
  Range,
  Setup,
  Stage,
} from '../model/vocabulary.ts';

/** How much of the content a quick comparison looks at; see `System.agrees`. */
export type Depth = 'full' | 'sampled';

/** A system that answers at once, in this process. */
export interface System {
  readonly name: string;
  readonly capabilities: Capabilities;
  /** Begins a case; whatever an earlier case left behind is gone. */
  load(setup: Setup): void;
  apply(operation: Operation): Outcome;
  observe(): Observation;
  /**
   * Quick comparison of everything observable with `expected`, without building an `Observation`. `full` looks at every
   * byte; `sampled` at every byte of `touched` and at one word of each other sector, another word at each call.
   * Must never say true where `observe()` differs in a sector that it looked at.
   */
  agrees?(expected: Observation, touched: Range | null, depth: Depth): boolean;
  unload(): void;
}

/** A system behind a process or a wire. */
export interface AsyncSystem {
  readonly name: string;
  readonly capabilities: Capabilities;
  load(setup: Setup): Promise<void>;
  apply(operation: Operation): Promise<Outcome>;
  observe(): Promise<Partial<Observation & IndirectObservation>>;
  /** Operations that the system cannot be given in a stage; they are left out on both sides. */
  accepts(operation: Operation, stage: Stage): boolean;
  unload(): Promise<void>;
  /** Ends whatever the system holds: processes, sockets, files. */
  shutdown(): Promise<void>;
}
