/** Plays batches of a campaign with overlap on a system: programs are drawn, and each is played in several orders. */
import type { BatchPlayer } from '../../batches/batch.ts';
import { Turns } from '../../batches/turns.ts';
import { seededDice } from '../../cases/seeded-dice.ts';
import type { FlightCase } from '../cases/flight-case.ts';
import { drawProgram } from '../drawing/flight-program.ts';
import { drawFlightSetup } from '../drawing/flight-setup.ts';
import { Orders } from '../drawing/orders.ts';
import { flightSignature } from '../running/flight-divergence.ts';
import type { FlightSubject } from '../running/flight-subject.ts';
import type { FlightRun } from '../running/run-flight.ts';
import { nothingCounted, ORDERS_A_PROGRAM } from './flight-batch.ts';
import type {
  FlightBatch,
  FlightCounts,
  FlightFailure,
  FlightPlayOptions,
  PlayedFlights,
} from './flight-batch.ts';
import { countedWith } from './flight-statistics.ts';

export interface FlightPlayerObserver {
  /** A batch is cut off before a case that is not wanted any more. */
  isWanted(): boolean;
  /** Receives the batch that is played next. */
  begins?(batch: FlightBatch): void;
}

export class FlightPlayer implements BatchPlayer<FlightBatch, PlayedFlights> {
  readonly batchesMax = 1;
  readonly #subject: FlightSubject;
  readonly #options: FlightPlayOptions;
  readonly #observer: FlightPlayerObserver;
  readonly #signatures = new Set<string>();
  readonly #turns = new Turns();

  constructor(subject: FlightSubject, options: FlightPlayOptions, observer: FlightPlayerObserver) {
    this.#subject = subject;
    this.#options = options;
    this.#observer = observer;
  }

  play(batch: FlightBatch): Promise<PlayedFlights> {
    return this.#turns.inTurn(async () => {
      const note = new FlightNote(batch, this.#signatures);
      this.#observer.begins?.(batch);
      try {
        for (const seed of batch.seeds) if (!note.isCut) await this.#playProgram(seed, note);
        return note.end(null);
      } catch (error) {
        return note.end(error instanceof Error ? error : new Error(String(error)));
      }
    });
  }

  /** `work` has the system for itself. */
  alone<Result>(work: () => Promise<Result>): Promise<Result> {
    return this.#turns.inTurn(work);
  }

  async #playProgram(seed: number, note: FlightNote): Promise<void> {
    // Lets signal handlers run between programs of a system that never waits.
    await new Promise((resolve) => setImmediate(resolve));
    const subject = this.#subject;
    const { capabilities, inFlight } = subject;
    const { geometry, operationsMax, strategy = 'weighted' } = this.#options;
    const dice = seededDice(seed);
    const setup = drawFlightSetup(capabilities, geometry, dice);
    const program = drawProgram(setup, capabilities, inFlight, operationsMax, dice);
    const orders = new Orders(program, inFlight.requestsMax, strategy);
    for (let order = 0; order < ORDERS_A_PROGRAM && !note.isWhole; order++) {
      note.isCut ||= !this.#observer.isWanted();
      if (note.isCut) return;
      const testCase = orders.draw(dice);
      const run = subject.kind === 'sync' ? subject.judge(testCase) : await subject.judge(testCase);
      note.judged(testCase, run);
      orders.learn(run.watch);
    }
  }
}

/** What comes of one batch, as it is played. */
class FlightNote {
  isCut = false;
  readonly #batch: FlightBatch;
  /** Of the failures that were handed on. */
  readonly #signatures: Set<string>;
  #counts: FlightCounts = nothingCounted;
  readonly #orders: number[] = [];
  readonly #failures: (FlightFailure | null)[] = [];

  constructor(batch: FlightBatch, signatures: Set<string>) {
    this.#batch = batch;
    this.#signatures = signatures;
  }

  get isWhole(): boolean {
    return this.#counts.cases >= this.#batch.numRuns;
  }

  judged(testCase: FlightCase, { watch, verdict }: FlightRun): void {
    const caseIndex = this.#batch.firstCase + this.#counts.cases;
    const { operations, overlaps, advances, mostInFlight } = watch;
    const isUndecided = verdict.kind === 'undecided';
    this.#counts = countedWith(this.#counts, {
      cases: 1,
      operations,
      overlaps,
      advances,
      mostInFlight,
      undecided: isUndecided ? 1 : 0,
      whyUndecided: isUndecided ? verdict.why : null,
    });
    if (overlaps > 0) this.#orders.push(watch.order);
    if (verdict.kind !== 'wrong') return;
    const signature = flightSignature(verdict.divergence);
    const isRepeated = this.#signatures.has(signature);
    this.#failures.push(isRepeated ? null : { testCase, divergence: verdict.divergence, caseIndex });
    this.#signatures.add(signature);
  }

  end(error: Error | null): PlayedFlights {
    return {
      counts: this.#counts,
      orders: this.#orders,
      failures: this.#failures,
      isCut: this.isCut,
      error,
    };
  }
}
