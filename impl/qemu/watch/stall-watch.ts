/**
 * Reports when nothing has moved for a while although something is awaited. It only ever reports a hang, so its clock
 * decides nothing in a case that ends well.
 */
export class StallWatch {
  readonly #limitMs: number;
  readonly #onStall: () => void;
  #awaited = 0;
  #moves = 0;
  #timer: NodeJS.Timeout | null = null;

  constructor(limitMs: number, onStall: () => void) {
    this.#limitMs = limitMs;
    this.#onStall = onStall;
  }

  /** One more answer is awaited. */
  begin(): void {
    this.#awaited++;
    this.#moves++;
    if (this.#timer === null) this.#start();
    else if (this.#awaited === 1) this.#timer.ref().refresh();
  }

  /** Something arrived. */
  moved(): void {
    this.#moves++;
    if (this.#awaited > 0) this.#timer?.refresh();
  }

  /** One answer fewer is awaited. */
  end(): void {
    this.#awaited--;
    if (this.#awaited === 0) this.#timer?.unref();
    else this.moved();
  }

  stop(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.#awaited = 0;
  }

  // A busy event loop can run the timer before it has read what already lies in the socket: look once more after a poll.
  #expired(): void {
    const moves = this.#moves;
    this.#timer = null;
    if (this.#awaited === 0) return;
    setImmediate(() => {
      if (this.#awaited === 0) return;
      if (this.#moves === moves) this.#onStall();
      else this.#start();
    });
  }

  #start(): void {
    this.#timer = setTimeout(() => this.#expired(), this.#limitMs);
  }
}
