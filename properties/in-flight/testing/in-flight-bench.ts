/** Measures how fast histories of a million requests are judged, as the model draws them; drawing is not counted. */
import type { Setup } from '../../../model/vocabulary.ts';
import type { HistoryEvent } from '../history.ts';
import { anyOverlap } from '../history.ts';
import { InFlightJudge } from '../in-flight-judge.ts';
import { historyEvents } from './random-history.ts';
import { seededDice } from '../../cases/seeded-dice.ts';
import { secondary } from './small-histories.ts';

const SEED = 20_241;
const REQUESTS = 1_000_000;
const EVENTS_AT_ONCE = 20_000;

const shapes = [
  { name: '64 sectors, one a request, a call in 500', sectors: 64, unit: 1, countMax: 1, callEvery: 500 },
  { name: '64 sectors, up to 4 a request, a call in 500', sectors: 64, unit: 1, countMax: 4, callEvery: 500 },
  {
    name: '1024 sectors in units of 128, up to 4, a call in 500',
    sectors: 1024,
    unit: 128,
    countMax: 4,
    callEvery: 500,
  },
] as const;

export function benchInFlight(print: (text: string) => void, requests = REQUESTS): void {
  print(`Histories of ${requests} requests, up to 8 in flight, judged whether an order exists`);
  for (const { name, sectors, unit, countMax, callEvery } of shapes) {
    const setup: Setup = { nodes: [secondary(sectors, unit)] };
    const judge = new InFlightJudge(setup, anyOverlap);
    const events = historyEvents(setup, { requests, inFlightMax: 8, callEvery, countMax }, seededDice(SEED));
    let cpuSeconds = 0;
    let seconds = 0;
    let most = 0;
    for (const some of inPieces(events)) {
      const cpu = process.cpuUsage();
      const began = performance.now();
      for (const event of some) {
        if (judge.take(event) !== null) throw new Error('a history of the model is not explained');
        most = Math.max(most, judge.hypotheses);
      }
      seconds += (performance.now() - began) / 1000;
      const { user, system } = process.cpuUsage(cpu);
      cpuSeconds += (user + system) / 1e6;
    }
    print(
      `  ${name.padEnd(54)} ${cpuSeconds.toFixed(1)} CPU seconds, ${seconds.toFixed(1)} s; at most ${most} orders of calls`,
    );
  }
}

function* inPieces(events: Iterable<HistoryEvent>): Iterable<HistoryEvent[]> {
  let piece: HistoryEvent[] = [];
  for (const event of events) {
    piece.push(event);
    if (piece.length < EVENTS_AT_ONCE) continue;
    yield piece;
    piece = [];
  }
  yield piece;
}
