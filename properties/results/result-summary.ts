/** What a result says to people, and whether all was well. */
import type { Result, VerifyResult } from './result-schema.ts';
import { gapsOf, verifySummary } from './verify-summary.ts';

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
      return [...toldFailures(result), verifySummary(result)];
  }
}

/** Where each failure was saved, and which of those saved before still fail. */
function toldFailures({ failures, savedFailures }: VerifyResult): string[] {
  return [
    ...savedFailures.failing.map(
      ({ signature, operations, path }) => `still fails: ${signature}, ${operations} operations: ${path}`,
    ),
    ...failures.map(({ sentence, operations, trace }) => `${sentence}\n  ${operations} operations: ${trace}`),
  ];
}

/** True where the command itself would have ended with 0. */
export function isSound(
  result: Result,
  { requiresCoverage }: { readonly requiresCoverage: boolean },
): boolean {
  switch (result.command) {
    case 'verify':
      return (
        result.failures.length === 0 &&
        result.trouble === null &&
        result.savedFailures.failing.length === 0 &&
        (!requiresCoverage || gapsOf(result).length === 0)
      );
  }
}
