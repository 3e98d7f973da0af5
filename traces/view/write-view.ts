/** Writes the page of a trace: by the command that asks for one, and beside every failing trace that is saved. */
import { accessSync, constants, existsSync, writeFileSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { caseProblem } from '../../properties/setup-problem.ts';
import type { Case } from '../../properties/case.ts';
import type { Divergence } from '../../properties/divergence.ts';
import type { Subject } from '../../properties/subject.ts';
import { openSubject, subjectNames } from '../../properties/subjects.ts';
import { UsageError } from '../../properties/usage-error.ts';
import { caseOf, unsupported } from '../replay.ts';
import { replayCommand, viewCommand } from '../replay-command.ts';
import { TraceError } from '../trace-error.ts';
import type { Trace } from '../trace-schema.ts';
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
  writePage(out, path, trace.note ?? null, run);
  return run.divergence === null;
}

/** The page beside a failing trace; what the system did is taken from `divergence`. Returns its path; throws a `TraceError`. */
export function writeView(
  tracePath: string,
  system: ViewedSystem,
  testCase: Case,
  divergence: Divergence,
): string {
  const out = viewPath(tracePath);
  writePage(out, tracePath, null, recordedRun(system, testCase, divergence));
  return out;
}

/** The option of the system that a trace was found on, or `usual`. Throws a `UsageError` where only the user knows it. */
export function usualSystem(path: string, { found }: Trace, usual: string): string {
  if (found === undefined || found.system === openSubject(usual).name) return usual;
  if (subjectNames.includes(found.system)) return found.system;
  throw new UsageError(
    `${path} was found on ${found.system}: name the system to show it on, as in --system "exec:COMMAND" or --system ${usual}`,
  );
}

/** Fails before anything is run. Throws a `TraceError` where no page can be written. */
export function requirePage(out: string): void {
  try {
    accessSync(existsSync(out) ? out : dirname(out), constants.W_OK);
  } catch (error) {
    throw unwritable(out, error);
  }
}

/** Where the page of a trace lies unless another place is named. */
export function viewPath(tracePath: string): string {
  return `${tracePath.replace(/\.json$/, '')}.html`;
}

function writePage(out: string, tracePath: string, note: string | null, run: ViewedRun): void {
  const commands = [replayCommand(tracePath, run.system), viewCommand(tracePath, run.system)];
  const page = viewPage(buildView(run, { title: basename(tracePath), note, commands }));
  try {
    writeFileSync(out, page);
  } catch (error) {
    throw unwritable(out, error);
  }
}

function unwritable(out: string, error: unknown): TraceError {
  const reason = error instanceof Error ? error.message : String(error);
  return new TraceError(
    `cannot write ${out}: ${reason}. Name a file in a folder that can be written (--out).`,
  );
}
