/** The random search of a campaign with overlap: what of its batches is counted, and what becomes of their failures. */
import { BatchSearch } from '../../batches/batch-search.ts';
import type { SearchedCampaign, SearchEnd } from '../../batches/batch-search.ts';
import { stopwatch } from '../../jobs/stopwatch.ts';
import { budgetOf } from '../../shrink/budget.ts';
import { flightSignature } from '../running/flight-divergence.ts';
import type { FlightSubject } from '../running/flight-subject.ts';
import { confirmFlight, flightAsFound } from './confirm-flight.ts';
import { flightBatches } from './flight-batch.ts';
import type { FlightBatch, FlightFailure, PlayedFlights } from './flight-batch.ts';
import type { FlightObserver, FlightOptions } from './flight-options.ts';
import { FlightPlayer } from './flight-player.ts';
import type { FlightFinding, FlightStatistics } from './flight-statistics.ts';

/** One finding is shrunk no longer, and none when the campaign is over by more than the other. */
const SHRINK_SECONDS_MAX = 120;
const GRACE_SECONDS = 5;

export class FlightSearch implements SearchedCampaign<FlightBatch, PlayedFlights> {
  readonly batches: Iterator<FlightBatch, void>;
  readonly player: FlightPlayer;
  readonly #subject: FlightSubject;
  readonly #options: FlightOptions;
  readonly #observer: FlightObserver;
  readonly #statistics: FlightStatistics;
  readonly #search: BatchSearch<FlightOptions, FlightBatch, PlayedFlights>;
  readonly #seconds = stopwatch();
  /** A batch was not played to its end, for the time was over. */
  #isCut = false;

  constructor(
    subject: FlightSubject,
    options: FlightOptions,
    observer: FlightObserver,
    statistics: FlightStatistics,
  ) {
    this.#subject = subject;
    this.#options = options;
    this.#observer = observer;
    this.#statistics = statistics;
    this.batches = flightBatches(subject, options);
    this.player = new FlightPlayer(subject, options, {
      isWanted: () => !observer.interrupted() && this.#seconds() < options.secondsMax,
      begins: (batch) => observer.begins?.(batch),
    });
    this.#search = new BatchSearch(this, options, options.crew ?? null);
  }

  /** Rejects with what kept it from going on. */
  async run(): Promise<SearchEnd> {
    try {
      const ended = await this.#search.run();
      return ended === 'cases' && this.#isCut ? 'time' : ended;
    } finally {
      this.#statistics.crewSeconds = this.#search.crewSeconds;
    }
  }

  clock(): number {
    const seconds = this.#seconds();
    this.#statistics.seconds = seconds;
    this.#statistics.memory.look(seconds);
    return seconds;
  }

  progress(): void {
    this.#observer.progress(this.#statistics);
  }

  interrupted(): boolean {
    return this.#observer.interrupted();
  }

  hasAllFindings(): boolean {
    return this.#statistics.findings.length >= this.#options.findingsMax;
  }

  count(played: PlayedFlights): void {
    this.#statistics.add(played);
    this.#isCut ||= played.isCut;
  }

  async takeFailures({ failures, error }: PlayedFlights): Promise<void> {
    for (const failure of failures)
      if (!this.hasAllFindings()) await this.#takeFailure(failure, error !== null);
  }

  /** `isLast`: the system cannot be asked any more. */
  async #takeFailure(failure: FlightFailure | null, isLast: boolean): Promise<void> {
    const { findings } = this.#statistics;
    const signature = failure === null ? null : flightSignature(failure.divergence);
    if (failure === null || findings.some((known) => known.signature === signature)) {
      this.#statistics.repeated++;
      return;
    }
    if (isLast) {
      this.#add(flightAsFound(failure));
      return;
    }
    const left = this.#options.secondsMax + GRACE_SECONDS - this.clock();
    const budget = budgetOf(Math.min(SHRINK_SECONDS_MAX, left), () => this.interrupted());
    try {
      this.#add(await this.player.alone(() => confirmFlight(this.#subject, failure, budget)));
    } catch (error) {
      // Nothing that comes later can cost it.
      this.#add(flightAsFound(failure));
      throw error;
    }
  }

  #add(finding: FlightFinding): void {
    this.#statistics.findings.push(finding);
    this.#observer.finding(finding);
  }
}
