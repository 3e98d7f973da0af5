/** Small random choices cut from few draws of fast-check's generator. */
import type { Random } from 'fast-check';

/** Whole numbers below this stay small integers, whose arithmetic is fast. */
const POOL_SIZE = 2 ** 30;
/** Numbers that lie between what a dice draws next and what a dice aside of it draws. */
const ASIDE_AHEAD = 61;

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
    // Whole numbers below 2^31: the engine divides them as such.
    const rest = (this.#pool / sides) | 0;
    const drawn = this.#pool - rest * sides;
    this.#pool = rest;
    this.#left = (this.#left / sides) | 0;
    return drawn;
  }

  /**
   * A dice for choices that came later than others: whatever it draws, this one draws what it would have drawn, so that
   * what a seed leads to stays the same where the new choice changes nothing.
   */
  aside(): Dice {
    const random = this.#random.clone();
    // The next numbers are for this dice; choices made of the same ones would go together.
    for (let ahead = 0; ahead < ASIDE_AHEAD; ahead++) random.nextInt();
    return new Dice(random);
  }

  /**
   * One such choice, cheaply. The bits of the next number, which other choices are made of, are mixed so that they do not
   * go together (the finaliser of MurmurHash3).
   */
  belowAside(sides: number): number {
    let mixed = this.#random.clone().nextInt();
    mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85_eb_ca_6b);
    mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2_b2_ae_35);
    return ((mixed ^ (mixed >>> 16)) >>> 0) % sides;
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
