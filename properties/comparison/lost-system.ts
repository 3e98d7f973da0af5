/** A system that is lost in the middle of a case, reported as a divergence. */
import type { Operation } from '../../model/operations.ts';
import type { Host } from '../../model/node.ts';
import type { Outcome } from '../../model/vocabulary.ts';
import type { System } from '../../impl/system.ts';
import { SystemLost } from '../../impl/system-lost.ts';
import { bounded } from '../../impl/printed-text.ts';
import { situation, walkOf } from '../cases/case.ts';
import type { Case } from '../cases/case.ts';
import type { Divergence, LostSystem } from './divergence.ts';

export function lostAt(host: Host, index: number, operation: Operation, error: SystemLost): LostSystem {
  const { stage } = situation(host, operation);
  const lastWords = lastLines(error.stderr);
  const { how, message, context } = error;
  return {
    kind: 'lost',
    index,
    operation,
    stage,
    how,
    detail: bounded(message, DETAIL_CHARACTERS),
    ...(lastWords.length === 0 ? {} : { lastWords }),
    ...(context.length === 0 ? {} : { context: context.map((line) => bounded(line, LINE_CHARACTERS)) }),
  };
}

const DETAIL_CHARACTERS = 3000;
const LINES_KEPT = 6;
const LINE_CHARACTERS = 400;

function lastLines(said: string): string[] {
  return said
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .slice(-LINES_KEPT)
    .map((line) => bounded(line, LINE_CHARACTERS));
}

/** Runs a case with a system that may be lost on the way, which is then what it comes to. */
export function orLost(testCase: Case, run: () => Divergence | null): Divergence | null {
  try {
    return run();
  } catch (error) {
    if (!(error instanceof SystemLost)) throw error;
    const walk = walkOf(testCase);
    const index = Math.min(error.answeredCount ?? 0, testCase.operations.length - 1);
    const operation = testCase.operations[index];
    if (operation === undefined) throw error;
    const host = index === 0 ? walk.start : (walk.steps[index - 1]?.host ?? walk.start);
    return lostAt(host, index, operation, error);
  }
}

/** What a system answers, or that it is lost. */
export function answerOrLoss(system: System, operation: Operation): Outcome | SystemLost {
  try {
    return system.apply(operation);
  } catch (error) {
    if (error instanceof SystemLost) return error;
    throw error;
  }
}
