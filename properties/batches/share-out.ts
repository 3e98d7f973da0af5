/** Shares batches out to players, and takes what came of them in the order of the batches, however many players there are. */
import type { BatchPlayer } from './batch.ts';

export interface Taker<Given, Played> {
  /** The next batch; null where none is left, or none is wanted any more. */
  next(): Given | null;
  /** Called in the order of the batches, one after the other. Never rejects. */
  take(played: Played): Promise<void>;
}

/** Players are no further ahead of what is taken: what they have played is kept until then, and may never be wanted. */
const AHEAD_MAX = 256;

export class ShareOut<Given, Played> {
  readonly #taker: Taker<Given, Played>;
  readonly #busy: Promise<void>[] = [];
  /** Those that were handed out and are not taken, in order. */
  readonly #out: Given[] = [];
  readonly #arrived = new Map<Given, Played>();
  #isGivenUp = false;
  #isTaking = false;
  #taking: Promise<void> = Promise.resolve();
  readonly #waiting: (() => void)[] = [];

  constructor(taker: Taker<Given, Played>) {
    this.#taker = taker;
  }

  /** `waits`: it gets no other batch before the one that it has played is taken, where that is the next to be. */
  add(player: BatchPlayer<Given, Played>, waits: boolean): void {
    for (let place = 0; place < player.batchesMax; place++) this.#busy.push(this.#keepBusy(player, waits));
  }

  /** Whether everything before it is taken. */
  isNext(batch: Given): boolean {
    return this.#out[0] === batch;
  }

  /** Resolves when nobody plays any more and all is taken that came without a gap. */
  async end(): Promise<void> {
    for (let seen = -1; seen < this.#busy.length;) {
      seen = this.#busy.length;
      await Promise.all(this.#busy);
    }
    await this.#taking;
  }

  /** What has come behind a gap, in order. */
  async takeRest(): Promise<void> {
    for (const batch of this.#out.splice(0)) {
      const played = this.#arrived.get(batch);
      if (played !== undefined) await this.#taker.take(played);
    }
  }

  async #keepBusy(player: BatchPlayer<Given, Played>, waits: boolean): Promise<void> {
    for (;;) {
      while (this.#out.length >= AHEAD_MAX && !this.#isGivenUp)
        await new Promise<void>((resolve) => this.#waiting.push(resolve));
      const batch = this.#taker.next();
      if (batch === null) return;
      this.#out.push(batch);
      const played = await player.play(batch);
      if (played === null) {
        this.#isGivenUp = true;
        this.#wake();
        return;
      }
      this.#arrived.set(batch, played);
      if (!this.#isTaking) this.#taking = this.#takeAll();
      if (waits) await this.#taking;
    }
  }

  async #takeAll(): Promise<void> {
    this.#isTaking = true;
    for (;;) {
      const [batch] = this.#out;
      const played = batch === undefined ? undefined : this.#arrived.get(batch);
      if (batch === undefined || played === undefined) {
        // At once: what arrives next must find that nobody takes.
        this.#isTaking = false;
        return;
      }
      this.#arrived.delete(batch);
      this.#out.shift();
      await this.#taker.take(played);
      this.#wake();
    }
  }

  #wake(): void {
    for (const goOn of this.#waiting.splice(0)) goOn();
  }
}
