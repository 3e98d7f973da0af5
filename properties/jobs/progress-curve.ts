/** Operations over time: a few points of a campaign of any length. */

export interface ProgressPoint {
  readonly seconds: number;
  readonly operations: number;
}

const POINTS_MAX = 240;
const FIRST_INTERVAL_SECONDS = 0.01;

export class ProgressCurve {
  #points: ProgressPoint[] = [];
  #intervalSeconds = FIRST_INTERVAL_SECONDS;
  #last: ProgressPoint = { seconds: 0, operations: 0 };

  /** Called often; keeps a point now and then, and every second of them once there are too many. */
  add(seconds: number, operations: number): void {
    this.#last = { seconds, operations };
    const kept = this.#points.at(-1);
    if (kept !== undefined && seconds - kept.seconds < this.#intervalSeconds) return;
    this.#points.push(this.#last);
    if (this.#points.length < POINTS_MAX) return;
    this.#intervalSeconds *= 2;
    this.#points = this.#points.filter((_, index) => index % 2 === 0);
  }

  /** The last one is the end. */
  get points(): readonly ProgressPoint[] {
    return this.#points.at(-1) === this.#last ? this.#points : [...this.#points, this.#last];
  }
}
