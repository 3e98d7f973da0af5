/** A system under test as a campaign sees it: something that judges cases. */
import type { AsyncSystem, Depth, Patience, System } from '../../impl/system.ts';
import type { Operation } from '../../model/operations.ts';
import type { Setup, Stage } from '../../model/vocabulary.ts';
import type { Capabilities } from '../../impl/capabilities.ts';
import { runAsyncLockstep } from '../lockstep/async-lockstep.ts';
import { AheadJudge, playsAhead } from '../lockstep/ahead-judge.ts';
import type { JudgeBegun } from '../lockstep/ahead-judge.ts';
import type { Case } from '../cases/case.ts';
import type { ComparisonMode } from '../cases/comparison-mode.ts';
import type { StepCounter } from '../coverage/coverage.ts';
import type { Divergence } from '../comparison/divergence.ts';
import { judging } from '../lockstep/harness-defect.ts';
import { runLockstep } from '../lockstep/lockstep.ts';
import type { LockstepOptions } from '../lockstep/lockstep.ts';
import { orLost } from '../comparison/lost-system.ts';
import { runProfileLockstep } from '../lockstep/profile-lockstep.ts';

interface Named {
  readonly name: string;
  /** What a command line calls it. */
  readonly option: string;
  /** The further words that a command line needs to have the same system again. */
  readonly settings?: readonly string[];
  /** What its answers are judged by. */
  readonly comparison: ComparisonMode;
  readonly capabilities: Capabilities;
  accepts(operation: Operation, stages: readonly Stage[], setup: Setup): boolean;
  /** That is always true of the operations that it has. */
  readonly acceptsAll?: true;
  shutdown(): Promise<void>;
}

export interface SyncSubject extends Named {
  readonly kind: 'sync';
  readonly system: System;
  judge(testCase: Case, depth: Depth, coverage?: StepCounter): Divergence | null;
}

export interface AsyncSubject extends Named {
  readonly kind: 'async';
  judge(testCase: Case, depth: Depth, coverage?: StepCounter): Promise<Divergence | null>;
  /** The next case gets a fresh process. */
  renew?(): Promise<void>;
  /** How long answers are waited for from now on: see `AsyncSystem`. */
  endure?(patience: Patience, mostMs?: number): void;
  /** Sends cases at once, for more to be drawn meanwhile, and judges them when the function is called. */
  begin?(cases: readonly Case[], depth: Depth): JudgeBegun;
}

export type Subject = SyncSubject | AsyncSubject;

export function syncSubject(
  system: System,
  option: string = system.name,
  comparison: ComparisonMode = 'qemu',
): SyncSubject {
  const run = (testCase: Case, options: LockstepOptions): Divergence | null =>
    orLost(testCase, () =>
      judging(testCase, null, () =>
        comparison === 'qemu'
          ? runLockstep(system, testCase, options)
          : runProfileLockstep(system, testCase, comparison, options),
      ),
    );
  return {
    kind: 'sync',
    system,
    name: system.name,
    option,
    comparison,
    capabilities: system.capabilities,
    accepts: () => true,
    acceptsAll: true,
    shutdown: () => Promise.resolve(),
    judge: (testCase, depth, coverage) =>
      run(testCase, coverage === undefined ? { depth } : { depth, coverage }),
  };
}

export function asyncSubject(
  system: AsyncSystem,
  option: string = system.name,
  comparison: ComparisonMode = 'qemu',
  settings: readonly string[] = [],
): AsyncSubject {
  const ahead = playsAhead(system) ? new AheadJudge(system, comparison) : null;
  return {
    kind: 'async',
    name: system.name,
    option,
    settings,
    comparison,
    capabilities: system.capabilities,
    accepts: (operation, stages, setup) => system.accepts(operation, stages, setup),
    shutdown: () => system.shutdown(),
    judge: (testCase, depth, coverage) =>
      ahead === null
        ? runAsyncLockstep(system, testCase, { comparison, coverage })
        : ahead.judge(testCase, depth, coverage),
    ...(system.renew === undefined ? {} : { renew: async () => system.renew?.() }),
    ...(system.endure === undefined
      ? {}
      : { endure: (patience, mostMs) => system.endure?.(patience, mostMs) }),
    ...(ahead === null ? {} : { begin: (cases, depth) => ahead.begin(cases, depth) }),
  };
}
