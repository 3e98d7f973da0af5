/** Shrinks a failing case until nothing can be dropped and no number lowered, keeping its kind of failure. */
import type { Capabilities } from '../../impl/capabilities.ts';
import type { Case } from '../cases/case.ts';
import { caseProblem } from '../cases/setup-problem.ts';
import { shorterCases } from './shorter-cases.ts';
import { lowerNumbers, simplerSetups, withoutOperations } from './simpler-cases.ts';
import type { Thoroughness } from './simpler-cases.ts';

export interface Minimised {
  readonly minimal: Case;
  /** How many simpler cases were run. */
  readonly candidates: number;
  /** `every`: no lower value of any number fails in the same way; `halving`: large numbers were only halved. */
  readonly thoroughness: Thoroughness;
  /** False where the candidates ran out before every simpler case had been tried. */
  readonly complete: boolean;
}

/** `roughly`: only what can be left out and halved is tried, and none of the many cases that may do the same by less. */
export type Extent = 'roughly' | 'throughout';

/** Yields candidates and learns of each whether it still fails in the same way; returns the minimal case. */
export type Minimiser = Generator<Case, Minimised, boolean>;

export function* minimise(
  failing: Case,
  capabilities: Capabilities,
  thoroughness: Thoroughness,
  candidatesMax = Infinity,
  extent: Extent = 'throughout',
): Minimiser {
  let candidates = 0;
  let minimal = failing;
  function* attempt(candidate: Case): Generator<Case, boolean, boolean> {
    if (candidates >= candidatesMax || caseProblem(candidate, capabilities) !== null) return false;
    candidates++;
    const fails = yield candidate;
    if (fails) minimal = candidate;
    return fails;
  }
  for (let improved = true; improved;) {
    improved = yield* dropOperations(() => minimal, attempt);
    if (yield* firstThatFails(simplerSetups(minimal), attempt)) improved = true;
    while (yield* firstThatFails(lowerNumbers(minimal, 'halving'), attempt)) improved = true;
    if (improved) continue;
    if (extent === 'roughly') break;
    improved = yield* firstThatFails(withoutPairs(minimal), attempt);
    improved ||= yield* firstThatFails(shorterCases(minimal), attempt);
    if (improved || thoroughness === 'halving') continue;
    improved = yield* firstThatFails(lowerNumbers(minimal, 'every'), attempt);
  }
  return { minimal, candidates, thoroughness, complete: candidates < candidatesMax };
}

type Attempt = (candidate: Case) => Generator<Case, boolean, boolean>;

/** Long runs first, then single operations, from the end; the last round finds no single one to drop. */
function* dropOperations(current: () => Case, attempt: Attempt): Generator<Case, boolean, boolean> {
  let improved = false;
  for (let count = Math.ceil(current().operations.length / 2); count >= 1; count = Math.floor(count / 2)) {
    let end = current().operations.length;
    while (end >= count) {
      if (yield* attempt(withoutOperations(current(), end - count, count))) improved = true;
      end -= count;
    }
  }
  return improved;
}

function* firstThatFails(candidates: Iterable<Case>, attempt: Attempt): Generator<Case, boolean, boolean> {
  for (const candidate of candidates) {
    if (yield* attempt(candidate)) return true;
  }
  return false;
}

/** Greedy removal of single operations sticks where two only go together (an open with its close). */
function* withoutPairs(testCase: Case): Generator<Case> {
  const { operations } = testCase;
  for (let second = 1; second < operations.length; second++) {
    for (let first = 0; first < second; first++) {
      yield withoutOperations(withoutOperations(testCase, second, 1), first, 1);
    }
  }
}
