/** When a link whose peer is back must be used again, and which cases wait for it. */
import { expect, test } from 'vitest';
import type { Operation } from '../../model/operations.ts';
import { smallSetup } from './testing/qemu-fixture.ts';
import { reasonToSkip } from './testing/qemu-required.ts';
import { createQemuSystem } from './qemu-system.ts';
import { LinkWatch } from './watch/link-watch.ts';
import { RestoredLinks } from './restored-links.ts';
import type { LinkedNode } from './restored-links.ts';

function watched(): { watch: LinkWatch; clock: { now: number } } {
  const clock = { now: 0 };
  return { watch: new LinkWatch(() => clock.now), clock };
}

test.each([
  [0, 4000],
  [500, 4500],
  [2000, 6000],
  [14_000, 18_000],
  [60_000, 19_000],
])('after %i ms without its peer a client has found it %i ms after it came back', (awayMs, dueMs) => {
  const { watch, clock } = watched();
  watch.cut();
  clock.now = awayMs;
  watch.restored();
  clock.now = awayMs + dueMs - 1;
  expect([watch.isRestored, watch.isDue]).toEqual([true, false]);
  clock.now++;
  expect(watch.isDue).toBe(true);
});

test('a second death counts from the first, whose pauses have grown', () => {
  const { watch, clock } = watched();
  watch.cut();
  clock.now = 1000;
  watch.restored();
  watch.cut();
  expect(watch.isRestored).toBe(false);
  clock.now = 2000;
  watch.restored();
  clock.now = 2000 + 2000 + 1000 + 3000;
  expect(watch.isDue).toBe(true);
  clock.now--;
  expect(watch.isDue).toBe(false);
});

test('what was never cut, or is opened anew, has nothing to find', () => {
  const { watch } = watched();
  watch.restored();
  expect(watch.isRestored).toBe(false);
  watch.cut();
  watch.restored();
  watch.forget();
  expect(watch.isRestored).toBe(false);
});

/** A node that is asked for its link, and whether it finds it. */
function node(finds: boolean, isRestored = true, isOpen = true): LinkedNode & { asked: number } {
  const made = {
    asked: 0,
    suffix: '',
    graph: { isOpen },
    link: { isRestored },
    usesItsLink: () => {
      made.asked++;
      return Promise.resolve(finds);
    },
  };
  return made;
}

test('the first case in which a link is back waits for it, and then one of four', async () => {
  const links = new RestoredLinks();
  const found = node(true);
  for (let index = 0; index < 9; index++) expect(await links.unused([found])).toBe(null);
  expect(found.asked).toBe(3);
});

test('a link that is not used again is reported, and from then on each case waits', async () => {
  const links = new RestoredLinks();
  const lost = node(false);
  for (let index = 0; index < 3; index++) {
    expect(await links.unused([node(true), lost])).toMatchObject({ promise: 'a-link-that-is-back-is-used' });
  }
  expect(lost.asked).toBe(3);
});

test('nobody waits for a node that is closed, or whose peer is away', async () => {
  const links = new RestoredLinks();
  const others = [node(false, false), node(false, true, false)];
  expect(await links.unused(others)).toBe(null);
  expect(others.map(({ asked }) => asked)).toEqual([0, 0]);
});

const skipReason = await reasonToSkip();

test.skipIf(skipReason !== null)(
  'a guest write to a peer that is back is followed by the error',
  async () => {
    const system = createQemuSystem();
    const guestWrite: Operation = { op: 'guestWrite', sector: 0, count: 1, tag: 2 };
    const before: Operation[] = [{ op: 'open' }, { op: 'start', mode: 'primary' }];
    const probed: boolean[] = [];
    try {
      await system.load(smallSetup({ mode: 'primary' }), []);
      for (const operation of [
        ...before,
        guestWrite,
        { op: 'cutLink' },
        { op: 'restoreLink' },
        guestWrite,
      ] as const) {
        await system.apply(operation);
        probed.push((await system.observe()).probes !== undefined);
      }
      await system.unload();
    } finally {
      await system.shutdown();
    }
    // Before the peer died the write alone was looked at.
    expect(probed).toEqual([true, true, false, true, true, true]);
  },
);
