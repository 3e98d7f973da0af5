/**
 * Reports when nothing has moved for a while although something is awaited. It only ever reports a hang, so its clock
 * decides nothing in a case that ends well. On a machine where QEMU or this process has to wait for a processor its silence
 * does not count: QEMU may have been about to answer.
 */
import { queuedMs } from '../../held/run-queue.ts';

/** A part of the limit in which so much of the time was spent queued does not count. */
const QUEUED_SHARE_MAX = 0.1;
/** What computes without end on a busy machine is queued for ever: so many times the limit is enough. */
const LIMITS_MAX = 12;

export class StallWatch {
  readonly #limitMs: number;
  readonly #onStall: () => void;
  readonly #queuedMs: () => number;
  #awaited = 0;
  #moves = 0;
  /** Of the present half of the limit; null in the first one. */
  #queuedBefore: number | null = null;
  #halves = 0;
  #timer: NodeJS.Timeout | null = null;

  constructor(limitMs: number, onStall: () => void, queued = queuedMs) {
    this.#limitMs = limitMs;
    this.#onStall = onStall;
    this.#queuedMs = queued;
  }

  /** One more answer is awaited. */
  begin(): void {
    this.#awaited++;
    this.#moves++;
    if (this.#timer === null) this.#start();
    else if (this.#awaited === 1) this.#again(this.#timer.ref());
  }

  /** Something arrived. */
  moved(): void {
    this.#moves++;
    if (this.#awaited > 0 && this.#timer !== null) this.#again(this.#timer);
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

  #again(timer: NodeJS.Timeout): void {
    this.#halves = 0;
    this.#queuedBefore = null;
    timer.refresh();
  }

  // A busy event loop can run the timer before it has read what already lies in the socket: look once more after a poll.
  #expired(): void {
    const moves = this.#moves;
    this.#timer = null;
    if (this.#awaited === 0) return;
    setImmediate(() => {
      if (this.#awaited === 0) return;
      if (this.#moves !== moves) this.#start();
      else if (this.#isStall()) this.#onStall();
      else this.#goOn();
    });
  }

  /** What the system says of the time queued is looked up in silence alone: at half of the limit, and at its end. */
  #isStall(): boolean {
    const before = this.#queuedBefore;
    const now = this.#queuedMs();
    this.#queuedBefore = now;
    this.#halves++;
    if (before === null) return false;
    const isQueued = now - before > (this.#limitMs / 2) * QUEUED_SHARE_MAX;
    return !isQueued || this.#halves >= 2 * LIMITS_MAX;
  }

  #start(): void {
    this.#halves = 0;
    this.#queuedBefore = null;
    this.#goOn();
  }

  #goOn(): void {
    this.#timer = setTimeout(() => this.#expired(), this.#limitMs / 2);
  }
}
