/** The laws of requests in flight, each with a history that keeps it and one that breaks it. */
import { describe, expect, test } from 'vitest';
import { anyOverlap } from './history.ts';
import type { HistoryEvent } from './history.ts';
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

function verdictOf(events: readonly HistoryEvent[], setup = twoSectors): string | number {
  const verdict = judgeHistory(setup, events);
  return verdict.kind === 'wrong' ? verdict.index : verdict.kind;
}

const checkpoint = { op: 'checkpoint' } as const;
const failover = { op: 'stop', failover: true } as const;
const settle = { op: 'commitSettle' } as const;

describe('a write in flight', () => {
  const overlapped = (...tags: number[]) => [
    ...running,
    submit('w', write('guestWrite', 0, 5, 2)),
    submit('r', read('guestRead', 0, 2)),
    answer('r', data(...tags)),
    answer('w'),
  ];

  test.each([
    [1, 1],
    [5, 5],
    [1, 5],
    [5, 1],
  ])('is seen sector by sector: %i %i', (...tags) => {
    expect(verdictOf(overlapped(...tags))).toBe('right');
  });

  test('is not seen before it is submitted, and stays once it was seen or answered', () => {
    const seen = [...overlapped(5, 1).slice(0, -1), submit('again', read('guestRead', 0))];
    expect(verdictOf([...seen, answer('again', data(5)), answer('w')])).toBe('right');
    expect(verdictOf([...seen, answer('again', data(1)), answer('w')])).toBe(8);
    expect(verdictOf([...overlapped(1, 1), ...alone(read('guestRead', 0, 2), data(5, 1))])).toBe(9);
    expect(verdictOf([...overlapped(5, 6)])).toBe(6);
  });

  test('is ordered with others the same for all who read', () => {
    const both = [
      ...running,
      submit('one', write('guestWrite', 0, 5)),
      submit('other', write('guestWrite', 0, 6)),
      answer('one'),
      answer('other'),
    ];
    const readTwice = (first: number, second: number) => [
      ...both,
      ...alone(read('guestRead', 0), data(first)),
      ...alone(read('guestRead', 0), data(second)),
    ];
    expect(verdictOf(readTwice(5, 5))).toBe('right');
    expect(verdictOf(readTwice(6, 6))).toBe('right');
    expect(verdictOf(readTwice(5, 6))).toBe(11);
  });

  test('that fails may be done in any of its sectors, and needs a reason to fail', () => {
    const errno = { kind: 'errno', errno: 'EIO' } as const;
    const failing = (...tags: number[]) => [
      ...alone({ op: 'open' }),
      submit('w', write('guestWrite', 0, 5, 2)),
      ...alone({ op: 'start', mode: 'secondary' }),
      answer('w', errno),
      ...alone(read('guestRead', 0, 2), data(...tags)),
    ];
    expect(verdictOf(failing(1, 5))).toBe('right');
    expect(verdictOf(failing(5, 5))).toBe('right');
    expect(verdictOf(failing(1, 6))).toBe(7);
    expect(verdictOf([...running, ...alone(write('guestWrite', 0, 5), errno)])).toBe(5);
  });
});

describe('the guest and the primary', () => {
  test('do not see each other between checkpoints, whatever overlaps', () => {
    const events = (tag: number) => [
      ...running,
      submit('p', write('primaryWrite', 0, 7)),
      submit('g', write('guestWrite', 1, 8)),
      submit('r', read('guestRead', 0, 2)),
      answer('p'),
      answer('g'),
      answer('r', data(tag, 8)),
    ];
    expect(verdictOf(events(1))).toBe('right');
    expect(verdictOf(events(7))).toBe(9);
  });
});

describe('a checkpoint', () => {
  /** Two writes of the primary in flight with it, one answered before the other is submitted. */
  const cut = (first: number, second: number) => [
    ...running,
    submit('checkpoint', checkpoint),
    ...alone(write('primaryWrite', 0, 7)),
    ...alone(write('primaryWrite', 1, 8)),
    answer('checkpoint'),
    ...alone(read('guestRead', 0), data(first)),
    ...alone(read('guestRead', 1), data(second)),
  ];

  test('is one cut through all sectors', () => {
    expect(verdictOf(cut(1, 1))).toBe('right');
    expect(verdictOf(cut(7, 1))).toBe('right');
    expect(verdictOf(cut(7, 8))).toBe('right');
    expect(verdictOf(cut(1, 8))).toBe(13);
  });

  test('keeps nothing of the guest, and all of the primary that was answered before', () => {
    const after = (tag: number) => [
      ...running,
      ...alone(write('guestWrite', 0, 5)),
      ...alone(write('primaryWrite', 0, 7)),
      ...alone(checkpoint),
      ...alone(read('guestRead', 0), data(tag)),
    ];
    expect(verdictOf(after(7))).toBe('right');
    expect(verdictOf(after(5))).toBe(11);
    expect(verdictOf(after(1))).toBe(11);
  });
});

describe('a failover', () => {
  const ended = (events: readonly HistoryEvent[], ...tags: number[]) => [
    ...running,
    ...events,
    ...alone(settle),
    ...alone(read('guestRead', 0, 2), data(...tags)),
  ];

  test('loses no acknowledged write of the guest', () => {
    const events = [
      submit('w', write('guestWrite', 0, 5)),
      submit('stop', failover),
      answer('w'),
      answer('stop'),
    ];
    expect(verdictOf(ended(events, 5, 1))).toBe('right');
    expect(verdictOf(ended(events, 1, 1))).toBe(11);
  });

  test('loses of the primary what came to a unit that was dirty, and nothing else', () => {
    const events = [
      ...alone(write('guestWrite', 0, 5)),
      ...alone(failover),
      ...alone(write('primaryWrite', 0, 7, 2)),
    ];
    expect(verdictOf(ended(events, 5, 7))).toBe('right');
    expect(verdictOf(ended(events, 5, 1))).toBe(13);
    expect(verdictOf(ended(events, 7, 7))).toBe(13);
    const wide = { nodes: [secondary(2, 2)] };
    expect(verdictOf(ended(events, 5, 1), wide)).toBe('right');
    expect(verdictOf(ended(events, 5, 7), wide)).toBe(13);
  });

  test('drains the primary first where the system says so', () => {
    const events = [
      ...running,
      submit('p', write('primaryWrite', 0, 7)),
      submit('stop', failover),
      answer('stop'),
      ...alone(read('guestRead', 0), data(7)),
      answer('p'),
    ];
    expect(verdictOf(events)).toBe('right');
    const rules = { ...anyOverlap, drains: ['stop'] as const };
    expect(judgeHistory(twoSectors, events, { rules })).toMatchObject({ kind: 'wrong', index: 8 });
  });
});

describe('what is shown while nothing is in flight', () => {
  const overlapping = [
    ...running,
    submit('one', write('primaryWrite', 0, 5)),
    submit('other', write('primaryWrite', 0, 6)),
    answer('one'),
    answer('other'),
  ];

  test('is held against all that is possible, and decides what was open', () => {
    const shown = (tag: number): HistoryEvent => ({
      kind: 'show',
      nodes: [{ stage: 'running', view: data(1, 1), secondary: [tag, 1] }],
    });
    expect(verdictOf([...overlapping, shown(5), ...alone(read('primaryRead', 0), data(5))])).toBe('right');
    expect(verdictOf([...overlapping, shown(5), ...alone(read('primaryRead', 0), data(6))])).toBe(10);
    expect(verdictOf([...overlapping, shown(1)])).toBe(8);
    expect(verdictOf([...overlapping, { kind: 'show', nodes: [{ stage: 'done' }] }])).toBe(8);
  });
});

describe('what is no history', () => {
  const flush = { op: 'guestFlush' } as const;
  test.each([
    ['an answer twice', [submit(3, { op: 'open' }), answer(3), answer(3)], / is answered twice$/],
    ['an answer of nothing', [answer(3)], /^request 3 is answered and was not submitted$/],
    ['no answer', [submit(3, flush)], /^request 3 is never answered/],
    ['the same number twice', [submit(3, flush), submit(3, flush)], /^request 3 is submitted twice/],
    [
      'a fault',
      [submit(3, { op: 'failEmptying', disk: 'hidden', how: 'kept' })],
      /^failEmptying is not judged where requests overlap$/,
    ],
    ['no such node', [submit(3, { ...flush, node: 1 })], /^there is no node 1/],
    [
      'too much in flight',
      Array.from({ length: 32 }, (_, id) => submit(id, flush)),
      /^request 31 overlaps 31 others/,
    ],
    [
      'shown in flight',
      [submit(3, flush), { kind: 'show', nodes: [{ stage: 'none' }] }],
      /^something is shown while/,
    ],
    [
      'layers shown',
      [{ kind: 'show', nodes: [{ active: [null, null] }] }],
      /^active is shown: .* only stage, /,
    ],
  ] as const)('%s', (_, events, problem) => {
    expect(judgeHistory(twoSectors, events)).toMatchObject({
      kind: 'invalid',
      problem: expect.stringMatching(problem),
    });
  });

  test('an overlap that the system excludes', () => {
    const rules = { ...anyOverlap, alone: ['checkpoint'] as const };
    const events = [submit(1, flush), submit(2, checkpoint)];
    expect(judgeHistory(twoSectors, events, { rules })).toMatchObject({
      problem: 'request 2 overlaps request 1: the system says that nothing overlaps checkpoint',
    });
  });

  test('bad sectors', () => {
    const bad = { disk: 'secondary', access: 'read', sector: 0 } as const;
    const setup = { nodes: [secondary(2, 1, { badSectors: [bad] })] };
    expect(judgeHistory(setup, [])).toMatchObject({ kind: 'invalid' });
  });
});

test('a bound that is met is reported', () => {
  const writes = Array.from({ length: 14 }, (_, id) => submit(id, write('guestWrite', 0, id + 2)));
  const events = [...running, ...writes, answer(0, ok)];
  expect(judgeHistory(twoSectors, events)).toMatchObject({
    kind: 'undecided',
    why: expect.stringMatching(/^more than 20000 orders are possible/),
  });
});

test('orders of calls that led to the same stage are not taken for one where they left different content', () => {
  const ended = (tag: number) => [
    ...running,
    ...alone(write('guestWrite', 1, 5)),
    submit('stop', failover),
    submit('checkpoint', checkpoint),
    answer('stop'),
    answer('checkpoint'),
    ...alone(settle),
    ...alone(read('guestRead', 1), data(tag)),
  ];
  expect(verdictOf(ended(1))).toBe('right');
  expect(verdictOf(ended(5))).toBe('right');
  expect(verdictOf(ended(7))).toBe(13);
});
