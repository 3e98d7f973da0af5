/**
 * The random search of a campaign: batches are played here and by whoever joins, and taken in their order. What is
 * counted, found and shrunk is so the same however many play: a campaign ends behind a batch, and what was played of later
 * ones is left out.
 */
import { Interrupted } from '../../impl/held/interrupted.ts';
import { stopwatch } from '../jobs/stopwatch.ts';
import type { BatchPlayer } from './batch.ts';
import type { Crew } from './crew.ts';
import { ShareOut } from './share-out.ts';
import type { Taker } from './share-out.ts';

/** A campaign as the search sees it. */
export interface SearchedCampaign<Given, Played> {
  readonly batches: Iterator<Given, void>;
  /** The one in this process. */
  readonly player: BatchPlayer<Given, Played>;
  /** Seconds since it began. */
  clock(): number;
  /** Called often; must be cheap. */
  progress(): void;
  /** True once the user has asked to end. */
  interrupted(): boolean;
  hasAllFindings(): boolean;
  count(played: Played): void;
  /** Called after `count`. Rejects with what keeps the campaign from going on. */
  takeFailures(played: Played): Promise<void>;
}

export type SearchEnd = 'cases' | 'time' | 'findings' | 'interrupted';

/** A campaign that is over by then is not worth the start of another process. */
const GATHER_MS = 500;
/** How often it is looked whether the user has asked to end while others play. */
const WATCH_MS = 50;

export class BatchSearch<
  Asked extends { readonly secondsMax: number },
  Given,
  Played extends { readonly error: Error | null },
> implements Taker<Given, Played> {
  readonly #campaign: SearchedCampaign<Given, Played>;
  readonly #asked: Asked;
  readonly #crew: Crew<Asked, Given, Played> | null;
  readonly #share = new ShareOut<Given, Played>(this);
  #nextBatch: Given | null;
  /** Null while it goes on. */
  #ended: SearchEnd | null = null;
  /** What ended it, where that is to be thrown. */
  #error: unknown = null;
  /** How long each of the crew is there. */
  readonly #joined: (() => number)[] = [];
  /** Of the crew, together, when all is over. */
  crewSeconds = 0;

  constructor(
    campaign: SearchedCampaign<Given, Played>,
    asked: Asked,
    crew: Crew<Asked, Given, Played> | null,
  ) {
    this.#campaign = campaign;
    this.#asked = asked;
    this.#crew = crew;
    this.#nextBatch = campaign.batches.next().value ?? null;
  }

  /** Rejects with what kept it from going on. */
  async run(): Promise<SearchEnd> {
    const forget = this.#crew === null ? (): void => {} : this.#gather(this.#crew);
    try {
      this.#share.add(this.#campaign.player, true);
      await this.#share.end();
      if (this.#campaign.interrupted()) await this.#share.takeRest();
    } finally {
      forget();
      for (const seconds of this.#joined) this.crewSeconds += seconds();
      await this.#crew?.dismiss();
    }
    if (this.#error !== null) throw this.#error;
    if (this.#campaign.interrupted()) return 'interrupted';
    return this.#campaign.hasAllFindings() ? 'findings' : (this.#ended ?? 'cases');
  }

  /** Whether everything before it is taken. */
  isNext(batch: Given): boolean {
    return this.#share.isNext(batch);
  }

  next(): Given | null {
    const seconds = this.#campaign.clock();
    this.#campaign.progress();
    if (this.#ended !== null) return null;
    this.#ended = this.#endNow(seconds);
    if (this.#ended !== null) return null;
    const batch = this.#nextBatch;
    this.#nextBatch = this.#campaign.batches.next().value ?? null;
    return batch;
  }

  #endNow(seconds: number): SearchEnd | null {
    if (this.#campaign.interrupted()) return 'interrupted';
    if (this.#campaign.hasAllFindings()) return 'findings';
    if (this.#nextBatch === null) return 'cases';
    return seconds >= this.#asked.secondsMax ? 'time' : null;
  }

  async take(played: Played): Promise<void> {
    // Behind the end nothing counts, but where the user has ended it: then all that is known does.
    const isOver = !(this.#error === null || this.#error instanceof Interrupted);
    if (isOver || this.#campaign.hasAllFindings()) return;
    this.#campaign.count(played);
    try {
      await this.#campaign.takeFailures(played);
    } catch (error) {
      this.#error ??= error;
    }
    this.#error ??= played.error;
    if (this.#error === null && !this.#campaign.hasAllFindings()) return;
    this.#ended ??= 'findings';
    // Resolves when they are gone, which `run` waits for.
    if (!this.#campaign.interrupted()) void this.#crew?.dismiss();
  }

  /** Others join when it has lasted a while. The returned function forgets about it. */
  #gather(crew: Crew<Asked, Given, Played>): () => void {
    const gathering = setTimeout(() => {
      if (this.#ended !== null || this.#nextBatch === null) return;
      crew.gather(this.#asked, this.#asked.secondsMax - this.#campaign.clock(), (player) => {
        this.#joined.push(stopwatch());
        this.#share.add(player, false);
      });
    }, crew.gatherMs ?? GATHER_MS);
    const watching = setInterval(() => {
      if (this.#campaign.interrupted()) crew.stop();
    }, WATCH_MS);
    return () => {
      clearTimeout(gathering);
      clearInterval(watching);
    };
  }
}
