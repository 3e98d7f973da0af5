/** The workers of a campaign, without overlap or with it. */
import { noGain } from '../../properties/coverage/coverage-gain.ts';
import type { CampaignCrew } from '../../properties/campaign/campaign.ts';
import { nothingCounted } from '../../properties/in-flight/campaign/flight-batch.ts';
import type { FlightCrew } from '../../properties/in-flight/campaign/flight-options.ts';
import type { SubjectOptions } from '../../properties/subjects/subjects.ts';
import type { WorkerFlags } from '../options/workers.ts';
import { receivedError } from './messages.ts';
import type { CaseNotes, SentSystem } from './messages.ts';
import { workerCrew } from './worker-crew.ts';

export interface CrewPlace {
  /** Where the cases in hand are noted; left out: nowhere. */
  readonly failures?: string;
  readonly repeat?: (seed: number) => string;
}

/** Null where this process works alone. */
export function crewOf(
  system: string,
  options: SubjectOptions,
  flags: WorkerFlags,
  place: CrewPlace = {},
): CampaignCrew | null {
  return workerCrew(flags, {
    begin: ({ operationsMax, geometry, depth, seed }, secondsLeft) => {
      const notes = caseNotes(place, seed);
      const play = { operationsMax, geometry, depth };
      return { kind: 'campaign', task: { system: sentSystem(system, options), play, secondsLeft, notes } };
    },
    play: (batch) => ({ kind: 'batch', batch }),
    played: (answer) => {
      if (answer.kind !== 'played') return null;
      const { error, ...played } = answer.played;
      return { ...played, error: error === null ? null : receivedError(error) };
    },
    unplayed: (error) => ({
      lengths: [],
      reached: noGain,
      failures: [],
      firstFailure: null,
      drawing: 0,
      judging: 0,
      error,
    }),
    failures: place.failures ?? null,
  });
}

/** The same where requests overlap. */
export function flightCrewOf(
  system: string,
  options: SubjectOptions,
  flags: WorkerFlags,
  place: CrewPlace = {},
): FlightCrew | null {
  return workerCrew(flags, {
    begin: ({ operationsMax, geometry, strategy = 'weighted', seed }, secondsLeft) => {
      const notes = caseNotes(place, seed);
      const play = { operationsMax, geometry, strategy };
      return { kind: 'flights', task: { system: sentSystem(system, options), play, secondsLeft, notes } };
    },
    play: (batch) => ({ kind: 'batch of flights', batch }),
    played: (answer) => {
      if (answer.kind !== 'played flights') return null;
      const { error, ...played } = answer.played;
      return { ...played, error: error === null ? null : receivedError(error) };
    },
    unplayed: (error) => ({ counts: nothingCounted, orders: [], failures: [], isCut: false, error }),
    failures: place.failures ?? null,
  });
}

function caseNotes({ failures, repeat }: CrewPlace, seed: number): CaseNotes | null {
  return failures === undefined ? null : { folder: failures, seed, repeat: repeat?.(seed) ?? '' };
}

function sentSystem(name: string, options: SubjectOptions): SentSystem {
  const { signal: _signal, tell: _tell, ...plain } = options;
  return { name, options: plain };
}
