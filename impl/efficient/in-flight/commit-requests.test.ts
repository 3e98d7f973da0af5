/** The failover commit beside requests in flight: what it reads, what it looks at again, and what waits for its end. */
import { expect, test } from 'vitest';
import { Flight } from '../testing/flight.ts';
import { data, INITIAL, TINY } from '../testing/scenario.ts';

/** A failover of units 0 and 1, one commit request at a time: unit 0 has been read. */
function failover(): Flight {
  const flight = new Flight(TINY, { commitRequestsMax: 1 });
  flight.do({ op: 'guestWrite', sector: 0, count: 4, tag: 3 });
  flight.do({ op: 'stop', failover: true });
  return flight;
}

function advanceCommit(flight: Flight): number[] {
  return flight.await(flight.submit({ op: 'commitAdvance' }));
}

test('a guest write to a unit in flight does not wait, and the unit is written again', () => {
  const flight = failover();
  const write = flight.guestWrite(0, 1, 4);
  expect(flight.await(write)).toEqual([write]);
  advanceCommit(flight);
  expect(flight.observe().secondary.slice(0, 2)).toEqual([3, 3]);
  flight.do({ op: 'commitSettle' });
  expect(flight.observe()).toMatchObject({ stage: 'done' });
  expect(flight.observe().secondary.slice(0, 2)).toEqual([4, 3]);
});

test('the step that would end the job waits for a guest write in flight, and then goes on with its unit', () => {
  const flight = failover();
  advanceCommit(flight);
  const write = flight.guestWrite(6, 1, 4);
  const last = flight.submit({ op: 'commitAdvance' });
  expect(flight.advance(last)).toEqual([]);
  const later = flight.guestRead(6, 1);
  expect(flight.advance(later)).toEqual([]);
  expect(flight.await(last)).toEqual([write, last]);
  expect(flight.observe().stage).toBe('failover');
  expect(flight.outcome(later)).toEqual(data(4));
  advanceCommit(flight);
  expect(flight.observe()).toMatchObject({ stage: 'done' });
  expect(flight.observe().secondary.slice(6)).toEqual([4, INITIAL]);
});

test('a step that ends nothing does not wait for a guest write in flight', () => {
  const flight = failover();
  const write = flight.guestWrite(6, 1, 4);
  const step = flight.submit({ op: 'commitAdvance' });
  expect(flight.await(step)).toEqual([step]);
  expect(flight.await(write)).toEqual([write]);
});

test('steps of one commit follow each other', () => {
  const flight = failover();
  const first = flight.submit({ op: 'commitAdvance' });
  const second = flight.submit({ op: 'commitAdvance' });
  expect(flight.advance(second)).toEqual([]);
  expect(flight.advance(second)).toEqual([]);
  expect(flight.await(second)).toEqual([first, second]);
  expect(flight.observe()).toMatchObject({ stage: 'done' });
});

test('settling the commit waits for what was submitted before it', () => {
  const flight = failover();
  const write = flight.guestWrite(6, 1, 4);
  const settle = flight.submit({ op: 'commitSettle' });
  expect(flight.await(settle)).toEqual([write, settle]);
  expect(flight.observe().secondary).toEqual([3, 3, 3, 3, INITIAL, INITIAL, 4, INITIAL]);
});

test('what fills a cluster is read again where the primary has written below it meanwhile', () => {
  const flight = failover();
  const write = flight.guestWrite(6, 1, 4);
  flight.advance(write);
  flight.await(flight.primaryWrite(7, 1, 5));
  flight.await(write);
  expect(flight.observe().active.slice(6)).toEqual([4, 5]);
});
