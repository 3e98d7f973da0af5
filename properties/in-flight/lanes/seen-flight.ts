/** A case with overlap as it was played once: what every step brought about, and what that came to. */
import type { FlightCase } from '../cases/flight-case.ts';
import type { History } from '../history.ts';
import type { FlightVerdict } from '../running/flight-divergence.ts';
import type { FlightSubject } from '../running/flight-subject.ts';
import { FlightJournal } from './flight-journal.ts';
import type { Moment } from './flight-journal.ts';

export interface SeenFlight {
  readonly testCase: FlightCase;
  readonly verdict: FlightVerdict;
  readonly events: History;
  readonly moments: readonly Moment[];
}

/** Plays it. */
export async function seeFlight(subject: FlightSubject, testCase: FlightCase): Promise<SeenFlight> {
  const journal = new FlightJournal();
  const { verdict, events } = await subject.judge(testCase, journal);
  return { testCase, verdict, events, moments: journal.moments(events, testCase.steps.length) };
}
