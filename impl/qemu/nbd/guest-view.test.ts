/** What the guest reads is found whatever was known of it, in one round trip where nothing has changed. */
import { beforeEach, expect, test } from 'vitest';
import type { Outcome } from '../../../model/vocabulary.ts';
import { smallNode } from '../testing/qemu-fixture.ts';
import { GuestView } from './guest-view.ts';

const COUNT = 32;

/** A disk whose sectors hold their own numbers. */
let bad: Set<number>;
let refusal: Outcome | null;
let asked: string[];
let rounds: number;
let view: GuestView;

beforeEach(() => {
  [bad, refusal, asked, rounds] = [new Set(), null, [], 0];
  let isOpen = false;
  const unit = { activeClusterSectors: 4, hiddenClusterSectors: 4, copyUnitSectors: 4, commitUnitSectors: 4 };
  const geometry = { ...smallNode().geometry, ...unit, lengthSectors: COUNT };
  view = new GuestView(geometry, async (sector, count) => {
    asked.push(`${sector}+${count}`);
    if (!isOpen) rounds++;
    isOpen = true;
    await new Promise(setImmediate);
    isOpen = false;
    if (refusal !== null) return refusal;
    const sectors = Array.from({ length: count }, (_, index) => sector + index);
    if (sectors.some((each) => bad.has(each))) return { kind: 'errno', errno: 'EIO' };
    return { kind: 'data', tags: sectors };
  });
});

function expected(): Outcome {
  return { kind: 'data', tags: Array.from({ length: COUNT }, (_, each) => (bad.has(each) ? -2 : each)) };
}

async function look(range: Parameters<GuestView['look']>[0] = null): Promise<Outcome> {
  [asked, rounds] = [[], 0];
  return view.look(range);
}

test('a disk without bad sectors is read at once', async () => {
  expect(await look()).toEqual(expected());
  expect(asked).toEqual(['0+32']);
});

test('bad sectors are searched for once, and then read by themselves, all in one round trip', async () => {
  bad = new Set([0, 5, 6]);
  expect(await look()).toEqual(expected());
  expect(rounds).toBeGreaterThan(3);
  expect(await look()).toEqual(expected());
  expect(asked).toEqual(['0+1', '1+4', '5+1', '6+1', '7+25']);
  expect(rounds).toBe(1);
  expect(await look({ sector: 5, count: 1 })).toEqual(expected());
  expect(asked).toEqual(['4+1', '5+1', '6+1', '7+1']);
});

test.each([
  ['is repaired', [5, 6], [5]],
  ['breaks', [5], [5, 11]],
  ['breaks where others are repaired', [3, 5], [11]],
  ['is the first that breaks', [], [11]],
  ['is the last that is repaired', [11], []],
])('a sector that %s is found', async (_, before, after) => {
  bad = new Set(before);
  await look();
  bad = new Set(after);
  expect(await look()).toEqual(expected());
  bad = new Set(before);
  expect(await look({ sector: 4, count: 8 })).toEqual(
    before.includes(3) ? { kind: 'data', tags: expect.any(Array) } : expected(),
  );
});

test('more bad sectors than are kept in mind are searched for again', async () => {
  bad = new Set([0, 2, 4, 6, 8, 10, 12, 14, 16]);
  await look();
  expect(await look()).toEqual(expected());
  expect(rounds).toBeGreaterThan(1);
});

test.each([[[]], [[5]], [[4, 5, 6, 7]]])(
  'what refuses everything is no disk with bad sectors (bad before: %j)',
  async (before) => {
    bad = new Set(before);
    await look();
    refusal = { kind: 'errno', errno: 'EIO' };
    expect(await look({ sector: 5, count: 1 })).toEqual(refusal);
    expect(await look()).toEqual(refusal);
    // Why it refuses is asked along with it.
    expect(asked.toSorted()).toEqual(['0+0', '0+32']);
    expect(rounds).toBe(1);
    refusal = null;
    expect(await look()).toEqual(expected());
  },
);
