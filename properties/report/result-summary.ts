/** What a result says to people, and whether all was well. */
import { mutants } from '../../impl/mutants/catalogue.ts';
import { describeExploration } from '../exploration/exploration-text.ts';
import { matrixText, summary } from '../kill-matrix/matrix-table.ts';
import { mutantsShortcomings } from '../kill-matrix/mutants-result.ts';
import type { ExploreResult, Result, VerifyResult } from '../results/result-schema.ts';
import { describeTour, isWholeTour } from '../tour/tour-result.ts';
import { gapsOf, verifySummary } from '../campaign/verify-summary.ts';

export function resultSummary(result: Result): string {
  const { count, done } = result.shards;
  return [
    `${result.repeat}${done.length === count ? '' : ` (shards ${done.join(', ')} of ${count})`}`,
    ...tableOf(result),
  ].join('\n');
}

function tableOf(result: Result): string[] {
  switch (result.command) {
    case 'verify':
      return [...toldSaved(result), ...toldFailures(result.failures), verifySummary(result)];
    case 'explore':
      return [...toldFailures(result.failures), ...result.searched.flatMap(toldSearch)];
    case 'tour':
      return [...toldFailures(result.failures), describeTour(result)];
    case 'mutants':
      return [
        matrixText(result.rows),
        '',
        ...summary(result.rows),
        ...mutantsShortcomings(result, mutants.length).map((text) => `! ${text}`),
      ];
  }
}

function toldSaved({ savedFailures }: VerifyResult): string[] {
  return savedFailures.failing.map(
    ({ signature, operations, path }) => `still fails: ${signature}, ${operations} operations: ${path}`,
  );
}

function toldFailures(failures: VerifyResult['failures'] | ExploreResult['failures']): string[] {
  return failures.map(
    ({ sentence, operations, trace }) => `${sentence}\n  ${operations} operations: ${trace}`,
  );
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
      return result.failures.length > 0 || result.savedFailures.failing.length > 0;
    case 'explore':
    case 'tour':
      return result.failures.length > 0;
    case 'mutants':
      return false;
  }
}

/** Interrupted, stopped at a bound, or nothing was checked. */
function isIncomplete(result: Result): boolean {
  switch (result.command) {
    case 'verify':
      return result.cases === 0 || result.ended === 'interrupted' || result.ended === 'trouble';
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

/** True where the command itself would have ended with 0. */
export function isSound(
  result: Result,
  { requiresCoverage }: { readonly requiresCoverage: boolean },
): boolean {
  switch (result.command) {
    case 'verify':
      return (
        !isIncomplete(result) &&
        result.failures.length === 0 &&
        result.trouble === null &&
        result.savedFailures.failing.length === 0 &&
        (!requiresCoverage || gapsOf(result).length === 0)
      );
    case 'explore':
      return (
        result.failures.length === 0 &&
        !isIncomplete(result) &&
        result.searched.every(({ goals }) => Object.values(goals).every((operations) => operations !== null))
      );
    case 'tour':
      return isWholeTour(result) && !isIncomplete(result);
    case 'mutants':
      return !isIncomplete(result) && mutantsShortcomings(result, mutants.length).length === 0;
  }
}
