/** How long an answer is waited for: as long as the user says, or, once a finding is at hand, by the answers seen before. */

/**
 * `full`: what the user says. `confirming` and `shrinking`: several times the slowest answer seen; a candidate that is
 * given up too early costs little, a finding that is told wrongly costs more.
 */
export type Patience = 'full' | 'confirming' | 'shrinking';

/** So many times the slowest answer, and no less than so many milliseconds. */
const LIMITS = { confirming: { times: 100, leastMs: 1500 }, shrinking: { times: 25, leastMs: 300 } };

/** One request after the other: an answer is timed from when nothing before it was waited for. */
export class AnswerLimit {
  patience: Patience = 'full';
  readonly #fullMs: number;
  #slowestMs = 0;
  #since = 0;

  constructor(fullMs: number) {
    this.#fullMs = fullMs;
  }

  /** For an answer that may take `factor` times as long as another. */
  ms(factor = 1): number {
    const full = this.#fullMs * factor;
    if (this.patience === 'full') return full;
    const { times, leastMs } = LIMITS[this.patience];
    return Math.min(full, Math.max(times * this.#slowestMs, leastMs) * factor);
  }

  begin(): void {
    this.#since = performance.now();
  }

  /** Milliseconds since the answer is waited for. */
  get waitedMs(): number {
    return performance.now() - this.#since;
  }

  answered(): void {
    this.#slowestMs = Math.max(this.#slowestMs, this.waitedMs);
  }
}
