/** Judges systems that play whole cases: many are on the way while others are drawn and compared. */
import type { AsyncSystem, Depth, Played, Shows } from '../../impl/system.ts';
import { EnvironmentError } from '../../impl/environment-error.ts';
import { unlessInterrupted } from '../../impl/held/interrupted.ts';
import { SystemLost } from '../../impl/system-lost.ts';
import { initialState } from '../../model/node.ts';
import { judgePlayed, runAsyncLockstep } from './async-lockstep.ts';
import { lostAt } from '../comparison/lost-system.ts';
import { inCase } from './broken-case.ts';
import { walkOf } from '../cases/case.ts';
import type { Case } from '../cases/case.ts';
import type { ComparisonMode } from '../cases/comparison-mode.ts';
import type { StepCounter } from '../coverage/coverage.ts';
import type { Divergence } from '../comparison/divergence.ts';

/** Receives the verdict on each case in turn. */
export type JudgeBegun = (
  coverage: StepCounter | undefined,
  judged: (testCase: Case, verdict: Divergence | null) => void,
) => Promise<void>;

type AheadSystem = AsyncSystem & Required<Pick<AsyncSystem, 'playAll'>>;

export function playsAhead(system: AsyncSystem): system is AheadSystem {
  return system.playAll !== undefined;
}

export class AheadJudge {
  readonly #system: AheadSystem;
  readonly #comparison: ComparisonMode;
  /** Settles when nothing is on the way any more: only then can a case be played step by step. */
  #onTheWay: Promise<unknown> = Promise.resolve();
  /** Settles when no case is played step by step any more: only then can others be sent on their way. */
  #steps: Promise<unknown> = Promise.resolve();
  #hasBeenLost = false;

  constructor(system: AheadSystem, comparison: ComparisonMode) {
    this.#system = system;
    this.#comparison = comparison;
  }

  begin(cases: readonly Case[], depth: Depth): JudgeBegun {
    const shows = depth === 'full' ? 'each' : 'last';
    const playing = this.#steps.then(() => this.#system.playAll(cases, shows));
    // Whoever waits for the verdicts receives the error.
    this.#onTheWay = settled([this.#onTheWay, playing]);
    return async (coverage, judged) => {
      const played = await playing;
      for (const [index, testCase] of cases.entries()) {
        const answer = played[index];
        if (answer instanceof EnvironmentError) throw inCase(answer, testCase);
        if (answer !== undefined) judged(testCase, await this.#verdict(testCase, answer, shows, coverage));
      }
    };
  }

  async judge(testCase: Case, depth: Depth, coverage?: StepCounter): Promise<Divergence | null> {
    // One that was lost may hang again: step by step it does so once.
    if (this.#hasBeenLost) return this.#stepByStep(testCase, coverage);
    let verdict: Divergence | null = null;
    await this.begin([testCase], depth)(coverage, (_, found) => {
      verdict = found;
    });
    return verdict;
  }

  /** The system is this case's alone. */
  #stepByStep(testCase: Case, coverage?: StepCounter): Promise<Divergence | null> {
    const options = { comparison: this.#comparison, coverage };
    const played = this.#onTheWay.then(() => runAsyncLockstep(this.#system, testCase, options));
    this.#steps = settled([played]);
    this.#onTheWay = this.#steps;
    return played;
  }

  async #verdict(
    testCase: Case,
    played: Played | SystemLost,
    shows: Shows,
    coverage: StepCounter | undefined,
  ): Promise<Divergence | null> {
    if (played instanceof SystemLost) return this.#locateLoss(testCase, played);
    const options = { comparison: this.#comparison, coverage };
    const found = judgePlayed(this.#system, testCase, played, shows, options);
    if (found === null || shows === 'each') return found;
    // What only the end of the case shows began somewhere before.
    return (await this.judge(testCase, 'full')) ?? found;
  }

  /** The process has reported at which operation: it need not be lost again, but what differed before goes first. */
  async #lostWhere(testCase: Case, lost: SystemLost, answered: number): Promise<Divergence | null> {
    const { setup, operations } = testCase;
    const index = Math.min(answered, operations.length - 1);
    const operation = operations[index];
    if (operation === undefined) return null;
    const before = { setup, operations: operations.slice(0, index) };
    const earlier = index === 0 ? null : await this.#stepByStep(before);
    const walk = walkOf(testCase);
    return earlier ?? lostAt(walk.steps[index - 1]?.host ?? walk.start, index, operation, lost);
  }

  /** At which operation the process is lost; at the last one if step by step nothing happens. */
  async #locateLoss(testCase: Case, lost: SystemLost): Promise<Divergence | null> {
    this.#hasBeenLost = true;
    if (lost.answeredCount !== null) return this.#lostWhere(testCase, lost, lost.answeredCount);
    const located = await unlessInterrupted(() => this.#stepByStep(testCase));
    const index = testCase.operations.length - 1;
    const last = testCase.operations[index];
    if (located !== 'interrupted' && (located !== null || last === undefined)) return located;
    if (last === undefined) return null;
    const host = testCase.walk?.steps[index - 1]?.host ?? initialState(testCase.setup);
    const when = located === 'interrupted' ? 'in this case' : 'not when the case was played step by step';
    return lostAt(host, index, last, new SystemLost(lost.how, `${lost.message} (${when})`));
  }
}

/** Keeps nothing of what was settled: promises that wait for earlier ones would else hold all that was ever played. */
async function settled(promises: readonly Promise<unknown>[]): Promise<void> {
  await Promise.allSettled(promises);
}
