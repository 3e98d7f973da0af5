/** Writes the page of a trace: by the command that asks for one, and beside every failing trace that is saved. */
import { basename } from 'node:path';
import { writeWhole } from '../../properties/results/result-file.ts';
import { caseProblem } from '../../properties/cases/setup-problem.ts';
import type { Case } from '../../properties/cases/case.ts';
import type { Divergence } from '../../properties/comparison/divergence.ts';
import type { Subject } from '../../properties/subjects/subject.ts';
import { nameProblem, openSubject, subjectNames } from '../../properties/subjects/subjects.ts';
import { commandWords } from '../../properties/jobs/command-words.ts';
import { shellWord } from '../../properties/jobs/shell-word.ts';
import { UsageError } from '../../properties/jobs/usage-error.ts';
import type { SavedFailure } from '../replay/failure-folder.ts';
import { systemWords } from '../format/replay-command.ts';
import type { NamedSystem } from '../format/replay-command.ts';
import { caseOf, unsupported } from '../replay/replay.ts';
import { TraceError } from '../format/trace-error.ts';
import type { Trace } from '../format/trace-schema.ts';
import { buildView } from './build-view.ts';
import { viewPage } from './view-page.ts';
import { recordedRun, runToView } from './viewed-run.ts';
import type { ViewedRun, ViewedSystem } from './viewed-run.ts';

/** Runs the trace on `subject` and writes its page; true where nothing differed. Throws `UsageError` and `TraceError`. */
export async function viewTrace(path: string, trace: Trace, subject: Subject, out: string): Promise<boolean> {
  const testCase = caseOf(trace);
  const problem = caseProblem(testCase, subject.capabilities) ?? unsupported(testCase, subject);
  if (problem !== null) throw new UsageError(`${path} cannot be run on ${subject.name}: ${problem}`);
  const run = await runToView(subject, testCase);
  writePage(out, path, subject, trace.note ?? null, run);
  return run.divergence === null;
}

/**
 * Writes the page beside a failing trace, and says where; what the system did is taken from `divergence`. A page that
 * cannot be written ends nothing: the trace is saved.
 */
export function pageLine(
  { path, isWritten }: SavedFailure,
  of: ViewedSystem,
  testCase: Case,
  divergence: Divergence,
): string {
  const out = viewPath(path);
  // The page of the smaller trace that was kept is there already, or `npm run view` makes it.
  if (!isWritten) return `page:   ${commandWords('view', [path])}`;
  try {
    writePage(out, path, of, null, recordedRun(of, testCase, divergence));
    return `page:   ${out}`;
  } catch (error) {
    if (error instanceof TraceError) return `page:   ${error.message}`;
    throw error;
  }
}

/** The option of the system that a trace was found on, or `usual`. Throws a `UsageError` where only the user knows it. */
export function usualSystem(path: string, { found }: Pick<Trace, 'found'>, usual: string): string {
  if (found === undefined || found.system === openSubject(usual).name) return usual;
  if (nameProblem(found.system, subjectNames) === null) return found.system;
  throw new UsageError(
    `${path} was found on ${found.system}: name the system to show it on, as in --system "exec:COMMAND" or --system ${usual}`,
  );
}

/** Where the page of a trace lies unless another place is named. */
export function viewPath(tracePath: string): string {
  return `${tracePath.replace(/\.json$/, '')}.html`;
}

function writePage(
  out: string,
  tracePath: string,
  of: NamedSystem,
  note: string | null,
  run: ViewedRun,
): void {
  const commands = ['replay', 'view'].map((command) =>
    commandWords(command, [shellWord(tracePath), systemWords(of)]),
  );
  const data = buildView(run, { title: basename(tracePath), note, commands });
  writeMade(out, () => viewPage(data));
}

/** Throws a `TraceError` where a page cannot be made, or written. */
export function writeMade(out: string, made: () => string): void {
  try {
    writeWhole(out, made());
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    const reason = text.replace(`cannot write ${out}: `, '');
    throw new TraceError(
      `cannot write ${out}: ${reason}. Name a file in a folder that can be written (--out).`,
    );
  }
}
