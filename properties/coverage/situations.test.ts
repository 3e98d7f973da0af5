/** Situations: a drawn campaign meets each often, with what either system can be given; without steering it does not. */
import { describe, expect, test } from 'vitest';
import { createEfficientSystem } from '../../impl/efficient/efficient-system.ts';
import { createQemuSystem } from '../../impl/qemu/qemu-system.ts';
import { initialState } from '../../model/node.ts';
import { step } from '../../model/step.ts';
import type { Operation } from '../../model/operations.ts';
import type { NodeSetup } from '../../model/vocabulary.ts';
import { batchCasesOf } from '../batches/subject-player.ts';
import { Coverage } from './coverage.ts';
import { smallGeometry } from '../cases/geometries.ts';
import { asyncSubject, syncSubject } from '../subjects/subject.ts';
import { reachedAfter, TIMES } from '../benches/reached-after.ts';
import { MET_MAX, situations, situationsWithin } from './situations.ts';

const OPERATIONS = 20_000;
const efficient = syncSubject(createEfficientSystem());
/** Nothing of it is run: what counts is what it declares and accepts. */
const qemu = asyncSubject(createQemuSystem({}));

const subjects = [efficient, qemu].flatMap((subject) =>
  [1, 2, 3].map((seed) => ({ subject, name: subject.name, seed })),
);

function drawn(subject: typeof efficient | typeof qemu, seed: number, steering?: 'off') {
  const campaign = { seed, operationsMax: OPERATIONS, batchCases: batchCasesOf(subject) };
  return reachedAfter(subject, steering === undefined ? campaign : { ...campaign, steering });
}

describe(`within ${OPERATIONS} operations`, () => {
  test.each(subjects)(
    `every situation is met ${TIMES} times (what $name can be given, seed $seed)`,
    ({ subject, seed }) => {
      const reached = drawn(subject, seed);
      expect(reached.length).toBeGreaterThan(30);
      expect(reached.filter(({ count }) => count < TIMES)).toEqual([]);
    },
  );

  test.each(subjects)('many are not without steering ($name, seed $seed)', ({ subject, seed }) => {
    const missed = drawn(subject, seed, 'off').filter(({ count }) => count < TIMES);
    expect(missed.length).toBeGreaterThan(6);
    expect(missed.map(({ name }) => name)).toContain('failover-of-two-dirty-nodes');
  });
});

test('both systems can be brought to all of them, and disks that end with whole units to fewer', () => {
  expect(situationsWithin(efficient.capabilities, 'mixed')).toEqual(situations);
  expect(situationsWithin(qemu.capabilities, 'mixed')).toEqual(situations);
  const small = situationsWithin(efficient.capabilities, 'small').map(({ name }) => name);
  expect(small).not.toContain('failover-with-dirty-partial-last-unit');
  expect(small).toContain('guest-read-across-three-layers');
  const alone = situationsWithin({ ...efficient.capabilities, nodesMax: 1 }, 'mixed');
  expect(situations.filter((each) => !alone.includes(each)).map(({ name }) => name)).toEqual([
    'failover-of-two-dirty-nodes',
    'checkpoint-of-two-dirty-nodes',
  ]);
});

const node: NodeSetup = {
  mode: 'secondary',
  geometry: smallGeometry,
  initialContent: [{ sector: 0, count: 8, tag: 1 }],
  readOnly: [],
  badSectors: [],
  defects: [],
  commitRequestsMax: 2,
};

function metBy(
  operations: readonly Operation[],
  nodes: readonly NodeSetup[] = [node],
): Record<string, number> {
  const coverage = new Coverage();
  let host = initialState({ nodes });
  for (const operation of operations) {
    const next = step(host, operation);
    coverage.count(host, operation, next);
    ({ host } = next);
  }
  return Object.fromEntries([...coverage.situations].filter(([, count]) => count > 0));
}

const running: readonly Operation[] = [{ op: 'open' }, { op: 'start', mode: 'secondary' }];
const write = { sector: 0, count: 1, tag: 5 };

describe('a situation', () => {
  test('is met by the state and the operation together', () => {
    const dirty: readonly Operation[] = [
      ...running,
      { op: 'guestWrite', ...write },
      { op: 'stop', failover: true },
    ];
    expect(metBy(dirty)).toEqual({});
    expect(metBy([...dirty, { op: 'guestWrite', ...write }])).toEqual({
      'guest-write-over-unit-in-flight': 1,
    });
    expect(metBy([...dirty, { op: 'guestWrite', ...write, sector: 2 }])).toEqual({});
  });

  test('of a call to several nodes is met once, whichever of them meets it', () => {
    const two: readonly Operation[] = [
      { op: 'open' },
      { op: 'open', node: 1 },
      { op: 'start', mode: 'secondary' },
      { op: 'guestWrite', ...write },
    ];
    const second: Operation = { op: 'guestWrite', ...write, node: 1 };
    const stop: Operation = { op: 'stop', failover: true };
    expect(metBy([...two, stop], [node, node])).toEqual({});
    expect(metBy([...two, second, stop], [node, node])).toEqual({ 'failover-of-two-dirty-nodes': 1 });
    expect(metBy([...two, second, { op: 'checkpoint' }], [node, node])).toEqual({
      'checkpoint-of-two-dirty-nodes': 1,
    });
  });

  test('is counted up to a limit', () => {
    const writes = Array.from({ length: MET_MAX + 9 }, (): Operation => ({ op: 'primaryWrite', ...write }));
    expect(metBy([...running, ...writes])).toEqual({
      'primary-write-to-uncopied-unit': 1,
      'primary-write-to-copied-unit': MET_MAX,
    });
  });

  test('has a name of its own and one line that says it', () => {
    expect(new Set(situations.map(({ name }) => name)).size).toBe(situations.length);
    for (const { what } of situations) expect(what).toMatch(/^.{20,120}$/);
  });
});
