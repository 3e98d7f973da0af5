/**
 * Plays a finding again in a fresh system before it is shrunk, and the shrunk one at the end: what does not come back is
 * reported with how often it did, as it was found, and what fails only behind other cases is kept with those.
 */
import { given } from '../../impl/module/given.ts';
import type { Case } from '../cases/case.ts';
import { signatureOf } from '../comparison/divergence.ts';
import type { Divergence } from '../comparison/divergence.ts';
import type { Budget } from '../shrink/budget.ts';
import { endless } from '../shrink/budget.ts';
import { shrinkFailure } from '../shrink/shrink-failure.ts';
import type { ShrunkFailure } from '../shrink/shrink-failure.ts';
import type { Subject } from '../subjects/subject.ts';
import { anewEachTime, fewerBefore, playAnew, renewed } from './plays.ts';
import type { Plays } from './plays.ts';

export interface ConfirmedFailure extends ShrunkFailure {
  /** Whether it failed each time when it was played anew, behind `before`; left out where there was no time for it. */
  readonly reproduces?: boolean;
  /** How often it did. */
  readonly plays?: Plays;
  /** The cases that the same system had been given before, where it needs them or does not come back each time. */
  readonly before?: readonly Case[];
}

/** So many of the cases that a system was given before one are kept. */
export const BEFORE_MAX = 24;

/** What fails so many times running is taken to fail each time. */
const SURE_PLAYS = 3;
/** The rate of one that does not is counted over so many. */
const RATE_PLAYS = 10;

/** Each candidate that gets a process of its own costs the start of one. */
const FRESH_CANDIDATES_MAX = 200;

/** `before` are the cases that the same system had been given, oldest first. */
export async function confirmFailure(
  subject: Subject,
  failing: Case,
  divergence: Divergence,
  before: readonly Case[],
  budget: Budget = endless,
): Promise<ConfirmedFailure> {
  const { plays, ...confirmed } = await new Confirmation(subject, failing, divergence, budget).run(before);
  // That a system in this process does the same each time goes without saying.
  const isPlain = subject.kind === 'sync' && confirmed.reproduces === true && confirmed.before === undefined;
  if (isPlain || plays === undefined) return confirmed;
  return { ...confirmed, plays: { failed: plays.failed, of: plays.of } };
}

/** What is left of a budget for the shrunk case to be played again. */
const RESERVE = 0.25;

class Confirmation {
  readonly #subject: Subject;
  readonly #failing: Case;
  readonly #divergence: Divergence;
  readonly #signature: string;
  readonly #budget: Budget;
  /** A hang that is awaited more often than needed costs seconds each time. */
  readonly #surePlays: number;

  constructor(subject: Subject, failing: Case, divergence: Divergence, budget: Budget) {
    this.#subject = subject;
    this.#failing = plainCase(failing);
    this.#divergence = divergence;
    this.#signature = signatureOf(divergence);
    this.#budget = budget;
    this.#surePlays = divergence.kind === 'lost' && divergence.how === 'hang' ? 1 : SURE_PLAYS;
  }

  async run(before: readonly Case[]): Promise<ConfirmedFailure> {
    const first = await this.#play(this.#failing, [], 1);
    if (first.of === 0) return this.#asFound(first);
    if (first.failed === 0) return this.#behind(before);
    const more = await this.#play(this.#failing, [], this.#surePlays - 1);
    if (more.failed < more.of) return this.#unsteady(before, sum(first, more));
    return this.#shrunk(before, sum(first, more));
  }

  /** It fails each time. */
  async #shrunk(before: readonly Case[], plays: Plays): Promise<ConfirmedFailure> {
    this.#endure('shrinking');
    await renewed(this.#subject);
    const shrunk = await this.#shrink(this.#subject);
    const again = await this.#play(shrunk.minimal, [], this.#surePlays);
    if (again.of === 0) return { ...this.#asFound(plays), reproduces: true };
    if (again.divergence !== null && again.failed === again.of)
      return { ...shrunk, divergence: again.divergence, reproduces: true, plays: again };
    if (again.failed > 0) return this.#unsteady(before, again);
    // The candidates had something left behind by those before them.
    this.#endure('shrinking');
    const alone = await this.#shrink(anewEachTime(this.#subject, []), FRESH_CANDIDATES_MAX);
    const last = await this.#play(alone.minimal, [], this.#surePlays);
    const candidates = shrunk.candidates + alone.candidates;
    if (last.of === 0) return { ...this.#asFound(plays), reproduces: true };
    if (last.divergence === null || last.failed < last.of) return this.#unsteady(before, last);
    return { ...alone, candidates, divergence: last.divergence, reproduces: true, plays: last };
  }

  /** It does not fail alone: perhaps behind the cases that the system had been given before. */
  async #behind(before: readonly Case[]): Promise<ConfirmedFailure> {
    const first = await this.#play(this.#failing, before, before.length === 0 ? 0 : 1);
    if (first.failed === 0) return this.#unsteady(before, { failed: 0, of: 1 });
    const fewer = await fewerBefore(this.#subject, this.#failing, this.#signature, before, this.#budget);
    const again = await this.#play(this.#failing, fewer, this.#surePlays);
    // With all of them away it is none that needs them.
    if (fewer.length === 0 || again.failed < again.of) return this.#unsteady(before, again);
    this.#endure('shrinking');
    const shrunk = await this.#shrink(anewEachTime(this.#subject, fewer), FRESH_CANDIDATES_MAX);
    const last = await this.#play(shrunk.minimal, fewer, this.#surePlays);
    const kept = fewer.map(plainCase);
    if (last.divergence === null || last.failed < last.of)
      return { ...this.#asFound(again), reproduces: true, before: kept };
    return { ...shrunk, divergence: last.divergence, reproduces: true, plays: last, before: kept };
  }

  /** As it was found, with its rate and what was played before it. */
  async #unsteady(before: readonly Case[], plays: Plays): Promise<ConfirmedFailure> {
    const more = await this.#play(this.#failing, [], RATE_PLAYS - plays.of);
    return { ...this.#asFound(sum(plays, more)), reproduces: false, before: before.map(plainCase) };
  }

  #asFound({ failed, of }: Plays): ConfirmedFailure {
    const { setup, operations } = this.#failing;
    return {
      minimal: { setup, operations: operations.slice(0, this.#divergence.index + 1) },
      divergence: this.#divergence,
      candidates: 0,
      thoroughness: 'halving',
      complete: false,
      plays: { failed, of },
    };
  }

  #play(testCase: Case, before: readonly Case[], playsMax: number) {
    this.#endure('confirming');
    return playAnew(this.#subject, testCase, this.#signature, { before, playsMax, budget: this.#budget });
  }

  #shrink(subject: Subject, candidatesMax?: number): Promise<ShrunkFailure> {
    const bounds = candidatesMax === undefined ? {} : { candidatesMax };
    return shrinkFailure(subject, this.#failing, this.#divergence, {
      ...bounds,
      budget: { isOver: () => this.#budget.isOver(RESERVE) },
    });
  }

  #endure(patience: 'confirming' | 'shrinking'): void {
    if (this.#subject.kind === 'async') this.#subject.endure?.(patience);
  }
}

function sum(left: Plays, right: Plays): Plays {
  return { failed: left.failed + right.failed, of: left.of + right.of };
}

/** Without the walk of the model, and without what drawn operations do not take. */
function plainCase({ setup, operations }: Case): Case {
  return { setup, operations: given(operations) };
}
