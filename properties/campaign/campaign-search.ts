/**
 * The random search of a campaign: batches are played here and by whoever joins, and taken in their order. What is
 * counted, found and shrunk is so the same however many play: a campaign ends behind a batch, and what was played of later
 * ones is left out.
 */
import { Interrupted } from '../../impl/held/interrupted.ts';
import type { Batch, BatchFailure, PlayedBatch } from '../batches/batch.ts';
import { ShareOut } from '../batches/share-out.ts';
import type { Taker } from '../batches/share-out.ts';
import { batchCasesOf, SubjectPlayer } from '../batches/subject-player.ts';
import type { CampaignPatience } from '../confirm/campaign-patience.ts';
import { stopwatch } from '../jobs/stopwatch.ts';
import { shardSeeds } from '../jobs/campaign-seeds.ts';
import { wholeJob } from '../jobs/shard.ts';
import type { Subject } from '../subjects/subject.ts';
import type { CampaignObserver, CampaignOptions, Crew } from './campaign-options.ts';
import { findingAsFound, isRepeated, recordFailure, recordUnshrunk } from './record-failure.ts';
import { secondsSince } from './statistics.ts';
import type { Statistics } from './statistics.ts';

/** A campaign that is over by then is not worth the start of another process. */
const GATHER_MS = 500;
/** How often it is looked whether the user has asked to end while others play. */
const WATCH_MS = 50;

export class CampaignSearch implements Taker {
  readonly #subject: Subject;
  readonly #options: CampaignOptions;
  readonly #observer: CampaignObserver;
  readonly #statistics: Statistics;
  readonly #patience: CampaignPatience;
  readonly #player: SubjectPlayer;
  readonly #share = new ShareOut(this);
  readonly #batches: Iterator<Batch, void>;
  #nextBatch: Batch | null;
  /** Signatures that were reported as they came up, or are among the findings. */
  readonly #found = new Set<string>();
  /** Null while it goes on. */
  #ended: Statistics['ended'] | null = null;
  /** What ended it, where that is to be thrown. */
  #error: unknown = null;
  /** How long each of the crew is there. */
  readonly #joined: (() => number)[] = [];

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
    this.#batches = batchesOf(subject, options);
    this.#nextBatch = this.#batches.next().value ?? null;
    this.#player = new SubjectPlayer(subject, options, {
      ...(observer.begins === undefined ? {} : { begins: (cases, batch) => observer.begins?.(cases, batch) }),
      fails: (failure, batch) => {
        // What a later batch shows may never be wanted.
        if (this.#share.isNext(batch)) this.#reportFound(failure);
      },
    });
  }

  /** Rejects with what kept it from going on. */
  async run(): Promise<Statistics['ended']> {
    const { crew = null } = this.#options;
    const forget = crew === null ? (): void => {} : this.#gather(crew);
    try {
      this.#share.add(this.#player, true);
      await this.#share.end();
      if (this.#observer.interrupted()) await this.#share.takeRest();
    } finally {
      forget();
      for (const seconds of this.#joined) this.#statistics.crewSeconds += seconds();
      await crew?.dismiss();
    }
    if (this.#error !== null) throw this.#error;
    if (this.#observer.interrupted()) return 'interrupted';
    return this.#hasAllFindings ? 'findings' : (this.#ended ?? 'cases');
  }

  clock(): void {
    const statistics = this.#statistics;
    statistics.seconds = secondsSince(statistics.began);
    statistics.curve.add(statistics.seconds, statistics.coverage.operations);
    statistics.memory.look(statistics.seconds);
  }

  next(): Batch | null {
    this.clock();
    this.#observer.progress(this.#statistics);
    if (this.#ended !== null) return null;
    this.#ended = this.#endNow();
    if (this.#ended !== null) return null;
    const batch = this.#nextBatch;
    this.#nextBatch = this.#batches.next().value ?? null;
    return batch;
  }

  #endNow(): Statistics['ended'] | null {
    const { seconds } = this.#statistics;
    if (this.#observer.interrupted()) return 'interrupted';
    if (this.#hasAllFindings) return 'findings';
    if (this.#nextBatch === null) return 'cases';
    return seconds >= this.#options.secondsMax ? 'time' : null;
  }

  get #hasAllFindings(): boolean {
    return this.#statistics.findings.length >= this.#options.findingsMax;
  }

  async take(played: PlayedBatch): Promise<void> {
    // Behind the end nothing counts, but where the user has ended it: then all that is known does.
    if (this.#hasAllFindings || !(this.#error === null || this.#error instanceof Interrupted)) return;
    this.#count(played);
    try {
      for (const failure of played.failures)
        if (!this.#hasAllFindings) await this.#takeFailure(failure, played.error !== null);
    } catch (error) {
      this.#error ??= error;
    }
    this.#error ??= played.error;
    if (this.#error === null && !this.#hasAllFindings) return;
    this.#ended ??= 'findings';
    // Resolves when they are gone, which `run` waits for.
    if (!this.#observer.interrupted()) void this.#options.crew?.dismiss();
  }

  #count({ lengths, reached, firstFailure, drawing, judging }: PlayedBatch): void {
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
    await this.#player.alone(() =>
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

  /** Others join when it has lasted a while. The returned function forgets about it. */
  #gather(crew: Crew): () => void {
    const gathering = setTimeout(() => {
      if (this.#ended !== null || this.#nextBatch === null) return;
      const left = this.#options.secondsMax - secondsSince(this.#statistics.began);
      crew.gather(this.#options, left, (player) => {
        this.#joined.push(stopwatch());
        this.#share.add(player, false);
      });
    }, crew.gatherMs ?? GATHER_MS);
    const watching = setInterval(() => {
      if (this.#observer.interrupted()) crew.stop();
    }, WATCH_MS);
    return () => {
      clearTimeout(gathering);
      clearInterval(watching);
    };
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
