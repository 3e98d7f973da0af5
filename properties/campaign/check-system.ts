/** A random campaign on a system of one's own, from a program: what the command `verify` does, with the result as data. */
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EnvironmentError } from '../../impl/environment-error.ts';
import { CaseNote } from '../../impl/module/case-note.ts';
import { guardSystem } from '../../impl/module/guarded-system.ts';
import { SideEffects } from '../../impl/module/side-effects.ts';
import { shapeProblem } from '../../impl/module/system-shape.ts';
import type { AsyncSystem, PlainSystem } from '../../impl/system.ts';
import { freshSeed } from '../jobs/campaign-seeds.ts';
import { runCampaign } from './campaign.ts';
import type { Case } from '../cases/case.ts';
import { missingCells } from '../coverage/coverage-table.ts';
import type { ComparisonMode } from '../cases/comparison-mode.ts';
import type { CountedCell } from '../coverage/coverage.ts';
import type { Divergence } from '../comparison/divergence.ts';
import { describeDivergence } from '../lockstep/failure-report.ts';
import type { GeometryChoice } from '../cases/geometries.ts';
import { reachableCells } from '../coverage/reachable-cells.ts';
import { asyncSubject } from '../subjects/subject.ts';
import type { Subject } from '../subjects/subject.ts';
import type { Finding, Statistics } from './statistics.ts';
import { UsageError } from '../jobs/usage-error.ts';

export interface CheckOptions {
  /** How many cases are drawn; 1000 where it is left out. */
  readonly cases?: number;
  /** The campaign ends earlier after so many seconds. */
  readonly seconds?: number;
  /** The same seed draws the same cases; a new one where it is left out. */
  readonly seed?: number;
  /** Operations of the longest case; 100 where it is left out. */
  readonly operations?: number;
  /** `small`, `real`, `mixed` (a new one each case), or sizes; `mixed` where it is left out. */
  readonly geometry?: GeometryChoice;
  /** What is right: `qemu`, what the real binary does, or `document`; `qemu` where it is left out. */
  readonly comparison?: ComparisonMode;
  /** The campaign ends after so many kinds of failure; 5 where it is left out. */
  readonly findings?: number;
  /** Is asked many times a second; true ends the campaign. */
  interrupted?(): boolean;
}

/** One kind of failure, shrunk. */
export interface CheckFinding {
  /** Failures with the same signature are taken for the same bug. */
  readonly signature: string;
  /** One line for people. */
  readonly sentence: string;
  readonly divergence: Divergence;
  /** The minimal case. `checkCase` runs it again. */
  readonly case: Pick<Case, 'setup' | 'operations'>;
}

export interface CheckResult {
  /** System and model agreed in every case, and the campaign came to its end. */
  readonly agreed: boolean;
  readonly seed: number;
  readonly cases: number;
  readonly operations: number;
  readonly ended: Statistics['ended'];
  /** What was reached, and how often: operation and outcome by mode and stage. */
  readonly cells: readonly CountedCell[];
  /** The names of the cells that could have been reached and were not. */
  readonly missing: readonly string[];
  readonly findings: readonly CheckFinding[];
  /** Why the campaign could not go on: an answer that is none, for instance. */
  readonly trouble: EnvironmentError | null;
}

/** Draws cases and runs each on the system and the model, comparing after every operation. Throws a `UsageError`. */
export async function check(
  system: PlainSystem | AsyncSystem,
  options: CheckOptions = {},
): Promise<CheckResult> {
  return guarding(system, options.comparison, (subject) => checkSubject(subject, options));
}

async function checkSubject(subject: Subject, options: CheckOptions): Promise<CheckResult> {
  const seed = options.seed ?? freshSeed();
  const campaign = {
    seed,
    casesMax: options.cases ?? 1000,
    secondsMax: options.seconds ?? Infinity,
    operationsMax: options.operations ?? 100,
    geometry: options.geometry ?? 'mixed',
    depth: 'full',
    findingsMax: options.findings ?? 5,
  } as const;
  const statistics = await runCampaign(subject, campaign, {
    progress: () => {},
    finding: () => {},
    interrupted: () => options.interrupted?.() === true,
  });
  const cells = statistics.coverage.list();
  const findings = statistics.findings.map((finding) => foundOn(subject.name, finding));
  const reachable = reachableCells(subject.capabilities, (...situation) => subject.accepts(...situation));
  return {
    agreed: findings.length === 0 && (statistics.ended === 'cases' || statistics.ended === 'time'),
    seed,
    cases: statistics.cases,
    operations: statistics.coverage.operations,
    ended: statistics.ended,
    cells,
    missing: missingCells(reachable, cells),
    findings,
    trouble: statistics.trouble,
  };
}

/** Runs one case; null where system and model agree from the first operation to the last. Throws a `UsageError`. */
export async function checkCase(
  system: PlainSystem | AsyncSystem,
  testCase: CheckFinding['case'],
  comparison?: ComparisonMode,
): Promise<Divergence | null> {
  return guarding(system, comparison, async (subject) => subject.judge(testCase, 'full'));
}

/**
 * The system stays in this process, which it must not end: exits, late throws and rejections are told of it. The case in
 * hand lies in a file of the folder for temporary files as long as it runs.
 */
async function guarding<Result>(
  system: PlainSystem | AsyncSystem,
  comparison: ComparisonMode | undefined,
  use: (subject: Subject) => Promise<Result>,
): Promise<Result> {
  const problem = shapeProblem(system);
  if (problem !== null) throw new UsageError(`the system ${problem}`);
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

function foundOn(name: string, { signature, divergence, minimal }: Finding): CheckFinding {
  const { setup, operations } = minimal;
  return {
    signature,
    sentence: describeDivergence(name, divergence),
    divergence,
    case: { setup, operations },
  };
}
