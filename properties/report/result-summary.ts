/** What a result says to people, and whether all was well. */
import { mutants } from '../../impl/mutants/catalogue.ts';
import { describeExploration } from '../exploration/exploration-text.ts';
import { matrixText, summary } from '../kill-matrix/matrix-table.ts';
import { mutantsShortcomings } from '../kill-matrix/mutants-result.ts';
import { findingsLines, foundText } from '../screen/findings-text.ts';
import { flightSummary } from '../in-flight/campaign/flight-summary.ts';
import type {
  ExploreResult,
  FlightResult,
  Result,
  TourResult,
  VerifyResult,
} from '../results/result-schema.ts';
import { describeTour, isWholeTour } from '../tour/tour-result.ts';
import { gapsOf, verifySummary } from '../campaign/verify-summary.ts';
import type { SummaryOptions } from '../campaign/verify-summary.ts';

/** `asked` is for the result of a campaign. */
export function resultSummary(result: Result, asked: Partial<SummaryOptions> = {}): string {
  const { count, done } = result.shards;
  return [
    `${result.repeat}${done.length === count ? '' : ` (shards ${done.join(', ')} of ${count})`}`,
    ...tableOf(result, asked),
  ].join('\n');
}

function tableOf(result: Result, asked: Partial<SummaryOptions>): string[] {
  switch (result.command) {
    case 'verify':
      return [verifySummary(result, asked)];
    case 'verify --in-flight':
      return [flightSummary(result, asked.reports)];
    case 'explore':
      return [...result.searched.flatMap(toldSearch), ...toldFindings(result)];
    case 'tour':
      return [describeTour(result), ...toldFindings(result)];
    case 'mutants':
      return [
        matrixText(result.rows),
        '',
        ...summary(result.rows),
        ...mutantsShortcomings(result, mutants.length).map((text) => `! ${text}`),
      ];
  }
}

function toldFindings({ findings, system }: ExploreResult | TourResult): string[] {
  return findingsLines(findings, new Map(), system.option, foundText(findings));
}

function toldSearch({ world, goals, ...searched }: ExploreResult['searched'][number]): string[] {
  return [
    describeExploration(world, searched),
    ...Object.entries(goals).map(
      ([goal, operations]) =>
        `  goal ${goal}: ${operations === null ? 'not reached' : `${operations} operations`}`,
    ),
  ];
}

/** Whether all is well; `incomplete` where nothing speaks against the system, and too little was done to say so. */
export function verdictOf(
  result: Result,
  options: { readonly requiresCoverage: boolean },
): boolean | 'incomplete' {
  return isIncomplete(result) && !hasFailed(result) ? 'incomplete' : isSound(result, options);
}

function hasFailed(result: Result): boolean {
  switch (result.command) {
    case 'verify':
    case 'verify --in-flight':
      return result.findings.length > 0 || result.savedFailures.failing.length > 0;
    case 'explore':
    case 'tour':
      return result.findings.length > 0;
    case 'mutants':
      return false;
  }
}

/** Interrupted, stopped at a bound, or nothing was checked. */
function isIncomplete(result: Result): boolean {
  switch (result.command) {
    case 'verify':
      return isCutOff(result);
    // Undecided cases promise nothing.
    case 'verify --in-flight':
      return isCutOff(result) || result.undecided > 0;
    case 'explore':
      return (
        result.searched.some(({ ended }) => ended !== 'complete') ||
        (result.shards.count === 1 && result.searched.length < result.options.worlds.length)
      );
    case 'tour':
      return result.ended !== 'complete' || result.covered === 0;
    case 'mutants':
      return result.shards.count === 1 && result.rows.length < result.options.mutants.length;
  }
}

function isCutOff({ cases, ended }: VerifyResult | FlightResult): boolean {
  return cases === 0 || ended === 'interrupted' || ended === 'trouble';
}

/** True where the command itself would have ended with 0. */
export function isSound(
  result: Result,
  { requiresCoverage }: { readonly requiresCoverage: boolean },
): boolean {
  switch (result.command) {
    case 'verify':
      return (
        !isIncomplete(result) &&
        result.findings.length === 0 &&
        result.trouble === null &&
        result.savedFailures.failing.length === 0 &&
        (!requiresCoverage || gapsOf(result).length === 0)
      );
    case 'verify --in-flight':
      return !isIncomplete(result) && !hasFailed(result) && result.trouble === null;
    case 'explore':
      return (
        result.findings.length === 0 &&
        !isIncomplete(result) &&
        result.searched.every(({ goals }) => Object.values(goals).every((operations) => operations !== null))
      );
    case 'tour':
      return isWholeTour(result) && !isIncomplete(result);
    case 'mutants':
      return !isIncomplete(result) && mutantsShortcomings(result, mutants.length).length === 0;
  }
}
