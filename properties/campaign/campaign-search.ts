/** The random search of a campaign without overlap: what of its batches is counted, and what becomes of their failures. */
import type { Batch, BatchFailure, PlayedBatch } from '../batches/batch.ts';
import { BatchSearch } from '../batches/batch-search.ts';
import type { SearchedCampaign, SearchEnd } from '../batches/batch-search.ts';
import { batchCasesOf, SubjectPlayer } from '../batches/subject-player.ts';
import type { CampaignPatience } from '../confirm/campaign-patience.ts';
import { shardSeeds } from '../jobs/campaign-seeds.ts';
import { wholeJob } from '../jobs/shard.ts';
import type { Subject } from '../subjects/subject.ts';
import type { CampaignObserver, CampaignOptions } from './campaign-options.ts';
import { findingAsFound, isRepeated, recordFailure, recordUnshrunk } from './record-failure.ts';
import { secondsSince } from './statistics.ts';
import type { Statistics } from './statistics.ts';

export class CampaignSearch implements SearchedCampaign<Batch, PlayedBatch> {
  readonly batches: Iterator<Batch, void>;
  readonly player: SubjectPlayer;
  readonly #subject: Subject;
  readonly #options: CampaignOptions;
  readonly #observer: CampaignObserver;
  readonly #statistics: Statistics;
  readonly #patience: CampaignPatience;
  readonly #search: BatchSearch<CampaignOptions, Batch, PlayedBatch>;
  /** Signatures that were reported as they came up, or are among the findings. */
  readonly #found = new Set<string>();

  constructor(
    subject: Subject,
    options: CampaignOptions,
    observer: CampaignObserver,
    statistics: Statistics,
    patience: CampaignPatience,
  ) {
    this.#subject = subject;
    this.#options = options;
    this.#observer = observer;
    this.#statistics = statistics;
    this.#patience = patience;
    this.batches = batchesOf(subject, options);
    this.player = new SubjectPlayer(subject, options, {
      ...(observer.begins === undefined ? {} : { begins: (cases, batch) => observer.begins?.(cases, batch) }),
      fails: (failure, batch) => {
        // What a later batch shows may never be wanted.
        if (this.#search.isNext(batch)) this.#reportFound(failure);
      },
    });
    this.#search = new BatchSearch(this, options, options.crew ?? null);
  }

  /** Rejects with what kept it from going on. */
  async run(): Promise<SearchEnd> {
    try {
      return await this.#search.run();
    } finally {
      this.#statistics.crewSeconds += this.#search.crewSeconds;
    }
  }

  clock(): number {
    const statistics = this.#statistics;
    statistics.seconds = secondsSince(statistics.began);
    statistics.curve.add(statistics.seconds, statistics.coverage.operations);
    statistics.memory.look(statistics.seconds);
    return statistics.seconds;
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

  count({ lengths, reached, firstFailure, drawing, judging }: PlayedBatch): void {
    const statistics = this.#statistics;
    if (firstFailure !== null) {
      const operations = statistics.coverage.operations + firstFailure.operations;
      const seconds = secondsSince(statistics.began) - firstFailure.secondsAgo;
      statistics.firstFailure ??= { operations, seconds };
    }
    statistics.cases += lengths.length;
    for (const length of lengths) statistics.lengths[length] = (statistics.lengths[length] ?? 0) + 1;
    statistics.coverage.add(reached);
    statistics.split.drawing += drawing;
    statistics.split.judging += judging;
    this.clock();
  }

  async takeFailures({ failures, error }: PlayedBatch): Promise<void> {
    for (const failure of failures)
      if (!this.hasAllFindings()) await this.#takeFailure(failure, error !== null);
  }

  /** `isLast`: the system cannot be asked any more. */
  async #takeFailure(failure: BatchFailure | null, isLast: boolean): Promise<void> {
    const statistics = this.#statistics;
    if (failure === null || isRepeated(failure, statistics)) {
      statistics.repeated++;
      return;
    }
    this.#reportFound(failure);
    if (isLast) {
      recordUnshrunk(failure, statistics, this.#observer);
      return;
    }
    await this.player.alone(() =>
      recordFailure(this.#subject, failure, statistics, this.#options, this.#observer),
    );
    this.#patience.goOn();
  }

  /** Nothing that comes later can cost it. Reported are those that will be shrunk. */
  #reportFound(failure: BatchFailure): void {
    const finding = findingAsFound(failure);
    // Those of the recorded traces are among the findings alone.
    for (const { signature } of this.#statistics.findings) this.#found.add(signature);
    if (this.#found.size >= this.#options.findingsMax || this.#found.has(finding.signature)) return;
    this.#found.add(finding.signature);
    this.#observer.found?.(finding);
  }
}

function* batchesOf(subject: Subject, { seed, shard, casesMax }: CampaignOptions): Generator<Batch, void> {
  const batchCases = batchCasesOf(subject);
  for (const next of shardSeeds(seed, shard ?? wholeJob)) {
    const firstCase = next.batch * batchCases;
    if (firstCase >= casesMax) return;
    const numRuns = Math.min(batchCases, casesMax - firstCase);
    yield { index: next.batch, seed: next.seed, firstCase, numRuns };
  }
}
