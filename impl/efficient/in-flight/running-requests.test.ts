/** Requests of a running secondary in flight: what each has done at its stations, and what waits for what. */
import { describe, expect, test } from 'vitest';
import { Flight } from '../testing/flight.ts';
import { data, EIO, INITIAL, OK, TINY } from '../testing/scenario.ts';

describe('primary write', () => {
  test('saves the old content, then writes, then is answered', () => {
    const flight = new Flight(TINY);
    const write = flight.primaryWrite(1, 1, 3);
    expect(flight.observe().hidden.slice(0, 3)).toEqual([null, null, null]);
    expect(flight.advance(write)).toEqual([]);
    expect(flight.observe().hidden.slice(0, 3)).toEqual([INITIAL, INITIAL, null]);
    expect(flight.observe().secondary[1]).toBe(INITIAL);
    expect(flight.advance(write)).toEqual([write]);
    expect(flight.observe().secondary[1]).toBe(3);
    expect(flight.advance(write)).toEqual([]);
  });

  test('waits for the copy in flight of a unit that it touches, and for nothing else of that write', () => {
    const flight = new Flight(TINY);
    const first = flight.primaryWrite(0, 1, 3);
    const second = flight.primaryWrite(1, 1, 4);
    const elsewhere = flight.primaryWrite(4, 1, 5);
    expect(flight.advance(second)).toEqual([]);
    expect(flight.advance(second)).toEqual([]);
    expect(flight.observe().secondary[1]).toBe(INITIAL);
    flight.advance(first);
    flight.advance(second);
    expect(flight.advance(second)).toEqual([second]);
    expect(flight.await(elsewhere)).toEqual([elsewhere]);
    expect(flight.observe().secondary.slice(0, 5)).toEqual([INITIAL, 4, INITIAL, INITIAL, 5]);
    expect(flight.await(first)).toEqual([first]);
    expect(flight.observe().view).toEqual(data(...TINY_VIEW));
  });

  test('copies anew what has failed for the one that it waited for', () => {
    const bad = { disk: 'secondary', access: 'read', sector: 1 } as const;
    const flight = new Flight(TINY, { badSectors: [bad] });
    const first = flight.primaryWrite(0, 1, 3);
    const second = flight.primaryWrite(1, 1, 4);
    expect(flight.awaited(second)).toEqual([
      { request: first, outcome: EIO },
      { request: second, outcome: EIO },
    ]);
    expect(flight.observe().secondary.slice(0, 2)).toEqual([INITIAL, INITIAL]);
  });

  test('to await it answers what it waits for first', () => {
    const flight = new Flight(TINY);
    const first = flight.primaryWrite(0, 3, 3);
    const second = flight.primaryWrite(0, 1, 4);
    expect(flight.await(second)).toEqual([first, second]);
    expect(flight.observe().secondary.slice(0, 4)).toEqual([4, 3, 3, INITIAL]);
  });
});

const TINY_VIEW = Array.from({ length: TINY.lengthSectors }, () => INITIAL);

describe('guest', () => {
  test('a read beside a primary write sees nothing of it at any station', () => {
    for (const steps of [0, 1, 2, 3]) {
      const flight = new Flight(TINY);
      const write = flight.primaryWrite(0, 2, 3);
      const read = flight.guestRead(0, 4);
      for (let step = 0; step < steps; step++) flight.advance(write);
      expect(flight.outcome(read)).toEqual(data(INITIAL, INITIAL, INITIAL, INITIAL));
    }
  });

  test('a long read is one run of a layer after the other', () => {
    const flight = new Flight(TINY);
    flight.do({ op: 'guestWrite', sector: 0, count: 2, tag: 3 });
    const read = flight.guestRead(0, 4);
    flight.advance(read);
    flight.do({ op: 'guestWrite', sector: 0, count: 4, tag: 4 });
    expect(flight.outcome(read)).toEqual(data(3, 3, 4, 4));
  });

  test('two writes allocate one cluster one after the other, and neither is lost', () => {
    const flight = new Flight(TINY);
    const first = flight.guestWrite(0, 1, 3);
    const second = flight.guestWrite(1, 1, 4);
    flight.advance(second);
    flight.advance(second);
    flight.advance(second);
    expect(flight.observe().active.slice(0, 2)).toEqual([null, null]);
    flight.advance(first);
    expect(flight.advance(first)).toEqual([first]);
    expect(flight.observe().active.slice(0, 2)).toEqual([3, INITIAL]);
    expect(flight.await(second)).toEqual([second]);
    expect(flight.observe().active.slice(0, 2)).toEqual([3, 4]);
  });

  test('writes to clusters of their own do not wait', () => {
    const flight = new Flight(TINY);
    const first = flight.guestWrite(0, 1, 3);
    const second = flight.guestWrite(2, 1, 4);
    expect(flight.await(second)).toEqual([second]);
    expect(flight.await(first)).toEqual([first]);
    expect(flight.observe().active.slice(0, 4)).toEqual([3, INITIAL, 4, INITIAL]);
  });

  test('a refused request is answered when it is submitted', () => {
    const { system } = new Flight(TINY);
    expect(system.inFlight?.submit(1, { op: 'guestRead', sector: 8, count: 1 })).toEqual([
      { request: 1, outcome: { kind: 'errno', errno: 'EINVAL' } },
    ]);
  });
});

describe('control calls', () => {
  test('a checkpoint waits for what was submitted before it, and what was submitted after it for the checkpoint', () => {
    const flight = new Flight(TINY);
    const before = flight.primaryWrite(0, 2, 3);
    const checkpoint = flight.submit({ op: 'checkpoint' });
    const after = flight.guestRead(0, 1);
    expect(flight.advance(after)).toEqual([]);
    expect(flight.advance(checkpoint)).toEqual([]);
    expect(flight.awaited(after)).toEqual([
      { request: before, outcome: OK },
      { request: checkpoint, outcome: OK },
      { request: after, outcome: data(3) },
    ]);
  });

  test('a stop lets the primary write in flight finish under the job', () => {
    const flight = new Flight(TINY);
    const write = flight.primaryWrite(0, 1, 3);
    const stop = flight.submit({ op: 'stop', failover: true });
    expect(flight.await(stop)).toEqual([write, stop]);
    const { stage, hidden } = flight.observe();
    expect([stage, ...hidden.slice(0, 3)]).toEqual(['failover', INITIAL, INITIAL, null]);
  });

  test('one that drains nothing goes beside requests', () => {
    const flight = new Flight(TINY);
    const write = flight.primaryWrite(0, 1, 3);
    const query = flight.submit({ op: 'queryStatus' });
    expect(flight.awaited(query)).toEqual([{ request: query, outcome: { kind: 'status', error: null } }]);
    expect(flight.await(write)).toEqual([write]);
  });
});

test('a number in flight cannot be used again, and a fault cannot be submitted', () => {
  const { system } = new Flight(TINY);
  system.inFlight?.submit(1, { op: 'guestRead', sector: 0, count: 1 });
  expect(() => system.inFlight?.submit(1, { op: 'guestFlush' })).toThrow('in flight already');
  expect(() => system.inFlight?.submit(2, { op: 'cutLink' })).toThrow('cannot be submitted');
});
