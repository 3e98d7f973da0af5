/** An assertion for tests: a random campaign whose failure is the one-screen report, with the seed that draws it again. */
import { stripVTControlCharacters } from 'node:util';
import type { AsyncSystem, PlainSystem } from '../../impl/system.ts';
import { check } from '../../properties/campaign/check-system.ts';
import type { CheckFinding, CheckResult } from '../../properties/campaign/check-system.ts';
import type { CheckOptions } from '../../properties/campaign/check-options.ts';
import { byCause, causeOf } from '../../properties/comparison/cause.ts';
import { buildFailureReport } from '../../properties/lockstep/failure-report.ts';
import { printFailure } from '../../properties/lockstep/failure-text.ts';
import { counted } from '../../properties/screen/findings-text.ts';
import { howFound } from '../record/record-finding.ts';
import { requireWritable } from '../replay/failure-folder.ts';
import { saveFinding } from './save-finding.ts';

/** System and model differ, or nothing shows that they agree. The message is the report. */
export class Disagreement extends Error {
  override readonly name = 'Disagreement';
  /** What was found until then; null where a saved trace was played. */
  readonly result: CheckResult | null;

  constructor(message: string, result: CheckResult | null = null) {
    super(message);
    this.result = result;
  }
}

/**
 * Resolves with what was run where system and model agree; rejects with a `Disagreement` where they do not, with
 * the error where the campaign could not go on, and with a `UsageError` where it cannot be run as it is asked for. Findings
 * are saved in the folder `traces`, where one is named.
 */
export async function assertAgrees(
  system: PlainSystem | AsyncSystem,
  options: CheckOptions & { readonly traces?: string } = {},
): Promise<CheckResult> {
  const { traces, ...asked } = options;
  if (traces !== undefined) requireWritable(traces);
  const result = await check(system, asked);
  requireAgreement(result, traces);
  return result;
}

/** As `assertAgrees`, of a campaign that has been run. */
export function requireAgreement(result: CheckResult, traces?: string): void {
  const { findings, trouble, agreed } = result;
  if (findings.length > 0) {
    const paths = savedIn(result, traces);
    throw new Disagreement(findingsReport(result, findings, paths), result);
  }
  if (trouble !== null) throw trouble;
  if (!agreed) throw new Disagreement(nothingShown(result), result);
}

/** The path of each finding. */
function savedIn(result: CheckResult, folder: string | undefined): ReadonlyMap<CheckFinding, string> {
  if (folder === undefined) return new Map();
  return new Map(result.findings.map((finding) => [finding, saveFinding(result, finding, folder)]));
}

/** The shortest on one screen; the others are counted. */
export function findingsReport(
  result: CheckResult,
  findings: readonly CheckFinding[],
  paths: ReadonlyMap<CheckFinding, string>,
): string {
  const { system, seed, cases, ended, trouble } = result;
  const [first, ...others] = byCause(
    findings.map((finding) => ({
      finding,
      cause: causeOf(finding.divergence, finding.case),
      operations: finding.case.operations.length,
      law: finding.law,
    })),
  );
  if (first === undefined) return nothingShown(result);
  const { finding } = first.shown;
  const path = paths.get(finding);
  const history = [
    ...howFound(finding.found, seed),
    ...(path === undefined ? [] : [`trace:  ${path}`]),
    `again:  the option seed: ${seed} draws the same cases`,
  ].join('\n');
  const end = trouble === null ? `ended by ${ended}` : `ended by an error: ${trouble.message}`;
  const head = `${counted(findings.length, 'finding')} of ${counted(others.length + 1, 'cause')} in ${counted(cases, 'case')} (seed ${seed}, ${end})`;
  const beside = others.map(({ shown }) => `  beside it: ${shown.finding.sentence}`);
  const report = printFailure(buildFailureReport(system, finding.case, finding.divergence, history));
  return stripVTControlCharacters([head, ...beside, '', report].join('\n'));
}

export function nothingShown({ system, cases, ended, seed }: CheckResult): string {
  const run = cases === 0 ? 'no case was run' : `only ${counted(cases, 'case')} were run`;
  return `${system}: ${run} (ended by ${ended}, seed ${seed}): nothing was found until then, and nothing shows that it agrees with the model`;
}
