/** Small random choices cut from few draws of fast-check's generator. */
import type { Random } from 'fast-check';

const POOL_SIZE = 2 ** 32;

/** One 32-bit draw serves several choices; its bias is below 1/4096 for choices of fewer than 4096 sides. */
export class Dice {
  readonly #random: Random;
  #pool = 0;
  #left = 0;

  constructor(random: Random) {
    this.#random = random;
  }

  /** A whole number from 0 to `sides` - 1. */
  below(sides: number): number {
    if (this.#left < sides * 4096) {
      this.#pool = this.#random.nextInt() >>> 0;
      this.#left = POOL_SIZE;
    }
    const drawn = this.#pool % sides;
    this.#pool = (this.#pool - drawn) / sides;
    this.#left = this.#left / sides;
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
