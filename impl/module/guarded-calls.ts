/**
 * The calls of a system that somebody wrote: what it is given cannot be written, what it answers is copied and looked at,
 * and whatever it throws or does beside is a loss of the case. What is no answer ends the run with one line.
 */
import type { Operation } from '../../model/operations.ts';
import type { Outcome, Setup } from '../../model/vocabulary.ts';
import type { Capabilities } from '../capabilities.ts';
import { EnvironmentError } from '../environment-error.ts';
import { AdapterError } from '../exec/adapter-error.ts';
import type { Shown } from '../shown.ts';
import type { BrokenAtEnd } from '../system.ts';
import { SystemLost } from '../system-lost.ts';
import type { LossKind } from '../system-lost.ts';
import { thrownText, bounded } from '../printed-text.ts';
import { endProblem, isEnd, isOutcome, isShown, nodesProblem, outcomeProblem } from './answer-check.ts';
import { copyOfEnd, copyOfOutcome, copyOfShown } from './answer-copy.ts';
import type { CaseNote } from './case-note.ts';
import { given } from './given.ts';
import type { SideEffects } from './side-effects.ts';

/** What a system is watched by, where it is. */
export interface Watch {
  readonly effects?: SideEffects;
  readonly note?: CaseNote;
}

interface Declared {
  readonly name: string;
  readonly version?: string;
  readonly capabilities: Capabilities;
}

export class GuardedCalls {
  readonly name: string;
  readonly version: string;
  readonly capabilities: Capabilities;
  readonly #watch: Watch;
  #setup: Setup = { nodes: [] };
  #caseNumber = 0;
  /** Of the operation in hand. */
  #index = 0;

  constructor({ name, version, capabilities }: Declared, watch: Watch) {
    this.name = bounded(name, NAME_CHARACTERS);
    this.version = bounded(version ?? '', NAME_CHARACTERS);
    this.capabilities = given(capabilities);
    this.#watch = watch;
  }

  /** Something that the system does beside answering must be waited for. */
  get isWatched(): boolean {
    return this.#watch.effects !== undefined;
  }

  /** A case begins; the result is what the system is given of it. */
  begin(setup: Setup, operations: readonly Operation[]): Setup {
    this.#setup = setup;
    this.#caseNumber++;
    this.#index = -1;
    this.#watch.note?.begin(setup, operations);
    return given(setup);
  }

  /** The next operation of the case. */
  next(operation: Operation): Operation {
    this.#index++;
    this.#watch.note?.at(this.#index);
    return given(operation);
  }

  /** What the system answers at once. Throws `SystemLost` or an `EnvironmentError` of the system's own. */
  now<Result>(about: string, act: () => Result): Result {
    try {
      return this.#within(act);
    } catch (error) {
      throw this.#lossOf(about, error);
    }
  }

  /** What the system lets wait for. */
  async later<Result>(about: string, act: () => Promise<Result>): Promise<Result> {
    let result: Result;
    try {
      result = await this.#within(act);
    } catch (error) {
      const loss = this.#lossOf(about, error);
      await this.settle();
      throw loss;
    }
    await this.settle();
    return result;
  }

  /** Throws what the last call has done beside its answer. */
  async settle(): Promise<void> {
    const effect = await this.#watch.effects?.settled();
    if (effect === undefined || effect === null) return;
    const { how, detail, mark } = effect;
    const isOfThis = mark.caseNumber === this.#caseNumber;
    throw this.#lost(
      how,
      isOfThis ? detail : `${detail}; an earlier case began that`,
      isOfThis ? mark.operation : this.#index,
    );
  }

  outcome(about: string, answer: unknown): Outcome {
    const outcome = this.#read(about, () => copyOfOutcome(answer));
    if (isOutcome(outcome)) return outcome;
    throw new AdapterError(
      `${this.name} answers ${about} with ${outcomeProblem(outcome) ?? 'nothing'}`,
      this.#at,
    );
  }

  shown(about: string, answer: unknown): Shown {
    const { observes } = this.capabilities;
    const shown = this.#read(about, () => copyOfShown(answer, observes));
    if (isShown(shown, observes, this.#setup)) return shown;
    const nodes = typeof shown === 'object' && shown !== null && 'nodes' in shown ? shown.nodes : shown;
    throw new AdapterError(
      `${this.name} declares ${observes.join(', ')}, but ${about} shows ${nodesProblem(nodes, observes, this.#setup) ?? 'nothing'}`,
      this.#at,
    );
  }

  end(answer: unknown): BrokenAtEnd | null {
    const broken = this.#read('finish', () => copyOfEnd(answer ?? null));
    if (isEnd(broken)) return broken;
    throw new AdapterError(`${this.name} answers finish with ${endProblem(broken) ?? 'nothing'}`);
  }

  /** Nothing of it is kept. */
  close(): void {
    this.#watch.note?.remove();
  }

  get #at(): number | null {
    return this.#index < 0 ? null : this.#index;
  }

  #within<Result>(act: () => Result): Result {
    const { effects } = this.#watch;
    const mark = { caseNumber: this.#caseNumber, operation: Math.max(0, this.#index) };
    return effects === undefined ? act() : effects.within(mark, act);
  }

  #read(about: string, copy: () => unknown): unknown {
    try {
      return this.#within(copy);
    } catch (error) {
      throw this.#lost(
        'unreadable',
        `what it answered to ${about} threw when it was read: ${thrownText(error)}`,
      );
    }
  }

  #lossOf(about: string, error: unknown): Error {
    if (error instanceof SystemLost || error instanceof EnvironmentError) return error;
    return this.#lost(isEndless(error) ? 'recursion' : 'crash', `it threw in ${about}: ${thrownText(error)}`);
  }

  #lost(how: LossKind, message: string, index = this.#index): SystemLost {
    const lost = new SystemLost(how, message);
    lost.answeredCount = Math.max(0, index);
    lost.isProcessThere = true;
    return lost;
  }
}

const NAME_CHARACTERS = 100;

function isEndless(error: unknown): boolean {
  return error instanceof RangeError && error.message === 'Maximum call stack size exceeded';
}
