/** The order that is found explains the history: `step`, given its effects one after the other, answers the same. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { predicted } from '../../../model/choices.ts';
import { asQemu } from '../../../model/deviations.ts';
import { initialState } from '../../../model/node.ts';
import { step } from '../../../model/step.ts';
import type { Outcome, Setup } from '../../../model/vocabulary.ts';
import { anyOverlap } from '../history.ts';
import type { History, HistoryEvent } from '../history.ts';
import { HistoryArbitrary } from '../testing/history-arbitrary.ts';
import {
  alone,
  answer,
  data,
  read,
  running,
  secondary,
  submit,
  twoSectors,
  write,
} from '../testing/small-histories.ts';
import { findOrder } from './found-order.ts';
import type { TakenEffect } from './found-order.ts';

const SEED = 1_924;
const HISTORIES = 120;

function effectsOf(setup: Setup, history: History): readonly TakenEffect[] {
  const found = findOrder(setup, history, anyOverlap, asQemu);
  if (found.kind === 'none') throw new Error(found.why);
  expect(found.isBySector).toBe(true);
  return found.effects;
}

/** Of each submission what `step` answers, its sectors in their order, where the effects come so. */
function answersBy(setup: Setup, history: History, effects: readonly TakenEffect[]): Map<number, Outcome[]> {
  const answers = new Map<number, Outcome[]>();
  let host = initialState(setup);
  for (const { submitted, sectors } of effects) {
    const event = history[submitted];
    if (event?.kind !== 'submit') throw new Error('what takes effect was not submitted');
    const { operation } = event;
    const piece = sectors !== null && 'count' in operation ? { ...operation, ...sectors } : operation;
    const taken = step(host, piece, predicted, asQemu);
    ({ host } = taken);
    const at = sectors === null || !('count' in operation) ? 0 : sectors.sector - operation.sector;
    const known = answers.get(submitted) ?? [];
    known[at] = taken.outcome;
    answers.set(submitted, known);
  }
  return answers;
}

function joined(outcomes: readonly Outcome[]): Outcome | undefined {
  const tags = outcomes.flatMap((outcome) => (outcome.kind === 'data' ? outcome.tags : []));
  return outcomes[0]?.kind === 'data' ? { kind: 'data', tags } : outcomes[0];
}

function answerTo(history: History, submitted: number): Outcome | null {
  const event = history[submitted];
  const later = history.slice(submitted).find((each) => each.kind === 'answer' && isOf(each, event));
  return later?.kind === 'answer' ? later.outcome : null;
}

function isOf(one: HistoryEvent, other: HistoryEvent | undefined): boolean {
  return one.kind !== 'show' && other?.kind === 'submit' && one.id === other.id;
}

/** A request that failed may be done in part, and which part no answer says. */
function hasFailedRequest(history: History): boolean {
  return history.some((event, at) => {
    if (event.kind !== 'submit' || !('count' in event.operation)) return false;
    const kind = answerTo(history, at)?.kind;
    return kind !== 'ok' && kind !== 'data';
  });
}

/** With units of one sector a piece touches nothing but its sector. */
describe.each<readonly [string, Setup]>([
  ['one sector', { nodes: [secondary(1)] }],
  ['two sectors', { nodes: [secondary(2)] }],
  ['a primary', { nodes: [secondary(2, 1, { mode: 'primary' })] }],
  ['two nodes', { nodes: [secondary(1), secondary(1)] }],
])('on %s', (_, setup) => {
  test(`step answers the same by it (seed ${SEED})`, () => {
    const options = { requests: 10, inFlightMax: 3, callEvery: 4, countMax: 2 };
    const drawn = fc.sample(new HistoryArbitrary([setup], options, false), {
      seed: SEED,
      numRuns: HISTORIES,
    });
    const judged = drawn.filter(({ history }) => !hasFailedRequest(history));
    expect(judged.length).toBeGreaterThan(5);
    for (const { history } of judged) {
      const effects = effectsOf(setup, history);
      const answers = answersBy(setup, history, effects);
      for (const [submitted, outcomes] of answers)
        expect(joined(outcomes), JSON.stringify(history)).toEqual(answerTo(history, submitted));
      const times = effects.map(({ before }) => before);
      expect(times).toEqual(times.toSorted((one, other) => one - other));
    }
  });
});

const pair: History = [
  ...running,
  submit(1, write('guestWrite', 0, 7)),
  submit(2, read('guestRead', 0, 2)),
  answer(2, data(1, 1)),
  answer(1),
];

test('a write that a read does not see takes effect after it', () => {
  const effects = effectsOf(twoSectors, pair).slice(2);
  expect(effects.map(({ submitted, sectors }) => [submitted, sectors?.sector])).toEqual([
    [5, 0],
    [5, 1],
    [4, 0],
  ]);
});

test('what is not answered takes effect where something shows that it has', () => {
  const open = [
    ...running,
    submit(1, write('guestWrite', 0, 7)),
    ...alone(read('guestRead', 0), data(7)),
    submit(3, read('guestRead', 1)),
  ];
  const effects = effectsOf(twoSectors, open).slice(2);
  expect(effects.map(({ submitted }) => submitted)).toEqual([4, 5]);
});

test('sectors have instants of their own; too many at once have one together', () => {
  const wide: Setup = { nodes: [secondary(32)] };
  const events: History = [
    ...running,
    submit(1, write('guestWrite', 0, 7, 32)),
    submit(2, read('guestRead', 0, 2)),
    answer(2, data(1, 7)),
    answer(1),
  ];
  expect(findOrder(wide, events, anyOverlap, asQemu)).toEqual({
    kind: 'none',
    why: 'too many sectors are in flight at once',
  });
  const untorn = events.with(events.length - 2, answer(2, data(1, 1)));
  expect(findOrder(wide, untorn, anyOverlap, asQemu)).toMatchObject({ kind: 'order', isBySector: false });
  const narrow: Setup = { nodes: [secondary(2)] };
  const small = events.map((event) =>
    event.kind === 'submit' && event.id === 1 ? submit(1, write('guestWrite', 0, 7, 2)) : event,
  );
  const effects = effectsOf(narrow, small).slice(2);
  const places = effects.map(({ submitted, sectors }) => `${submitted} at ${sectors?.sector}`);
  expect(places.indexOf('5 at 0')).toBeLessThan(places.indexOf('4 at 0'));
  expect(places.indexOf('4 at 1')).toBeLessThan(places.indexOf('5 at 1'));
});

test('a bound is reported, and so is a history that nothing explains', () => {
  expect(findOrder(twoSectors, pair, anyOverlap, asQemu, 10)).toEqual({
    kind: 'none',
    why: 'the history is too long to look for one order',
  });
  const wrong = [...running, ...alone(read('guestRead', 0), data(9))];
  expect(findOrder(twoSectors, wrong, anyOverlap, asQemu).kind).toBe('none');
});
