/** What a campaign has done so far. */
import type { EnvironmentError } from '../../impl/environment-error.ts';
import { Coverage } from '../coverage/coverage.ts';
import { MemoryWatch } from '../jobs/memory.ts';
import { ProgressCurve } from '../jobs/progress-curve.ts';
import type { ConfirmedFailure } from '../confirm/confirm-failure.ts';

export interface Finding extends ConfirmedFailure {
  readonly signature: string;
  /** Operations of the case as it was drawn. */
  readonly originalOperations: number;
  /** Number of the case in the whole campaign, whoever runs it; null where it was not drawn. */
  readonly caseIndex: number | null;
  /** The recorded trace that the case came from. */
  readonly trace?: string | undefined;
}

/** Where the seconds went. What is left of them went into progress, signals and pauses. */
export interface SecondsSplit {
  /** Drawing cases, which runs the model. */
  drawing: number;
  /** The system, what shows it, and the comparison. */
  judging: number;
  shrinking: number;
}

export interface Statistics {
  /** By the clock of this process. */
  readonly began: number;
  cases: number;
  readonly coverage: Coverage;
  /** `lengths[n]` cases had n operations. */
  readonly lengths: number[];
  readonly findings: Finding[];
  /** Further failures with a signature already found. */
  repeated: number;
  /** What had been checked when the first failure was found, and after how many seconds. */
  firstFailure: { readonly operations: number; readonly seconds: number } | null;
  seconds: number;
  /** Of others who play batches, together. */
  crewSeconds: number;
  readonly split: SecondsSplit;
  readonly curve: ProgressCurve;
  readonly memory: MemoryWatch;
  ended: 'cases' | 'time' | 'findings' | 'interrupted' | 'trouble';
  /** Why the campaign could not go on. */
  trouble: EnvironmentError | null;
}

export function emptyStatistics(operationsMax: number, began = 0): Statistics {
  return {
    began,
    cases: 0,
    coverage: new Coverage(),
    lengths: Array<number>(operationsMax + 1).fill(0),
    findings: [],
    repeated: 0,
    firstFailure: null,
    seconds: 0,
    crewSeconds: 0,
    split: { drawing: 0, judging: 0, shrinking: 0 },
    curve: new ProgressCurve(),
    memory: new MemoryWatch(),
    ended: 'cases',
    trouble: null,
  };
}

/** By the clock of `began`. */
export function secondsSince(began: number): number {
  return (performance.now() - began) / 1000;
}
