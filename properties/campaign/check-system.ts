/** A random campaign on a system of one's own, from a program: what the command `verify` does, with the result as data. */
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EnvironmentError } from '../../impl/environment-error.ts';
import { CaseNote } from '../../impl/module/case-note.ts';
import { guardSystem } from '../../impl/module/guarded-system.ts';
import { SideEffects } from '../../impl/module/side-effects.ts';
import { shapeProblem } from '../../impl/module/system-shape.ts';
import type { AsyncSystem, PlainSystem } from '../../impl/system.ts';
import { runCampaign } from './campaign.ts';
import { checkedOptions } from './check-options.ts';
import type { CheckedOptions, CheckOptions } from './check-options.ts';
import type { Case } from '../cases/case.ts';
import { missingCells } from '../coverage/coverage-table.ts';
import type { ComparisonMode } from '../cases/comparison-mode.ts';
import type { CountedCell } from '../coverage/coverage.ts';
import type { Divergence } from '../comparison/divergence.ts';
import { lawBrokenIn } from '../screen/broken-law.ts';
import { describeDivergence } from '../lockstep/failure-report.ts';
import { cellsReachableOn } from '../coverage/known-cells.ts';
import { asyncSubject } from '../subjects/subject.ts';
import type { Subject } from '../subjects/subject.ts';
import { emptyStatistics } from './statistics.ts';
import type { Finding, Statistics } from './statistics.ts';
import { Stopped, stoppable, stopOf } from './stoppable.ts';
import { UsageError } from '../jobs/usage-error.ts';

/** One kind of failure, shrunk. */
export interface CheckFinding {
  /** Failures with the same signature are taken for the same bug. */
  readonly signature: string;
  /** One line for people. */
  readonly sentence: string;
  /** The law that it breaks; null where it breaks none by itself. */
  readonly law: string | null;
  readonly divergence: Divergence;
  /** The minimal case. `checkCase` runs it again. */
  readonly case: Pick<Case, 'setup' | 'operations'>;
  /** How it was met and shrunk, for `saveFinding`. */
  readonly found: Finding;
}

export interface CheckResult {
  /** At least one case was run, system and model agreed in all, and the campaign came to its end. */
  readonly agreed: boolean;
  /** The name of the system, and by what it was judged. */
  readonly system: string;
  readonly comparison: ComparisonMode;
  readonly seed: number;
  readonly cases: number;
  readonly operations: number;
  readonly ended: Statistics['ended'];
  /** What was reached, and how often: operation and outcome by mode and stage. */
  readonly cells: readonly CountedCell[];
  /** The names of the cells that could have been reached and were not. */
  readonly missing: readonly string[];
  readonly findings: readonly CheckFinding[];
  /**
   * Why the campaign could not go on: an answer that is none, for instance, or nothing to ask. It stands here and
   * nowhere else: only options and systems that are none are thrown.
   */
  readonly trouble: EnvironmentError | null;
}

/** Draws cases and runs each on the system and the model, comparing after every operation. Rejects with a `UsageError`. */
export async function check(
  system: PlainSystem | AsyncSystem,
  options: CheckOptions = {},
): Promise<CheckResult> {
  requireSystem(system);
  const checked = checkedOptions(options, system.capabilities);
  const stop = stopOf(checked.signal, checked.limitSeconds);
  try {
    return await guarding(stoppable(system, stop), checked.comparison, async (subject) =>
      resultOf(subject, checked, await campaign(subject, checked, () => stop.reason() !== null)),
    );
  } finally {
    stop.release();
  }
}

/** What stops the campaign before anything was judged is kept like what stops it later. */
async function campaign(
  subject: Subject,
  { seed, cases, seconds, operations, geometry, maxFindings }: CheckedOptions,
  interrupted: () => boolean,
): Promise<Statistics> {
  const limits = {
    seed,
    casesMax: cases,
    secondsMax: seconds,
    operationsMax: operations,
    geometry,
    depth: 'full',
    findingsMax: maxFindings,
  } as const;
  try {
    return await runCampaign(subject, limits, { progress: () => {}, finding: () => {}, interrupted });
  } catch (error) {
    if (!(error instanceof EnvironmentError)) throw error;
    return { ...emptyStatistics(operations), ended: 'trouble', trouble: error };
  }
}

function resultOf(
  subject: Subject,
  { seed, comparison }: CheckedOptions,
  { cases, coverage, trouble, ...statistics }: Statistics,
): CheckResult {
  const cells = coverage.list();
  const findings = statistics.findings.map((finding) => foundOn(subject.name, finding));
  const reachable = cellsReachableOn(subject);
  const isStopped = trouble instanceof Stopped;
  const ended = isStopped ? 'interrupted' : statistics.ended;
  return {
    agreed: findings.length === 0 && cases > 0 && (ended === 'cases' || ended === 'time'),
    system: subject.name,
    comparison,
    seed,
    cases,
    operations: coverage.operations,
    ended,
    cells,
    missing: missingCells(reachable, cells),
    findings,
    trouble: isStopped ? null : trouble,
  };
}

/** Runs one case; null where system and model agree from the first operation to the last. Throws a `UsageError`. */
export async function checkCase(
  system: PlainSystem | AsyncSystem,
  testCase: CheckFinding['case'],
  comparison?: ComparisonMode,
): Promise<Divergence | null> {
  requireSystem(system);
  return guarding(system, comparison, async (subject) => subject.judge(testCase, 'full'));
}

/** Throws a `UsageError`. */
export function requireSystem(system: PlainSystem | AsyncSystem): void {
  const problem = shapeProblem(system);
  if (problem !== null) throw new UsageError(`the system ${problem}`);
}

/**
 * The system stays in this process, which it must not end: exits, late throws and rejections are findings of it. The case in
 * hand lies in a file of the folder for temporary files as long as it runs.
 */
export async function guarding<Result>(
  system: PlainSystem | AsyncSystem,
  comparison: ComparisonMode | undefined,
  use: (subject: Subject) => Promise<Result>,
): Promise<Result> {
  const effects = new SideEffects();
  const note = new CaseNote(join(tmpdir(), `colocheck-case-in-hand-${process.pid}.json`), 'check');
  const guarded = guardSystem(system, { effects, note });
  effects.install();
  try {
    return await use(asyncSubject(guarded, guarded.name, comparison));
  } finally {
    effects.uninstall();
    note.remove();
  }
}

function foundOn(name: string, found: Finding): CheckFinding {
  const { signature, divergence, minimal } = found;
  const { setup, operations } = minimal;
  return {
    signature,
    sentence: describeDivergence(name, divergence),
    law: lawBrokenIn(minimal, divergence)?.name ?? null,
    divergence,
    case: { setup, operations },
    found,
  };
}
