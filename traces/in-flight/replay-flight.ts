/** Runs a saved case with overlap again, and says at which step what no order explains. */
import { flightCaseProblem } from '../../properties/in-flight/cases/flight-case-problem.ts';
import { flightSentence, printFlightFailure } from '../../properties/in-flight/campaign/flight-report.ts';
import { lanesOf } from '../../properties/in-flight/lanes/flight-lanes.ts';
import { lanesText } from '../../properties/in-flight/lanes/lanes-text.ts';
import { seeFlight } from '../../properties/in-flight/lanes/seen-flight.ts';
import { flightSignature } from '../../properties/in-flight/running/flight-divergence.ts';
import type { FlightDivergence } from '../../properties/in-flight/running/flight-divergence.ts';
import type { FlightSubject } from '../../properties/in-flight/running/flight-subject.ts';
import { UsageError } from '../../properties/jobs/usage-error.ts';
import { flightCaseOf } from './flight-trace-file.ts';
import type { FlightTrace } from './flight-trace-schema.ts';

export interface FlightReplay {
  /** `incomplete` where a bound of the judge was met. */
  readonly agreed: boolean | 'incomplete';
  readonly text: string;
  readonly sentence: string | null;
  readonly signature: string | null;
  /** From 1; null where all is explained. */
  readonly step: number | null;
}

/** Plays it `times` times, each in a fresh system. Throws a `UsageError` where the system cannot be given it. */
export async function replayFlight(
  path: string,
  trace: FlightTrace,
  subject: FlightSubject,
  times = 1,
): Promise<FlightReplay> {
  const testCase = flightCaseOf(trace);
  const problem = flightCaseProblem(testCase, subject.capabilities, subject.inFlight);
  if (problem !== null) {
    const where = problem.index === null ? '' : `operations[${problem.index}]: `;
    throw new UsageError(`${path} cannot be run on ${subject.name}: ${where}${problem.problem}`);
  }
  let failed = 0;
  let undecided: string | null = null;
  let divergence: FlightDivergence | null = null;
  let lanes: readonly string[] = [];
  for (let play = 0; play < times; play++) {
    if (play > 0 && subject.kind === 'async') await subject.renew();
    const played = await seeFlight(subject, testCase);
    const { verdict } = played;
    if (verdict.kind === 'undecided') undecided = verdict.why;
    if (verdict.kind !== 'wrong') continue;
    failed++;
    if (divergence !== null) continue;
    ({ divergence } = verdict);
    lanes = lanesText(lanesOf(subject, played));
  }
  const rate = times === 1 ? [] : [`it differed in ${failed} of ${times} plays`];
  if (divergence !== null)
    return {
      agreed: false,
      text: printFlightFailure(subject, testCase, divergence, [
        ...lanes,
        '',
        `replayed from ${path}`,
        ...rate,
      ]),
      sentence: flightSentence(subject, testCase, divergence),
      signature: flightSignature(divergence),
      step: divergence.index + 1,
    };
  const said =
    undecided === null
      ? `${path}: an order explains all that ${subject.name} answered in ${testCase.steps.length} steps (comparison: ${subject.comparison})`
      : `${path}: undecided: ${undecided}`;
  return {
    agreed: undecided === null ? true : 'incomplete',
    text: [said, ...rate].join('\n'),
    sentence: null,
    signature: null,
    step: null,
  };
}
