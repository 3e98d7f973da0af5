/** Saves what a campaign with overlap found as a trace, and reports it on one screen with the command that replays it. */
import type { FlightFinding } from '../../properties/in-flight/campaign/flight-statistics.ts';
import { flightSentence, printFlightFailure } from '../../properties/in-flight/campaign/flight-report.ts';
import type { FlightSubject } from '../../properties/in-flight/running/flight-subject.ts';
import { replayCommand } from '../format/replay-command.ts';
import { FLIGHT_TRACE_VERSION } from '../format/trace-schema.ts';
import { saveFlight } from './flight-trace-file.ts';
import type { FlightTrace } from './flight-trace-schema.ts';
import { flightPageLine } from './write-flight-view.ts';

/** The seed of the campaign, or the world in which all orders were gone through. */
export type FoundIn = { readonly seed: number } | { readonly world: string };

/** A finding with where it was saved and its one-screen report. */
export interface RecordedFlight {
  readonly signature: string;
  readonly sentence: string;
  readonly steps: number;
  readonly trace: string;
  readonly text: string;
}

/** Throws a `TraceError` where the folder cannot be written. */
export function recordFlight(
  subject: FlightSubject,
  finding: FlightFinding,
  where: FoundIn,
  folder: string,
): RecordedFlight {
  const { minimal, divergence, signature, caseIndex, original, candidates, complete, plays, seen } = finding;
  const sentence = flightSentence(subject, minimal, divergence);
  const saved = saveFlight(folder, flightTrace(subject, finding, where, sentence));
  const { path } = saved;
  const place = 'seed' in where ? `case ${caseIndex} of seed ${where.seed}` : `the world ${where.world}`;
  const stopped = complete ? '' : ', stopped before it was minimal';
  const history = [
    `found in ${place}; ${original.steps.length} steps shrunk to ${minimal.steps.length} (${candidates} candidates tried${stopped})`,
    playsLine(subject, plays),
    `trace:  ${path}`,
    replayCommand(path, subject),
    flightPageLine(saved, subject, seen),
  ];
  const text = printFlightFailure(subject, minimal, divergence, history);
  return { signature, sentence, steps: minimal.steps.length, trace: path, text };
}

function playsLine({ kind }: FlightSubject, { failed, of }: FlightFinding['plays']): string {
  if (of === 0) return 'not played again: there was no time';
  return `failed again in ${failed} of ${of} plays${kind === 'async' ? ', each in a fresh system' : ''}`;
}

function flightTrace(
  subject: FlightSubject,
  finding: FlightFinding,
  where: FoundIn,
  sentence: string,
): FlightTrace {
  const { minimal, divergence, signature, caseIndex, original, candidates, plays } = finding;
  return {
    format: 'colocheck-trace',
    version: FLIGHT_TRACE_VERSION,
    signature,
    ...('world' in where ? { note: `found by going through every order of the world ${where.world}` } : {}),
    comparison: subject.comparison,
    found: {
      system: subject.name,
      divergence: sentence,
      step: divergence.index,
      ...('seed' in where ? { seed: where.seed, caseIndex } : {}),
      shrink: { candidates, from: original.steps.length, to: minimal.steps.length },
    },
    ...(plays.of === 0 ? {} : { plays }),
    setup: minimal.setup,
    operations: minimal.steps,
  };
}
