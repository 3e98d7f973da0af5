/** What a system shows of a host and its nodes, as far as it can look into them. */
import type { Layer, Observation, Outcome, Wiring } from '../model/vocabulary.ts';

/** What a system can show of a node that hides its inside; follows from the state that an `Observation` shows. */
export interface IndirectObservation {
  /** The topmost layer that a guest read of each sector is answered from; null where no guest read is answered. */
  readonly answeredBy: readonly Layer[] | null;
  /** The commit job of a failover is there. */
  readonly commitRuns: boolean;
}

/** What harmless control calls would answer now: they tell the stages apart. Null: not asked. */
export interface Probes {
  readonly getError: Outcome | null;
  /** Of a `start` in the mode that no node has; null also where nodes of both modes are there. */
  readonly startOtherMode: Outcome | null;
}

export type ShownNode = Partial<
  Omit<Observation, 'wiring'> & IndirectObservation & { readonly wiring: Partial<Wiring> }
>;

/** One entry a node. */
export interface Shown {
  readonly nodes: readonly ShownNode[];
  readonly probes?: Probes;
  /**
   * The nodes whose commit the operation waited for, so that it was settled beneath it: what is shown is what a
   * `commitSettle` of each leads to after the operation.
   */
  readonly settled?: readonly number[];
}

export type ObservationPart = keyof Observation | keyof IndirectObservation | 'probes';
