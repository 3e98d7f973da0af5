/** The command `judge`: several logs, one line for each case that differs, and a summary whatever happens. */
import type { ComparisonMode } from '../../properties/cases/comparison-mode.ts';
import { visible } from '../../impl/printed-text.ts';
import { judgeLog } from './judge-log.ts';
import type { LogCounts, LogDifference } from './judge-log.ts';

export interface JudgeOptions {
  /** Null: as each log says. */
  readonly comparison: ComparisonMode | null;
  /** One JSON object a line instead of text. */
  readonly json: boolean;
}

/**
 * Whether no log has a case that differs; `incomplete` where nothing was judged. Each difference is printed as soon as it is read. Throws a `TraceError` at the
 * first log that is none, once the summary of what was judged before is printed.
 */
export async function judgeLogs(
  paths: readonly string[],
  { comparison, json }: JudgeOptions,
  print: (text: string) => void,
): Promise<boolean | 'incomplete'> {
  const counts: LogCounts = { cases: 0, steps: 0, differing: 0, comparisons: new Set() };
  const differs = (difference: LogDifference): void =>
    print(json ? JSON.stringify({ difference }) : describeDifference(difference));
  try {
    for (const path of paths) await judgeLog(path, { comparison, counts, differs });
  } finally {
    print(json ? JSON.stringify({ summary: summaryOf(counts) }) : describeCounts(counts));
  }
  return counts.steps === 0 ? 'incomplete' : counts.differing === 0;
}

/** What was read is shown whole, but for data of many sectors. */
const SENTENCE_MAX = 500;

function describeDifference({ path, line, step, operation, sentence }: LogDifference): string {
  const cut = sentence.length <= SENTENCE_MAX ? sentence : `${sentence.slice(0, SENTENCE_MAX - 3)}...`;
  return visible(`${path}:${line}: step ${step} (${operation}): ${cut}`);
}

function summaryOf({ cases, steps, differing, comparisons }: LogCounts) {
  return { cases, steps, differing, comparisons: [...comparisons] };
}

function describeCounts({ cases, steps, differing, comparisons }: LogCounts): string {
  const verdict =
    steps === 0
      ? 'nothing was judged'
      : differing === 0
        ? 'all as the model allows'
        : `${differing} ${differing === 1 ? 'case differs' : 'cases differ'}`;
  const by = comparisons.size === 0 ? '' : ` (comparison: ${[...comparisons].join(', ')})`;
  return `${cases} ${cases === 1 ? 'case' : 'cases'}, ${steps} ${steps === 1 ? 'step' : 'steps'} judged: ${verdict}${by}`;
}
