/** A dice by itself, where what is drawn is no value of an arbitrary. */
import fc, { Arbitrary, Stream, Value } from 'fast-check';
import type { Random } from 'fast-check';
import { Dice } from './dice.ts';

class DiceArbitrary extends Arbitrary<Dice> {
  override generate(random: Random): Value<Dice> {
    return new Value(new Dice(random), undefined);
  }

  override canShrinkWithoutContext(value: unknown): value is Dice {
    return value instanceof Dice;
  }

  override shrink(): Stream<Value<Dice>> {
    return Stream.nil();
  }
}

export function seededDice(seed: number): Dice {
  const [dice] = fc.sample(new DiceArbitrary(), { seed, numRuns: 1 });
  if (dice === undefined) throw new Error('fast-check has drawn nothing');
  return dice;
}
