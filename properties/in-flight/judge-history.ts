/** The verdict on a whole history. */
import type { Follow } from '../../model/deviations.ts';
import { asQemu } from '../../model/deviations.ts';
import type { Setup } from '../../model/vocabulary.ts';
import type { Request } from './flight.ts';
import { anyOverlap, HistoryCheck, overlapProblem } from './history.ts';
import type { History } from './history.ts';
import type { InFlightRules } from '../../impl/in-flight.ts';
import { InFlightJudge } from './in-flight-judge.ts';
import { BoundMet } from './sectors/candidate-set.ts';
import type { Miss } from './request-answers.ts';

export type Verdict =
  /** An order exists. */
  | { readonly kind: 'right' }
  /** None does, up to the event `index`. */
  | {
      readonly kind: 'wrong';
      readonly index: number;
      readonly request: Request | null;
      readonly misses: readonly Miss[];
    }
  /** It is no history. */
  | { readonly kind: 'invalid'; readonly index: number; readonly problem: string }
  /** A bound was met at the event `index`: neither is known. */
  | { readonly kind: 'undecided'; readonly index: number; readonly why: string };

export interface JudgeSettings {
  readonly rules?: InFlightRules;
  /** Left out: as QEMU 7.2 goes. */
  readonly follow?: Follow;
}

export function judgeHistory(setup: Setup, history: History, settings: JudgeSettings = {}): Verdict {
  const { rules = anyOverlap, follow = asQemu } = settings;
  const problem = overlapProblem(setup);
  if (problem !== null) return { kind: 'invalid', index: 0, problem };
  const check = new HistoryCheck(setup, rules);
  const judge = new InFlightJudge(setup, rules, follow);
  for (const [index, event] of history.entries()) {
    const wrong = check.problem(event);
    if (wrong !== null) return { kind: 'invalid', index, problem: wrong };
    try {
      const refuted = judge.take(event);
      if (refuted !== null) return { kind: 'wrong', index, ...refuted };
    } catch (error) {
      if (!(error instanceof BoundMet)) throw error;
      return { kind: 'undecided', index, why: error.message };
    }
  }
  const open = check.endProblem();
  return open === null ? { kind: 'right' } : { kind: 'invalid', index: history.length, problem: open };
}
