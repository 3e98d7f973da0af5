/** What a worker is asked by the process that has started it, and what it answers: one answer to each, in order. */
import { EnvironmentError } from '../../impl/environment-error.ts';
import { AdapterError } from '../../impl/exec/adapter-error.ts';
import { Interrupted } from '../../impl/held/interrupted.ts';
import type { TextMutant } from '../../impl/driver/syntax/text-mutants.ts';
import type { Batch, PlayedBatch, PlayOptions } from '../../properties/batches/batch.ts';
import type { Case } from '../../properties/cases/case.ts';
import type { AnalysedMutant, DriverMutationRunOptions } from '../../properties/driver/mutation-run.ts';
import type { MutationRun, MutationRunOptions } from '../../properties/kill-matrix/kill-matrix.ts';
import type {
  FlightBatch,
  FlightPlayOptions,
  PlayedFlights,
} from '../../properties/in-flight/campaign/flight-batch.ts';
import { HarnessDefect } from '../../properties/lockstep/harness-defect.ts';
import type { SubjectOptions } from '../../properties/subjects/subjects.ts';

/** A system that the worker connects for itself. */
export interface SentSystem {
  readonly name: string;
  readonly options: Omit<SubjectOptions, 'signal' | 'tell'>;
}

/** Where the cases in hand are noted, and what draws them again. */
export interface CaseNotes {
  readonly folder: string;
  readonly seed: number;
  readonly repeat: string;
}

/** A campaign that batches are to be played of. */
export interface CampaignTask {
  readonly system: SentSystem;
  readonly play: PlayOptions;
  readonly secondsLeft: number;
  readonly notes: CaseNotes | null;
}

/** The same where requests overlap. */
export interface FlightTask {
  readonly system: SentSystem;
  readonly play: FlightPlayOptions;
  readonly secondsLeft: number;
  readonly notes: CaseNotes | null;
}

export type Asked =
  | { readonly kind: 'campaign'; readonly task: CampaignTask }
  | { readonly kind: 'batch'; readonly batch: Batch }
  | { readonly kind: 'flights'; readonly task: FlightTask }
  | { readonly kind: 'batch of flights'; readonly batch: FlightBatch }
  | { readonly kind: 'mutant'; readonly name: string; readonly options: MutationRunOptions }
  | { readonly kind: 'mutant of C'; readonly mutant: TextMutant; readonly options: DriverMutationRunOptions }
  | { readonly kind: 'bye' };

export type Answer =
  /** The system is there. */
  | { readonly kind: 'ready'; readonly batchesMax: number; readonly isBusy: boolean }
  | { readonly kind: 'played'; readonly played: Sent<PlayedBatch> }
  | { readonly kind: 'played flights'; readonly played: Sent<PlayedFlights> }
  | { readonly kind: 'analysed'; readonly run: MutationRun }
  | { readonly kind: 'analysed in C'; readonly row: AnalysedMutant }
  | { readonly kind: 'failed'; readonly error: SentError };

/** Has no answer: what the worker is at is broken off. */
export const STOP = 'stop';

type Sent<Of extends { readonly error: Error | null }> = Omit<Of, 'error'> & {
  readonly error: SentError | null;
};

/** An error on its way between processes. */
export interface SentError {
  readonly kind: 'environment' | 'adapter' | 'defect' | 'interrupted' | 'other';
  readonly name: string;
  readonly message: string;
  readonly stack: string;
  readonly operationIndex: number | null;
  readonly during: Pick<Case, 'setup' | 'operations'> | null;
}

export function sentError(error: Error): SentError {
  // A defect is put together again from what was thrown.
  const { cause } = error;
  const {
    name,
    message,
    stack = message,
  } = error instanceof HarnessDefect && cause instanceof Error ? cause : error;
  const isOfCase = error instanceof AdapterError || error instanceof HarnessDefect;
  return {
    kind: kindOf(error),
    name,
    message,
    stack,
    operationIndex: isOfCase ? error.operationIndex : null,
    during: isOfCase ? error.during : null,
  };
}

function kindOf(error: Error): SentError['kind'] {
  if (error instanceof AdapterError) return 'adapter';
  if (error instanceof HarnessDefect) return 'defect';
  if (error instanceof EnvironmentError) return 'environment';
  return error instanceof Interrupted ? 'interrupted' : 'other';
}

export function receivedError({ kind, name, message, stack, operationIndex, during }: SentError): Error {
  switch (kind) {
    case 'adapter':
      return Object.assign(new AdapterError(message, operationIndex), { during });
    case 'environment':
      return new EnvironmentError(message);
    case 'interrupted':
      return new Interrupted();
    case 'other':
      return Object.assign(new Error(message), { name, stack });
    case 'defect': {
      const cause = Object.assign(new Error(message), { name, stack });
      return during === null ? cause : new HarnessDefect(cause, during, operationIndex);
    }
  }
}
