/** A system under test as a campaign sees it: something that judges cases. */
import type { AsyncSystem, Depth, System } from '../impl/system.ts';
import type { Operation, Setup, Stage } from '../model/vocabulary.ts';
import type { Capabilities } from '../impl/capabilities.ts';
import { runAsyncLockstep } from './async-lockstep.ts';
import type { Case } from './case.ts';
import type { Coverage } from './coverage.ts';
import type { Divergence } from './divergence.ts';
import { runLockstep } from './lockstep.ts';

interface Named {
  readonly name: string;
  readonly capabilities: Capabilities;
  accepts(operation: Operation, stages: readonly Stage[], setup: Setup): boolean;
  shutdown(): Promise<void>;
}

export interface SyncSubject extends Named {
  readonly kind: 'sync';
  readonly system: System;
  judge(testCase: Case, depth: Depth, coverage?: Coverage): Divergence | null;
}

export interface AsyncSubject extends Named {
  readonly kind: 'async';
  judge(testCase: Case, depth: Depth, coverage?: Coverage): Promise<Divergence | null>;
}

export type Subject = SyncSubject | AsyncSubject;

export function syncSubject(system: System): SyncSubject {
  return {
    kind: 'sync',
    system,
    name: system.name,
    capabilities: system.capabilities,
    accepts: () => true,
    shutdown: () => Promise.resolve(),
    judge: (testCase, depth, coverage) =>
      runLockstep(system, testCase, coverage === undefined ? { depth } : { depth, coverage }),
  };
}

export function asyncSubject(system: AsyncSystem): AsyncSubject {
  return {
    kind: 'async',
    name: system.name,
    capabilities: system.capabilities,
    accepts: (operation, stages, setup) => system.accepts(operation, stages, setup),
    shutdown: () => system.shutdown(),
    judge: (testCase, _depth, coverage) => runAsyncLockstep(system, testCase, coverage),
  };
}
