/** Small random choices cut from few draws of fast-check's generator. */
import type { Random } from 'fast-check';

/** Whole numbers below this stay small integers, whose arithmetic is fast. */
const POOL_SIZE = 2 ** 30;

/** One draw serves several choices; the bias is below 1/1024 for choices of fewer than 1024 sides. */
export class Dice {
  readonly #random: Random;
  #pool = 0;
  #left = 0;

  constructor(random: Random) {
    this.#random = random;
  }

  /** A whole number from 0 to `sides` - 1. */
  below(sides: number): number {
    if (this.#left < sides * 1024) {
      this.#pool = this.#random.nextInt() >>> 2;
      this.#left = POOL_SIZE;
    }
    const rest = Math.floor(this.#pool / sides);
    const drawn = this.#pool - rest * sides;
    this.#pool = rest;
    this.#left = Math.floor(this.#left / sides);
    return drawn;
  }

  /** True once in `sides` throws. */
  oneIn(sides: number): boolean {
    return this.below(sides) === 0;
  }

  between(least: number, most: number): number {
    return least + this.below(most - least + 1);
  }

  /** One of `choices`, which must not be empty. */
  pick<Choice>(choices: readonly [Choice, ...Choice[]]): Choice {
    return choices[this.below(choices.length)] ?? choices[0];
  }
}
