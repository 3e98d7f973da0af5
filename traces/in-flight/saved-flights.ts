/** Plays the saved failures with overlap again, before a campaign looks for new ones. */
import { flightCaseProblem } from '../../properties/in-flight/cases/flight-case-problem.ts';
import type { FlightSubject } from '../../properties/in-flight/running/flight-subject.ts';
import { flightCaseOf, listFlightTraces, readFlightTrace } from './flight-trace-file.ts';

export interface SavedFlights {
  readonly run: number;
  /** Paths of those that still fail. */
  readonly failing: readonly string[];
}

/** Those of the same system, as far as it can be given them. Throws a `TraceError`. */
export async function savedFlights(folder: string, subject: FlightSubject): Promise<SavedFlights> {
  const failing: string[] = [];
  let run = 0;
  for (const path of listFlightTraces(folder)) {
    const trace = readFlightTrace(path);
    const testCase = flightCaseOf(trace);
    const isOfAnother = trace.found !== undefined && trace.found.system !== subject.name;
    if (isOfAnother || flightCaseProblem(testCase, subject.capabilities, subject.inFlight) !== null) continue;
    run++;
    const { verdict } = await subject.judge(testCase);
    if (verdict.kind === 'wrong') failing.push(path);
  }
  return { run, failing };
}
