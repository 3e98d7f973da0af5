/** A system with requests in flight as a campaign sees it: something that judges cases with overlap. */
import type { Capabilities } from '../../../impl/capabilities.ts';
import type { InFlightCapabilities } from '../../../impl/in-flight.ts';
import type { AsyncSystem, Patience, System } from '../../../impl/system.ts';
import { wayOf } from '../../cases/comparison-mode.ts';
import type { ComparisonMode } from '../../cases/comparison-mode.ts';
import type { FlightCase } from '../cases/flight-case.ts';
import type { FlightWatch } from './flight-watch.ts';
import { runAsyncFlight, runFlight } from './run-flight.ts';
import type { FlightRun } from './run-flight.ts';

interface Named {
  readonly name: string;
  /** What a command line calls it. */
  readonly option: string;
  /** The further words that a command line needs to have the same system again. */
  readonly settings?: readonly string[];
  readonly comparison: ComparisonMode;
  readonly capabilities: Capabilities;
  readonly inFlight: InFlightCapabilities;
  shutdown(): Promise<void>;
}

export interface SyncFlightSubject extends Named {
  readonly kind: 'sync';
  judge(testCase: FlightCase, watch?: FlightWatch): FlightRun;
}

export interface AsyncFlightSubject extends Named {
  readonly kind: 'async';
  judge(testCase: FlightCase, watch?: FlightWatch): Promise<FlightRun>;
  /** The next case gets a fresh process. */
  renew(): Promise<void>;
  /** How long answers are waited for from now on: see `AsyncSystem`. */
  endure?(patience: Patience, mostMs?: number): void;
}

export type FlightSubject = SyncFlightSubject | AsyncFlightSubject;

/** Null where nothing can be in flight on the system. */
export function syncFlightSubject(
  system: System,
  option: string = system.name,
  comparison: ComparisonMode = 'qemu',
): SyncFlightSubject | null {
  const { name, capabilities, inFlight } = system;
  if (inFlight === undefined) return null;
  const follow = wayOf(comparison);
  return {
    kind: 'sync',
    name,
    option,
    comparison,
    capabilities,
    inFlight: inFlight.capabilities,
    judge: (testCase, watch) => runFlight({ system, inFlight }, testCase, follow, watch),
    shutdown: () => Promise.resolve(),
  };
}

/** The same of a system that is waited for. */
export function asyncFlightSubject(
  system: AsyncSystem,
  option: string = system.name,
  comparison: ComparisonMode = 'qemu',
  settings: readonly string[] = [],
): AsyncFlightSubject | null {
  const { name, capabilities, inFlight } = system;
  if (inFlight === undefined) return null;
  const follow = wayOf(comparison);
  return {
    kind: 'async',
    name,
    option,
    settings,
    comparison,
    capabilities,
    inFlight: inFlight.capabilities,
    judge: (testCase, watch) => runAsyncFlight({ system, inFlight }, testCase, follow, watch),
    renew: async () => system.renew?.(),
    ...(system.endure === undefined
      ? {}
      : { endure: (patience, mostMs) => system.endure?.(patience, mostMs) }),
    shutdown: () => system.shutdown(),
  };
}
