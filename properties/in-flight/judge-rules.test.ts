/** What a system says of itself decides what is right of it: commits that read late, and what ends them. */
import { describe, expect, test } from 'vitest';
import { anyOverlap } from './history.ts';
import { InFlightJudge } from './in-flight-judge.ts';
import { judgeHistory } from './judge-history.ts';
import {
  alone,
  answer,
  data,
  ok,
  read,
  running,
  secondary,
  submit,
  twoSectors,
  write,
} from './testing/small-histories.ts';

const failover = { op: 'stop', failover: true } as const;
const settle = { op: 'commitSettle' } as const;

describe('the commit of a failover', () => {
  const dirty = [...running, ...alone(write('guestWrite', 0, 5))];
  const wide = {
    nodes: [secondary(2, 1, { geometry: { ...secondary(2, 2).geometry, activeClusterSectors: 1 } })],
  };

  test('reads after what was in flight at the stop where the system says so, and not after what came later', () => {
    const overlapped = (tag: number) => [
      ...dirty,
      submit('stop', failover),
      submit('p', write('primaryWrite', 1, 7)),
      answer('stop'),
      answer('p'),
      ...alone(settle),
      ...alone(read('guestRead', 0, 2), data(5, tag)),
    ];
    const rules = { ...anyOverlap, readsLate: true as const };
    expect(judgeHistory(wide, overlapped(7))).toMatchObject({ kind: 'wrong', index: 13 });
    expect(judgeHistory(wide, overlapped(7), { rules })).toEqual({ kind: 'right' });
    expect(judgeHistory(wide, overlapped(1), { rules })).toEqual({ kind: 'right' });
    const later = [
      ...dirty,
      ...alone(failover),
      ...alone(write('primaryWrite', 1, 7)),
      ...alone(settle),
      ...alone(read('guestRead', 0, 2), data(5, 7)),
    ];
    expect(judgeHistory(wide, later, { rules })).toMatchObject({ kind: 'wrong', index: 13 });
  });

  test('may have ended with what waits for it where the system says so, and not with anything else', () => {
    const ended = (op: 'guestFlush' | 'queryStatus', tag: number) => [
      ...dirty,
      ...alone(failover),
      ...alone({ op }, op === 'guestFlush' ? ok : { kind: 'status', error: 'I/O error occurred' }),
      ...alone(read('primaryRead', 0), data(tag)),
    ];
    const rules = { ...anyOverlap, settles: ['guestFlush'] as const };
    expect(judgeHistory(twoSectors, ended('guestFlush', 1), { rules })).toEqual({ kind: 'right' });
    expect(judgeHistory(twoSectors, ended('guestFlush', 5), { rules })).toEqual({ kind: 'right' });
    expect(judgeHistory(twoSectors, ended('guestFlush', 5))).toMatchObject({ kind: 'wrong', index: 11 });
    expect(judgeHistory(twoSectors, ended('queryStatus', 5), { rules })).toMatchObject({
      kind: 'wrong',
      index: 11,
    });
  });
});

test('the end of a commit waits for requests of its own node alone', () => {
  const setup = { nodes: [secondary(1), secondary(1)] };
  const rules = { ...anyOverlap, drains: ['commitSettle'] as const };
  const events = (node: number) => [
    ...alone({ op: 'open' }),
    submit('p', write('primaryWrite', 0, 7)),
    ...alone({ op: 'commitSettle', node }),
    ...alone(read('primaryRead', 0), data(1)),
    answer('p'),
  ];
  expect(judgeHistory(setup, events(1), { rules })).toEqual({ kind: 'right' });
  expect(judgeHistory(setup, events(0), { rules })).toMatchObject({ kind: 'wrong', index: 6 });
});

test('a stop that finds nothing running drains nothing', () => {
  const rules = { ...anyOverlap, drains: ['stop'] as const };
  const events = [
    submit('p', write('primaryWrite', 0, 7)),
    ...alone({ op: 'stop', failover: false }),
    ...alone(read('primaryRead', 0), data(1)),
    answer('p'),
  ];
  expect(judgeHistory(twoSectors, events, { rules })).toEqual({ kind: 'right' });
});

test('orders that come to the same are one again, however many calls have changed something in each', () => {
  const judge = new InFlightJudge(twoSectors, anyOverlap);
  const events = [
    ...running,
    submit('stop', failover),
    submit('checkpoint', { op: 'checkpoint' }),
    answer('checkpoint'),
  ];
  for (const event of events) expect(judge.take(event)).toBeNull();
  expect(judge.hypotheses).toBeGreaterThan(1);
  expect(judge.take(answer('stop'))).toBeNull();
  expect(judge.hypotheses).toBe(1);
});

test('a guest read may return what has come below what the guest has written, where the system looks up first', () => {
  const overlapped = (tag: number) => [
    ...running,
    ...alone({ op: 'endJob', job: 'backup' }),
    submit('r', read('guestRead', 0)),
    ...alone(write('guestWrite', 0, 5)),
    ...alone(write('primaryWrite', 0, 7)),
    answer('r', data(tag)),
  ];
  const rules = { ...anyOverlap, looksUpFirst: true as const };
  for (const tag of [1, 5, 7])
    expect(judgeHistory(twoSectors, overlapped(tag), { rules })).toEqual({ kind: 'right' });
  expect(judgeHistory(twoSectors, overlapped(7))).toMatchObject({ kind: 'wrong' });
  expect(judgeHistory(twoSectors, overlapped(8), { rules })).toMatchObject({ kind: 'wrong' });
  const later = [...running, ...alone(write('guestWrite', 0, 5)), ...overlapped(7).slice(running.length)];
  expect(judgeHistory(twoSectors, later, { rules })).toMatchObject({ kind: 'wrong' });
});

test('a unit of one sector is saved by a write of that sector alone', () => {
  const overlapped = (tag: number) => [
    ...alone({ op: 'open' }),
    submit('p', write('primaryWrite', 1, 5)),
    submit('start', { op: 'start', mode: 'secondary' }),
    answer('p'),
    answer('start'),
    ...alone({ op: 'endJob', job: 'backup' }),
    ...alone(write('primaryWrite', 1, 7)),
    ...alone(read('guestRead', 1), data(tag)),
  ];
  for (const tag of [1, 7]) expect(judgeHistory(twoSectors, overlapped(tag))).toEqual({ kind: 'right' });
  expect(judgeHistory(twoSectors, overlapped(5))).toMatchObject({ kind: 'wrong' });
});

test('a discard that a disk passes on once the backup job has gone may come behind the call that ends it', () => {
  const setup = { nodes: [secondary(2, 1, { defects: ['secondaryUnmaps'] })] };
  const history = (tag: number) => [
    ...running,
    submit('d', { op: 'primaryDiscard', sector: 1, count: 1 }),
    submit('stop', failover),
    answer('d'),
    answer('stop'),
    ...alone(read('primaryRead', 1), data(tag)),
  ];
  expect(judgeHistory(setup, history(0))).toEqual({ kind: 'right' });
  expect(judgeHistory(setup, history(1))).toEqual({ kind: 'right' });
  expect(judgeHistory(setup, history(2))).toMatchObject({ kind: 'wrong' });
});
