/** Every step by which a case is made simpler or shorter, one by one. */
import { describe, expect, test } from 'vitest';
import type { Operation } from '../../model/operations.ts';
import type { NodeSetup } from '../../model/vocabulary.ts';
import type { Case } from '../cases/case.ts';
import { everything } from '../cases/full-capabilities.ts';
import { minimise } from './minimise.ts';
import { describeOperation } from '../cases/operation-text.ts';
import { shorterCases } from './shorter-cases.ts';
import { lowerNumbers, simplerSetups, withoutOperations } from './simpler-cases.ts';
import type { Thoroughness } from './simpler-cases.ts';

const plain: NodeSetup = {
  mode: 'secondary',
  geometry: {
    lengthSectors: 2,
    sectorBytes: 4,
    activeClusterSectors: 1,
    hiddenClusterSectors: 1,
    copyUnitSectors: 1,
    commitUnitSectors: 1,
  },
  initialContent: [],
  readOnly: [],
  badSectors: [],
  defects: [],
  commitRequestsMax: 1,
};

function of(operations: readonly Operation[], ...nodes: readonly Partial<NodeSetup>[]): Case {
  return { setup: { nodes: nodes.map((changes) => ({ ...plain, ...changes })) }, operations };
}

/** The operations, and before them of each node what is not plain. */
function text({ setup, operations }: Case): string {
  const hosts = setup.nodes.map(({ geometry, ...rest }) => {
    const odd = Object.entries({ ...geometry, ...rest }).filter(
      ([key, value]) =>
        JSON.stringify(value) !== JSON.stringify(Reflect.get({ ...plain.geometry, ...plain }, key)),
    );
    return odd.map(([key, value]) => `${key} ${JSON.stringify(value).replaceAll(/["{}]/g, '')} `).join('');
  });
  return [...hosts, operations.map(describeOperation).join(', ')].join('| ');
}

/** One line for each case: the whole list is compared, so that any change of it shows as a difference of lines. */
function lines(cases: Iterable<Case>): string {
  return [...cases]
    .map(
      (each) => `${text(each)}
`,
    )
    .join('');
}

const listed = 'fixtures/simpler-cases';

const bad = { disk: 'active', access: 'read', sector: 1 } as const;

const threeNodes = of(
  [{ op: 'open' }, { op: 'open', node: 1 }, { op: 'close', node: 2 }, { op: 'checkpoint' }],
  {},
  { commitRequestsMax: 2 },
  { commitRequestsMax: 3 },
);

const oddNode = of([], {
  defects: ['modeMissing', 'topIdMissing'],
  badSectors: [bad],
  readOnly: ['hidden'],
  initialContent: [{ sector: 0, count: 1, tag: 1 }],
});

const numbers = of(
  [
    { op: 'guestWrite', sector: 1, count: 2, tag: 3 },
    { op: 'guestRead', sector: 0, count: 1 },
    { op: 'breakSector', ...bad },
  ],
  {
    geometry: { ...plain.geometry, lengthSectors: 3, sectorBytes: 2, copyUnitSectors: 2 },
    badSectors: [bad],
    initialContent: [
      { sector: 0, count: 2, tag: 1 },
      { sector: 2, count: 1, tag: 2 },
    ],
    commitRequestsMax: 2,
  },
);

const faults = of(
  [
    { op: 'open', node: 1 },
    { op: 'breakSector', disk: 'hidden', access: 'write', sector: 1, node: 1 },
    { op: 'failEmptying', disk: 'active', how: 'kept' },
  ],
  { badSectors: [bad] },
  {},
);

const requests = of(
  [
    { op: 'guestWrite', sector: 0, count: 1, tag: 5 },
    { op: 'primaryRead', sector: 1, count: 1 },
    { op: 'guestRead', sector: 0, count: 0 },
  ],
  {},
);

const primary = of([{ op: 'guestFlush' }, { op: 'guestRead', sector: 0, count: 1 }], { mode: 'primary' });

test('a run of operations is left out', () => {
  const testCase = of([{ op: 'open' }, { op: 'checkpoint' }, { op: 'getError' }, { op: 'close' }], {});
  expect(text(withoutOperations(testCase, 1, 2))).toBe('| open, close');
});

test('with a node go its operations, and later nodes move up', () =>
  expect(lines(simplerSetups(threeNodes))).toMatchFileSnapshot(`${listed}/nodes-left-out.txt`));

test('each thing that is odd about a node goes alone', () =>
  expect(lines(simplerSetups(oddNode))).toMatchFileSnapshot(`${listed}/oddities-left-out.txt`));

test('sizes of L2 slices go one by one, and are lowered like other numbers', () => {
  const slices = { activeSliceSectors: 2, hiddenSliceSectors: 3 };
  const sliced = of([], { geometry: { ...plain.geometry, ...slices } });
  expect(lines(simplerSetups(sliced))).toBe('hiddenSliceSectors 3 | \nactiveSliceSectors 2 | \n');
  const lowered = [...lowerNumbers(sliced, 'every')].map(({ setup: { nodes } }) => nodes[0]?.geometry);
  expect(lowered).toContainEqual({ ...plain.geometry, ...slices, activeSliceSectors: 1 });
  expect(lowered).toContainEqual({ ...plain.geometry, ...slices, hiddenSliceSectors: 2 });
});

test('numbers are lowered one at a time, and content is cut where the disk gets shorter', () =>
  expect(lines(lowerNumbers(numbers, 'every'))).toMatchFileSnapshot(`${listed}/numbers-lowered.txt`));

test('large numbers are halved one at a time', () => {
  const large = of(
    [
      { op: 'guestWrite', sector: 100, count: 200, tag: 40 },
      { op: 'guestRead', sector: 50, count: 60 },
    ],
    { geometry: { ...plain.geometry, lengthSectors: 300, sectorBytes: 512 }, commitRequestsMax: 70 },
  );
  return expect(lines(lowerNumbers(large, 'halving'))).toMatchFileSnapshot(`${listed}/numbers-halved.txt`);
});

test('large numbers are halved at first', () => {
  const lower = (sector: number, thoroughness: 'every' | 'halving') =>
    [...lowerNumbers(of([{ op: 'breakSector', ...bad, sector }], {}), thoroughness)].flatMap(
      ({ operations: [one], setup }) =>
        one !== undefined && 'sector' in one && setup.nodes[0]?.geometry === plain.geometry ? one.sector : [],
    );
  const all = (end: number) => Array.from({ length: end }, (_, sector) => sector);
  expect(lower(100, 'halving')).toEqual([0, 50, 75, 88, 94, 97, 99]);
  expect(lower(33, 'halving')).toEqual([0, 17, 25, 29, 31, 32]);
  expect(lower(32, 'halving')).toEqual(all(32));
  expect(lower(100, 'every')).toEqual(all(100));
});

test('faults are there from the beginning, runs are replaced by one operation, one more thing is wrong at once', async () => {
  await expect(lines(shorterCases(faults))).toMatchFileSnapshot(`${listed}/shorter-with-faults.txt`);
  await expect(lines(shorterCases(requests))).toMatchFileSnapshot(`${listed}/shorter-with-requests.txt`);
  await expect(lines(shorterCases(primary))).toMatchFileSnapshot(`${listed}/shorter-on-a-primary.txt`);
});

test('a write of one of several nodes becomes one of its whole disk, unless it is', async () => {
  const writes = of(
    [
      { op: 'guestWrite', sector: 0, count: 2, tag: 5, node: 1 },
      { op: 'guestWrite', sector: 1, count: 2, tag: 5 },
      { op: 'primaryWrite', sector: 0, count: 2, tag: 6 },
    ],
    { geometry: { ...plain.geometry, lengthSectors: 3 } },
    {},
  );
  await expect(lines(shorterCases(writes))).toMatchFileSnapshot(`${listed}/shorter-with-writes.txt`);
});

test('only an empty request at the end is made longer', () => {
  const ending: readonly Operation[] = [{ op: 'open' }, { op: 'close' }];
  const ends = [...shorterCases(of(ending, {}))].map(({ operations }) => operations.at(-1));
  expect(ends.filter((end) => end?.op === 'close' && 'count' in end)).toEqual([]);
  expect(ends).toContainEqual({ op: 'close' });
  expect([...shorterCases(of([], {}))]).toEqual([]);
});

test('every shorter case has fewer operations', () => {
  for (const testCase of [faults, requests, primary]) {
    for (const { operations } of shorterCases(testCase)) {
      expect(operations.length).toBeLessThan(testCase.operations.length);
    }
  }
});

describe('the shrinker tries', () => {
  const four = of(
    [
      { op: 'open' },
      { op: 'start', mode: 'secondary' },
      { op: 'primaryWrite', sector: 1, count: 1, tag: 5 },
      { op: 'close' },
    ],
    {},
  );

  /** All that is tried where only the `failing`-th candidate fails, and then what is left. */
  function tried(thoroughness: Thoroughness, failing = -1): string {
    const steps = minimise(four, everything, thoroughness);
    const candidates: Case[] = [];
    let next = steps.next();
    while (next.done !== true) {
      candidates.push(next.value);
      next = steps.next(candidates.length === failing);
    }
    expect(next.value).toMatchObject({ candidates: candidates.length, thoroughness, complete: true });
    return lines([...candidates, next.value.minimal]);
  }

  test.each(['halving', 'every'] as const)('all where nothing simpler fails, %s', (thoroughness) =>
    expect(tried(thoroughness)).toMatchFileSnapshot(`${listed}/tried-${thoroughness}.txt`),
  );

  test.each([1, 4, 20])('again from where number %i fails', (failing) =>
    expect(tried('halving', failing)).toMatchFileSnapshot(`${listed}/tried-after-${failing}.txt`),
  );

  test('no more than it may', () => {
    const steps = minimise(four, everything, 'every', 3);
    let count = 0;
    let next = steps.next();
    for (; next.done !== true; next = steps.next(false)) count++;
    expect(count).toBe(3);
    expect(next.value).toMatchObject({ candidates: 3, complete: false, minimal: four });
  });
});
