/**
 * What is drawn of a case with overlap: a lane for each request, from left to right all that happened to any of them, and in
 * between the instants of an order that explains it, as far as there is one.
 */
import type { ShownNode } from '../../../impl/shown.ts';
import type { Range } from '../../../model/vocabulary.ts';
import { wayOf } from '../../cases/comparison-mode.ts';
import { describeOperation } from '../../cases/operation-text.ts';
import { describeOutcome } from '../../comparison/comparison.ts';
import { OWN_NUMBERS_FROM } from '../cases/flight-case.ts';
import type { History, HistoryEvent } from '../history.ts';
import { describeMisses } from '../miss-text.ts';
import { findOrder } from './found-order.ts';
import type { FoundOrder, TakenEffect } from './found-order.ts';
import type { Moment } from './flight-journal.ts';
import type { FlightSubject } from '../running/flight-subject.ts';
import type { SeenFlight } from './seen-flight.ts';

export interface Lane {
  readonly name: string;
  /** It takes effect for all sectors at once. */
  readonly isCall: boolean;
  /** Columns; null as long as it is in flight at the end. */
  readonly from: number;
  readonly to: number | null;
  readonly answer: string | null;
}

export interface LaneColumn {
  /** `end`: no order is left. */
  readonly kind: Moment['kind'] | 'effect' | 'end';
  /** Of the case, from 0; the number of steps for what comes behind the last one, null for what no step says. */
  readonly step: number | null;
  readonly lane: number | null;
  /** What of the request takes effect; empty where that goes without saying. */
  readonly sectors: string;
  readonly text: string;
}

export interface FlightLanes {
  readonly lanes: readonly Lane[];
  readonly columns: readonly LaneColumn[];
  /** What is to be known of the order that is shown. */
  readonly order: string;
}

/** What the answers are judged by. */
export type JudgedBy = Pick<FlightSubject, 'comparison' | 'inFlight'>;

export function lanesOf({ comparison, inFlight }: JudgedBy, seen: SeenFlight): FlightLanes {
  const { testCase, verdict, events, moments } = seen;
  // What no order explains is the last event.
  const isUnexplained = verdict.kind === 'wrong' && verdict.divergence.kind === 'unexplained';
  const explained = isUnexplained ? events.slice(0, -1) : events;
  const found: FoundOrder =
    verdict.kind === 'undecided'
      ? { kind: 'none', why: verdict.why }
      : findOrder(testCase.setup, explained, inFlight, wayOf(comparison));
  const drawing = new Drawing(events);
  drawing.draw(moments, found.kind === 'order' ? found.effects : []);
  if (verdict.kind === 'wrong') {
    const { divergence } = verdict;
    const possible = isUnexplained ? describeMisses(divergence.misses) : '';
    const what = isUnexplained ? 'no order is left' : divergence.sentence;
    drawing.end(divergence.index, `${what}${possible === '' ? '' : ` (${possible})`}`);
  }
  return { lanes: drawing.lanes, columns: drawing.columns, order: orderText(found, isUnexplained) };
}

function orderText(found: FoundOrder, isUnexplained: boolean): string {
  const until = isUnexplained ? 'everything before that' : 'everything';
  if (found.kind === 'none') return `no order is shown: ${found.why}`;
  const parts = found.isBySector
    ? 'sector by sector'
    : 'each request as a whole, since too many sectors are in flight at once';
  return `effects are those of one order that explains ${until}, as early as it can be, ${parts}`;
}

class Drawing {
  readonly lanes: Lane[] = [];
  readonly columns: LaneColumn[] = [];
  readonly #events: History;
  /** By the index of the submission. */
  readonly #laneOf = new Map<number, number>();

  constructor(events: History) {
    this.#events = events;
  }

  draw(moments: readonly Moment[], effects: readonly TakenEffect[]): void {
    const left = [...effects];
    // As early as they can be: right behind the event before.
    let next = 0;
    const drawEffects = (): void => {
      while (left[0] !== undefined && left[0].before <= next) {
        const together = takeTogether(left);
        this.#effect(together);
      }
    };
    for (const moment of moments) {
      this.#moment(moment);
      if (moment.event !== null) next = moment.event + 1;
      drawEffects();
    }
    next = Infinity;
    drawEffects();
  }

  end(step: number, text: string): void {
    this.columns.push({ kind: 'end', step, lane: null, sectors: '', text });
  }

  #moment({ kind, submitted, step, event }: Moment): void {
    const given = event === null ? undefined : this.#events[event];
    if (kind === 'submit' && given?.kind === 'submit') this.#open(submitted ?? 0, given);
    const lane = submitted === null ? null : (this.#laneOf.get(submitted) ?? null);
    const text = this.#textOf(kind, lane, given);
    if (kind === 'answer' && lane !== null && given?.kind === 'answer') {
      const known = this.lanes[lane];
      const answer = describeOutcome(given.outcome);
      if (known !== undefined) this.lanes[lane] = { ...known, to: this.columns.length, answer };
    }
    this.columns.push({ kind, step, lane, sectors: '', text });
  }

  #open(submitted: number, { id, operation }: Extract<HistoryEvent, { kind: 'submit' }>): void {
    const what = describeOperation(operation);
    const isOwn = typeof id === 'number' && id >= OWN_NUMBERS_FROM;
    const name = isOwn ? what : `request ${id}: ${what}`;
    this.#laneOf.set(submitted, this.lanes.length);
    const isCall = !('count' in operation);
    this.lanes.push({ name, isCall, from: this.columns.length, to: null, answer: null });
  }

  #effect({ submitted, sectors }: TakenEffect): void {
    const lane = this.#laneOf.get(submitted) ?? null;
    const text = sectors === null ? '' : sectorsText(sectors);
    const name = this.#name(lane);
    const at = text === '' ? '' : ` on ${text}`;
    this.columns.push({
      kind: 'effect',
      step: null,
      lane,
      sectors: text,
      text: `takes effect${at}: ${name}`,
    });
  }

  #textOf(kind: Moment['kind'], lane: number | null, event: HistoryEvent | undefined): string {
    const name = this.#name(lane);
    switch (kind) {
      case 'submit':
        return `submitted: ${name}`;
      case 'advance':
        return `goes on: ${name}`;
      case 'await':
        return `awaited: ${name}`;
      case 'answer':
        return `answered ${event?.kind === 'answer' ? describeOutcome(event.outcome) : ''}: ${name}`;
      case 'show':
        return `shown, with nothing in flight: ${event?.kind === 'show' ? shownText(event.nodes) : ''}`;
    }
  }

  #name(lane: number | null): string {
    return (lane === null ? undefined : this.lanes[lane]?.name) ?? 'a request';
  }
}

/** Neighbouring sectors of one request, one after the other. */
function takeTogether(left: TakenEffect[]): TakenEffect {
  const first = left.shift() ?? { submitted: 0, sectors: null, before: 0 };
  let { sectors } = first;
  for (let [next] = left; sectors !== null; [next] = left) {
    if (next?.submitted !== first.submitted || next.before !== first.before) break;
    if (next.sectors?.sector !== sectors.sector + sectors.count) break;
    sectors = { sector: sectors.sector, count: sectors.count + next.sectors.count };
    left.shift();
  }
  return { ...first, sectors };
}

function sectorsText({ sector, count }: Range): string {
  return count === 1 ? `sector ${sector}` : `sectors ${sector}..${sector + count - 1}`;
}

function shownText(nodes: readonly ShownNode[]): string {
  const texts = nodes.map(({ stage, view, hidden, secondary }) => {
    const parts = [
      ...(stage === undefined ? [] : [stage]),
      ...(view === undefined ? [] : [`view ${describeOutcome(view)}`]),
      ...(hidden === undefined ? [] : [`hidden ${hidden.map((tag) => tag ?? '-').join(' ')}`]),
      ...(secondary === undefined ? [] : [`secondary ${describeOutcome({ kind: 'data', tags: secondary })}`]),
    ];
    return parts.join(', ');
  });
  return texts.map((text, node) => (nodes.length === 1 ? text : `node ${node} ${text}`)).join('; ');
}
