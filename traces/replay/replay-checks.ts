/** What a replay has checked, for continuous integration. */
import { passed } from '../../properties/checks/check.ts';
import type { CheckSuite } from '../../properties/checks/check.ts';
import type { ComparisonMode } from '../../properties/cases/comparison-mode.ts';

export interface Replayed {
  readonly agreed: boolean;
  readonly comparison: ComparisonMode;
  /** For people. */
  readonly text: string;
  /** What differs, in one line; null where nothing does. */
  readonly sentence: string | null;
}

/** `how` says what the trace was held against. */
export function replayChecks(
  path: string,
  how: string,
  { text, sentence, comparison }: Replayed,
  seconds: number,
): CheckSuite {
  const details = `${text}\ntrace: ${path}`;
  const verdict =
    sentence === null ? passed : ({ kind: 'failed', message: sentence, details, trace: path } as const);
  return {
    name: `replay ${how}`,
    properties: { comparison },
    checks: [{ name: path, about: sentence === null ? text : '', seconds, verdict }],
  };
}
