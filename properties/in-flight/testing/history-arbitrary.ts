/** Histories as a fast-check arbitrary, on setups of its own. */
import { Arbitrary, Stream, Value } from 'fast-check';
import type { Random } from 'fast-check';
import type { Setup } from '../../../model/vocabulary.ts';
import { Dice } from '../../cases/dice.ts';
import type { HistoryEvent } from '../history.ts';
import { drawHistory } from './random-history.ts';
import type { HistoryOptions } from './random-history.ts';

export interface DrawnHistory {
  readonly setup: Setup;
  readonly history: readonly HistoryEvent[];
}

/** One answer of a sound history is another: mostly no order explains it then. */
export class HistoryArbitrary extends Arbitrary<DrawnHistory> {
  readonly #setups: readonly Setup[];
  readonly #options: HistoryOptions;
  readonly #isWrong: boolean;

  constructor(setups: readonly Setup[], options: HistoryOptions, isWrong: boolean) {
    super();
    this.#setups = setups;
    this.#options = options;
    this.#isWrong = isWrong;
  }

  override generate(random: Random): Value<DrawnHistory> {
    const dice = new Dice(random);
    const setup = this.#setups[dice.below(this.#setups.length)];
    if (setup === undefined) throw new Error('there is no setup to draw from');
    const history = drawHistory(setup, this.#options, dice);
    return new Value({ setup, history: this.#isWrong ? withWrongAnswer(history, dice) : history }, undefined);
  }

  override canShrinkWithoutContext(value: unknown): value is DrawnHistory {
    return typeof value === 'object' && value !== null && 'history' in value;
  }

  /** Requests are left out one by one. */
  override shrink({ setup, history }: DrawnHistory): Stream<Value<DrawnHistory>> {
    const ids = history.flatMap((event) => (event.kind === 'submit' ? [event.id] : []));
    const shorter = ids.map((id) => ({
      setup,
      history: history.filter((event) => event.kind === 'show' || event.id !== id),
    }));
    return Stream.of(...shorter.map((value) => new Value(value, undefined)));
  }
}

function withWrongAnswer(history: readonly HistoryEvent[], dice: Dice): readonly HistoryEvent[] {
  const reads = history.flatMap((event, index) =>
    event.kind === 'answer' && event.outcome.kind === 'data' && event.outcome.tags.length > 0 ? [index] : [],
  );
  const index = reads[dice.below(Math.max(1, reads.length))];
  const event = index === undefined || dice.oneIn(8) ? null : history[index];
  if (index === undefined || event?.kind !== 'answer' || event.outcome.kind !== 'data')
    return withRefusal(history, dice);
  // Of what is in some sector, so that it is wrong in time or place.
  const known = history.flatMap((each) =>
    each.kind === 'submit' && 'tag' in each.operation ? [each.operation.tag] : [],
  );
  const { tags } = event.outcome;
  const place = dice.below(tags.length);
  const others = [...new Set([0, 1, ...known])].filter((tag) => tag !== tags[place]);
  const tag = others[dice.below(others.length)] ?? 0;
  return history.with(index, { ...event, outcome: { kind: 'data', tags: tags.with(place, tag) } });
}

function withRefusal(history: readonly HistoryEvent[], dice: Dice): readonly HistoryEvent[] {
  const answers = history.flatMap((event, index) => (event.kind === 'answer' ? [index] : []));
  const index = answers[dice.below(Math.max(1, answers.length))];
  const event = index === undefined ? undefined : history[index];
  if (index === undefined || event?.kind !== 'answer') return history;
  const outcome =
    event.outcome.kind === 'errno' ? ({ kind: 'ok' } as const) : ({ kind: 'errno', errno: 'EIO' } as const);
  return history.with(index, { ...event, outcome });
}
