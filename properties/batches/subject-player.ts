/** Plays batches on a system: their cases are drawn and judged one after the other, or sent on their way while others are. */
import fc from 'fast-check';
import { BEFORE_MAX } from '../confirm/confirm-failure.ts';
import { caseArbitrary } from '../generation/case-arbitrary.ts';
import type { Case } from '../cases/case.ts';
import { Coverage } from '../coverage/coverage.ts';
import { signatureOf } from '../comparison/divergence.ts';
import type { Divergence } from '../comparison/divergence.ts';
import { stopwatch } from '../jobs/stopwatch.ts';
import type { JudgeBegun } from '../lockstep/ahead-judge.ts';
import type { AsyncSubject, Subject } from '../subjects/subject.ts';
import type { Batch, BatchFailure, BatchPlayer, PlayedBatch, PlayOptions } from './batch.ts';
import { Turns } from './turns.ts';

// Small enough that signals and progress are seen many times a second.
const BATCH_CASES = { sync: 64, async: 4, ahead: 24 };

/** Players are given whole batches of so many cases. */
export function batchCasesOf(subject: Subject): number {
  return BATCH_CASES[playsAhead(subject) ? 'ahead' : subject.kind];
}

export interface PlayerObserver {
  /** Receives the cases that the system is given next, and what they are of the campaign: none of one in this process. */
  begins?(cases: readonly Case[], batch: Batch): void;
  /** Receives what fails for the first time in its way, as it comes up. */
  fails?(failure: BatchFailure, batch: Batch): void;
}

type AheadSubject = AsyncSubject & Required<Pick<AsyncSubject, 'begin'>>;

function playsAhead(subject: Subject): subject is AheadSubject {
  return subject.kind === 'async' && subject.begin !== undefined;
}

export class SubjectPlayer implements BatchPlayer {
  readonly batchesMax: number;
  readonly #subject: Subject;
  readonly #arbitrary: fc.Arbitrary<Case>;
  readonly #options: PlayOptions;
  readonly #observer: PlayerObserver;
  readonly #coverage = new Coverage();
  readonly #signatures = new Set<string>();
  /** The cases that were played last. */
  #before: Case[] = [];
  readonly #turns = new Turns();
  /** Settles when the system is there for batches. */
  #free: Promise<unknown> = Promise.resolve();

  constructor(subject: Subject, options: PlayOptions, observer: PlayerObserver = {}) {
    const { operationsMax, geometry, depth } = options;
    this.#subject = subject;
    // The next cases are drawn and sent while others are on the way.
    this.batchesMax = playsAhead(subject) ? 2 : 1;
    this.#arbitrary = caseArbitrary({ capabilities: subject.capabilities, operationsMax, geometry });
    this.#options = { operationsMax, geometry, depth };
    this.#observer = observer;
  }

  async play(batch: Batch): Promise<PlayedBatch> {
    const note = new BatchNote(batch, this.#coverage);
    try {
      await this.#free;
      const judge = playsAhead(this.#subject) ? this.#begin(this.#subject, batch, note) : null;
      await this.#turns.inTurn(async () => {
        note.begin();
        await (judge === null ? this.#playThrough(batch, note) : this.#finish(judge, batch, note));
      });
      return note.end(null);
    } catch (error) {
      return note.end(error instanceof Error ? error : new Error(String(error)));
    }
  }

  /** `work` has the system for itself, which knows nothing of the cases before any more. */
  async alone<Result>(work: () => Promise<Result>): Promise<Result> {
    const done = this.#turns.inTurn(work);
    this.#free = done.catch(() => {});
    try {
      return await done;
    } finally {
      this.#before = [];
    }
  }

  #begin(subject: AheadSubject, batch: Batch, note: BatchNote): JudgeBegun {
    const seconds = stopwatch();
    const cases = fc.sample(this.#arbitrary, { seed: batch.seed, numRuns: batch.numRuns });
    this.#observer.begins?.(cases, batch);
    const judge = subject.begin(cases, this.#options.depth);
    note.drawing += seconds();
    return judge;
  }

  async #finish(judge: JudgeBegun, batch: Batch, note: BatchNote): Promise<void> {
    const seconds = stopwatch();
    try {
      await judge(this.#coverage, (testCase, divergence) => this.#record(testCase, divergence, batch, note));
    } finally {
      note.judging += seconds();
    }
  }

  async #playThrough(batch: Batch, note: BatchNote): Promise<void> {
    // Lets signal handlers run between batches of a system that never waits.
    await new Promise((resolve) => setImmediate(resolve));
    const seconds = stopwatch();
    const subject = this.#subject;
    const { depth } = this.#options;
    // Failures are collected, and shrunk later, not by fast-check, so that the campaign can go on behind them.
    const runs = { seed: batch.seed, numRuns: batch.numRuns, endOnFailure: true };
    try {
      if (subject.kind === 'sync') {
        this.#observer.begins?.([], batch);
        const judge = (testCase: Case): void => {
          const judging = stopwatch();
          this.#record(testCase, subject.judge(testCase, depth, this.#coverage), batch, note);
          note.judging += judging();
        };
        rethrow(fc.check(fc.property(this.#arbitrary, judge), runs));
      } else {
        const judge = async (testCase: Case): Promise<void> => {
          this.#observer.begins?.([testCase], batch);
          const judging = stopwatch();
          this.#record(testCase, await subject.judge(testCase, depth, this.#coverage), batch, note);
          note.judging += judging();
        };
        rethrow(await fc.check(fc.asyncProperty(this.#arbitrary, judge), runs));
      }
    } finally {
      note.drawing += seconds() - note.judging;
    }
  }

  #record(testCase: Case, divergence: Divergence | null, batch: Batch, note: BatchNote): void {
    // Without what the model went through: of a long disk that takes a hundred MiB.
    const { setup, operations } = testCase;
    if (divergence !== null) {
      const caseIndex = batch.firstCase + note.cases;
      const failure = { testCase: { setup, operations }, divergence, caseIndex, before: [...this.#before] };
      const signature = signatureOf(divergence);
      note.fails(this.#signatures.has(signature) ? null : failure);
      if (!this.#signatures.has(signature)) this.#observer.fails?.(failure, batch);
      this.#signatures.add(signature);
    }
    note.judged(operations.length);
    this.#before.push({ setup, operations });
    if (this.#before.length > BEFORE_MAX) this.#before.shift();
  }
}

/** What comes of one batch, as it is played. */
class BatchNote {
  drawing = 0;
  judging = 0;
  readonly #batch: Batch;
  readonly #coverage: Coverage;
  readonly #lengths: number[] = [];
  readonly #failures: (BatchFailure | null)[] = [];
  #operationsBefore = 0;
  #firstFailure: { readonly operations: number; readonly seconds: () => number } | null = null;

  constructor(batch: Batch, coverage: Coverage) {
    this.#batch = batch;
    this.#coverage = coverage;
  }

  begin(): void {
    this.#coverage.beginBatch(this.#batch.index);
    this.#operationsBefore = this.#coverage.operations;
  }

  get cases(): number {
    return this.#lengths.length;
  }

  judged(operations: number): void {
    this.#lengths.push(operations);
  }

  fails(failure: BatchFailure | null): void {
    this.#failures.push(failure);
    const operations = this.#coverage.operations - this.#operationsBefore;
    this.#firstFailure ??= { operations, seconds: stopwatch() };
  }

  end(error: Error | null): PlayedBatch {
    const first = this.#firstFailure;
    return {
      lengths: this.#lengths,
      reached: this.#coverage.takeGain(),
      failures: this.#failures,
      firstFailure: first === null ? null : { operations: first.operations, secondsAgo: first.seconds() },
      drawing: this.drawing,
      judging: this.judging,
      error,
    };
  }
}

/** A judge answers with a divergence; whatever it throws is an error of the environment, and no counterexample. */
function rethrow(details: fc.RunDetails<[Case]>): void {
  if (details.failed) throw details.errorInstance;
}
