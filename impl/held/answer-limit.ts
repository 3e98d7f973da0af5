/** How long an answer is waited for: as long as the user says, or, once a finding is at hand, by the answers seen before. */
import type { Patience } from '../system.ts';

/** So many times the slowest answer, and no less than so many milliseconds. */
const LIMITS = { confirming: { times: 100, leastMs: 1000 }, shrinking: { times: 25, leastMs: 300 } };

/** One request after the other: an answer is timed from when nothing before it was waited for. */
export class AnswerLimit {
  #patience: Patience = 'full';
  #mostMs = Infinity;
  #hasHung = false;
  readonly #fullMs: number;
  #slowestMs = 0;
  #since = 0;

  constructor(fullMs: number) {
    this.#fullMs = fullMs;
  }

  /** For an answer that may take `factor` times as long as another. */
  ms(factor = 1): number {
    return Math.min(this.#fullMs, this.#most()) * factor;
  }

  endure(patience: Patience, mostMs = Infinity): void {
    this.#patience = patience;
    this.#mostMs = mostMs;
  }

  #most(): number {
    const { times, leastMs } = LIMITS[this.#patience === 'shrinking' ? 'shrinking' : 'confirming'];
    const bySeen = Math.max(times * this.#slowestMs, leastMs);
    return this.#patience === 'full' && !this.#hasHung ? Math.max(this.#mostMs, bySeen) : bySeen;
  }

  begin(): void {
    this.#since = performance.now();
  }

  /** Milliseconds since the answer is waited for. */
  get waitedMs(): number {
    return performance.now() - this.#since;
  }

  /** What has hung once is not waited for as long again. */
  hung(): void {
    this.#hasHung = true;
  }

  answered(): void {
    this.#slowestMs = Math.max(this.#slowestMs, this.waitedMs);
  }
}
