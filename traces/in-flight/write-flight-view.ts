/** Writes the page of a case with overlap: by the command that asks for one, and beside every failing one that is saved. */
import { basename } from 'node:path';
import { flightSentence } from '../../properties/in-flight/campaign/flight-report.ts';
import { flightCaseProblem } from '../../properties/in-flight/cases/flight-case-problem.ts';
import { lanesOf } from '../../properties/in-flight/lanes/flight-lanes.ts';
import { seeFlight } from '../../properties/in-flight/lanes/seen-flight.ts';
import type { SeenFlight } from '../../properties/in-flight/lanes/seen-flight.ts';
import type { FlightSubject } from '../../properties/in-flight/running/flight-subject.ts';
import { commandWords } from '../../properties/jobs/command-words.ts';
import { shellWord } from '../../properties/jobs/shell-word.ts';
import { UsageError } from '../../properties/jobs/usage-error.ts';
import { describeSetup } from '../../properties/lockstep/failure-report.ts';
import { systemWords } from '../format/replay-command.ts';
import { TraceError } from '../format/trace-error.ts';
import { viewPath, writeMade } from '../view/write-view.ts';
import { flightPage } from './flight-page.ts';
import { flightCaseOf } from './flight-trace-file.ts';
import type { SavedFlight } from './flight-trace-file.ts';
import type { FlightTrace } from './flight-trace-schema.ts';

/** Plays the trace on `subject` and writes its page. Throws `UsageError` and `TraceError`. */
export async function viewFlight(
  path: string,
  trace: FlightTrace,
  subject: FlightSubject,
  out: string,
): Promise<boolean | 'incomplete'> {
  const testCase = flightCaseOf(trace);
  const problem = flightCaseProblem(testCase, subject.capabilities, subject.inFlight);
  if (problem !== null) {
    const where = problem.index === null ? '' : `operations[${problem.index}]: `;
    throw new UsageError(`${path} cannot be run on ${subject.name}: ${where}${problem.problem}`);
  }
  const seen = await seeFlight(subject, testCase);
  writeFlightPage(out, path, subject, trace.note ?? null, seen);
  if (seen.verdict.kind === 'undecided' || testCase.steps.length === 0) return 'incomplete';
  return seen.verdict.kind === 'right';
}

/** Writes the page beside a failing trace, and says where. A page that cannot be written ends nothing: the trace is saved. */
export function flightPageLine(
  { path, isWritten }: SavedFlight,
  subject: FlightSubject,
  seen: SeenFlight | null,
): string {
  // It did not fail again, or the page of the smaller trace that was kept is there already.
  if (!isWritten || seen === null) return `page:   ${commandWords('view', [shellWord(path)])}`;
  const out = viewPath(path);
  try {
    writeFlightPage(out, path, subject, null, seen);
    return `page:   ${out}`;
  } catch (error) {
    if (error instanceof TraceError) return `page:   ${error.message}`;
    throw error;
  }
}

function writeFlightPage(
  out: string,
  path: string,
  subject: FlightSubject,
  note: string | null,
  seen: SeenFlight,
): void {
  const { testCase, verdict } = seen;
  const commands = ['replay', 'view'].map((command) =>
    commandWords(command, [shellWord(path), systemWords(subject)]),
  );
  const sentence =
    verdict.kind === 'wrong'
      ? flightSentence(subject, testCase, verdict.divergence)
      : verdict.kind === 'undecided'
        ? verdict.why
        : null;
  writeMade(out, () =>
    flightPage({
      title: basename(path),
      system: subject.name,
      steps: testCase.steps.length,
      verdict: verdict.kind,
      sentence,
      note,
      details: [describeSetup(testCase.setup), ...commands],
      lanes: lanesOf(subject, seen),
    }),
  );
}
