/**
 * What is the least that would have to be otherwise for a wrong history to be right: that one request had come before or
 * after another one, or had never been done. Found by trying, on the part of the history that matters to the sectors that
 * differ.
 */
import type { Follow } from '../../model/deviations.ts';
import { operationTable } from '../../model/operations.ts';
import type { Operation } from '../../model/operations.ts';
import type { Setup } from '../../model/vocabulary.ts';
import { describeOperation } from '../cases/operation-text.ts';
import type { History, HistoryEvent, JudgedRules, RequestId } from './history.ts';
import { InFlightJudge } from './in-flight-judge.ts';
import type { Miss } from './request-answers.ts';
import { shapeOf } from './sectors/request-shape.ts';
import { BoundMet } from './sectors/candidate-set.ts';

/** Longer parts are not tried, and only the requests submitted last are moved, past so many others. */
const EVENTS_MAX = 20_000;
const MOVED_MAX = 24;
const PASSED_MAX = 12;

interface Trial {
  readonly events: History;
  readonly text: string;
  /** Requests passed; what was never done is the last to be thought of. */
  readonly distance: number;
}

/** `history` ends with the event that no order explains. Null where nothing so simple explains it. */
export function nearestExplanation(
  setup: Setup,
  history: History,
  misses: readonly Miss[],
  rules: JudgedRules,
  follow: Follow,
): string | null {
  const events = partAt(setup, history, misses);
  const isRight = (trial: History): boolean => isExplained(setup, trial, rules, follow);
  if (events.length > EVENTS_MAX || isRight(events)) return null;
  const ids = movedOnes(events);
  const trials = [earlier, later, never].flatMap((moved) => ids.flatMap((id) => [...moved(events, id)]));
  const byDistance = trials.toSorted((one, other) => one.distance - other.distance);
  return byDistance.find((trial) => isRight(trial.events))?.text ?? null;
}

function isExplained(setup: Setup, events: History, rules: JudgedRules, follow: Follow): boolean {
  const judge = new InFlightJudge(setup, rules, follow);
  try {
    return events.every((event) => judge.take(event) === null);
  } catch (error) {
    if (error instanceof BoundMet) return false;
    throw error;
  }
}

/** All calls, and of requests what is asked of these sectors, each by itself. */
function partAt(setup: Setup, history: History, misses: readonly Miss[]): HistoryEvent[] {
  const places = misses.flatMap((miss) => (miss.kind === 'sector' ? [miss] : []));
  if (places.length === 0) return [...history];
  const parts = new Map<RequestId, readonly { readonly id: RequestId; readonly at: number }[]>();
  return history.flatMap((event): HistoryEvent[] => {
    if (event.kind === 'show') return [];
    if (event.kind === 'answer') {
      const { outcome } = event;
      return (parts.get(event.id) ?? []).map(({ id, at }) => {
        const tag = outcome.kind === 'data' && outcome.tags.length > 0 ? outcome.tags[at] : undefined;
        return { kind: 'answer', id, outcome: tag === undefined ? outcome : { kind: 'data', tags: [tag] } };
      });
    }
    const { operation } = event;
    const { data, node } = shapeOf(operation, setup);
    if (data === null || !('count' in operation) || data.count === 0) {
      parts.set(event.id, [{ id: event.id, at: 0 }]);
      return [event];
    }
    const end = data.touched.sector + data.touched.count;
    const reached = places.filter(
      (miss) => miss.node === node && miss.sector >= data.touched.sector && miss.sector < end,
    );
    const sectors = new Set(
      reached.map(({ sector }) => Math.min(Math.max(sector, data.sector), data.sector + data.count - 1)),
    );
    const split = [...sectors].map((sector) => ({
      id: `${event.id} at ${sector}`,
      at: sector - data.sector,
    }));
    parts.set(event.id, split);
    return split.map(({ id, at }) => ({
      kind: 'submit',
      id,
      operation: { ...operation, sector: data.sector + at, count: 1 },
    }));
  });
}

/** The last ones, calls first. */
function movedOnes(events: History): RequestId[] {
  const ids = events.flatMap((event) =>
    event.kind === 'submit' && !isPart(events, event.id) ? [event.id] : [],
  );
  const isCall = (id: RequestId): boolean =>
    operationTable[operationOf(events, id)?.op ?? 'open'].scope === 'host';
  const last = [...new Set(ids)].slice(-MOVED_MAX);
  return [...last.filter(isCall), ...last.filter((id) => !isCall(id))];
}

/** Part of the request that is not explained, beside others: it cannot be moved by itself. */
function isPart(events: History, id: RequestId): boolean {
  const last = events.at(-1);
  if (last === undefined || last.kind === 'show') return false;
  const [whole, ...at] = String(id).split(' at ');
  const parts = events.filter(
    (event) => event.kind === 'submit' && String(event.id).startsWith(`${whole} at `),
  );
  return at.length > 0 && parts.length > 1 && String(last.id).startsWith(`${whole} at `);
}

/** The last event of this kind: a number may be used again. */
function placeOf(events: History, kind: 'submit' | 'answer', id: RequestId): number {
  return events.findLastIndex((event) => event.kind === kind && event.id === id);
}

function operationOf(events: History, id: RequestId): Operation | null {
  const event = events[placeOf(events, 'submit', id)];
  return event?.kind === 'submit' ? event.operation : null;
}

function named(events: History, id: RequestId): string {
  const operation = operationOf(events, id);
  return operation === null
    ? `request ${id}`
    : `${describeOperation(operation)} (request ${String(id).split(' at ')[0]})`;
}

function* earlier(events: History, id: RequestId): Iterable<Trial> {
  const place = placeOf(events, 'submit', id);
  const event = events[place];
  if (event === undefined) return;
  const without = events.toSpliced(place, 1);
  let distance = 0;
  for (let to = place - 1; to >= 0 && distance < PASSED_MAX; to--) {
    const passed = events[to];
    if (passed?.kind !== 'answer') continue;
    distance++;
    const text = `as if ${named(events, id)} had come before ${named(events, passed.id)}`;
    yield { events: without.toSpliced(to, 0, event), text, distance };
  }
}

function* later(events: History, id: RequestId): Iterable<Trial> {
  const place = placeOf(events, 'answer', id);
  const event = events[place];
  if (event === undefined || place < placeOf(events, 'submit', id)) return;
  const without = events.toSpliced(place, 1);
  let distance = 0;
  for (let to = place + 1; to < events.length && distance < PASSED_MAX; to++) {
    const passed = events[to];
    if (passed?.kind !== 'submit' || isPart(events, passed.id)) continue;
    distance++;
    // Only where the one that was passed has been answered as well does it tell anything.
    const until = placeOf(events, 'answer', passed.id);
    const text = `as if ${named(events, id)} had come after ${named(events, passed.id)}`;
    yield { events: without.toSpliced(Math.max(to, until), 0, event), text, distance };
  }
}

function* never(events: History, id: RequestId): Iterable<Trial> {
  const last = events.at(-1);
  if (last === undefined || last.kind === 'show' || last.id === id) return;
  const from = placeOf(events, 'submit', id);
  const others = events.filter((event, place) => place < from || event.kind === 'show' || event.id !== id);
  yield { events: others, text: `as if ${named(events, id)} had never been done`, distance: PASSED_MAX + 1 };
}
