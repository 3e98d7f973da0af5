/** What a replay has checked, for continuous integration. */
import { passed } from '../../properties/checks/check.ts';
import type { CheckSuite, CheckVerdict } from '../../properties/checks/check.ts';
import type { ComparisonMode } from '../../properties/cases/comparison-mode.ts';

export interface Replayed {
  readonly agreed: boolean | 'incomplete';
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
  { agreed, text, sentence, comparison }: Replayed,
  seconds: number,
): CheckSuite {
  const details = `${text}\ntrace: ${path}`;
  const failed = (message: string): CheckVerdict => ({ kind: 'failed', message, details, trace: path });
  const nothing = { kind: 'error', message: 'nothing was played', details, trace: null } as const;
  const verdict = sentence === null ? (agreed === 'incomplete' ? nothing : passed) : failed(sentence);
  return {
    name: `replay ${how}`,
    properties: { comparison },
    checks: [{ name: path, about: sentence === null ? text : '', seconds, verdict }],
  };
}
