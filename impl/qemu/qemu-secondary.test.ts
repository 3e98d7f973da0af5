import { afterAll, afterEach, describe, expect, test } from 'vitest';
import type { Operation } from '../../model/operations.ts';
import { brief, play, runs, show, smallNode, smallSetup, STARTED } from './testing/qemu-fixture.ts';
import { reasonToSkip } from './testing/qemu-required.ts';
import { createQemuSystem } from './qemu-system.ts';

const skipReason = await reasonToSkip();
const system = createQemuSystem();

afterEach(() => system.unload());
afterAll(() => system.shutdown());

/** What the guest then reads, from a started secondary of 300 sectors that all hold 1. */
async function viewAfter(...operations: Operation[]): Promise<string> {
  await system.load(smallSetup(), []);
  await play(system, [...STARTED, ...operations]);
  const view = (await show(system)).view;
  return view?.kind === 'data' ? runs(view.tags) : String(brief(view));
}

async function secondaryNow(): Promise<string> {
  return runs((await show(system)).secondary);
}

describe.skipIf(skipReason !== null)('real QEMU: copy before write and checkpoint', () => {
  test('a primary write does not show to the guest, whose unit is copied once an interval', async () => {
    const write = (tag: number): Operation => ({ op: 'primaryWrite', sector: 0, count: 1, tag });
    expect(await viewAfter(write(2), write(3))).toBe('0-299 1');
    expect(await secondaryNow()).toBe('0-0 3, 1-299 1');
    await play(system, [{ op: 'checkpoint' }, write(4)]);
    const { view, answeredBy } = await show(system);
    expect(view?.kind === 'data' && runs(view.tags)).toBe('0-0 3, 1-299 1');
    expect(runs(answeredBy)).toBe('0-127 hidden, 128-299 secondary');
  });

  test('the whole unit is copied, on both sides of a boundary and in the clipped unit', async () => {
    const writes: Operation[] = [
      { op: 'primaryWrite', sector: 0, count: 1, tag: 2 },
      { op: 'primaryWrite', sector: 1, count: 1, tag: 3 },
      { op: 'primaryWrite', sector: 127, count: 2, tag: 4 },
      { op: 'primaryWrite', sector: 299, count: 1, tag: 5 },
    ];
    expect(await viewAfter(...writes)).toBe('0-299 1');
    expect(await secondaryNow()).toBe('0-0 2, 1-1 3, 2-126 1, 127-128 4, 129-298 1, 299-299 5');
  });

  test('a checkpoint empties both overlays', async () => {
    const writes: Operation[] = [
      { op: 'guestWrite', sector: 0, count: 2, tag: 2 },
      { op: 'primaryWrite', sector: 200, count: 1, tag: 3 },
    ];
    expect(await viewAfter(...writes, { op: 'checkpoint' })).toBe('0-199 1, 200-200 3, 201-299 1');
    expect(runs((await show(system)).answeredBy)).toBe('0-299 secondary');
  });

  test('write-zeroes on the secondary disk is copied before, a guest discard does nothing', async () => {
    const zeroes: Operation = { op: 'primaryWriteZeroes', sector: 0, count: 8 };
    expect(await viewAfter(zeroes, { op: 'guestDiscard', sector: 8, count: 8 })).toBe('0-299 1');
    expect(await secondaryNow()).toBe('0-7 0, 8-299 1');
  });

  test('a guest write that does not fill its cluster takes the rest from hidden', async () => {
    const writes: Operation[] = [
      { op: 'primaryWrite', sector: 0, count: 1, tag: 2 },
      { op: 'guestWrite', sector: 1, count: 1, tag: 3 },
    ];
    expect(await viewAfter(...writes)).toBe('0-0 1, 1-1 3, 2-299 1');
    expect(runs((await show(system)).answeredBy)).toBe('0-7 active, 8-127 hidden, 128-299 secondary');
  });

  test('stop without failover answers an error, commits nothing and copies no more', async () => {
    await system.load(smallSetup(), []);
    const stop: Operation = { op: 'stop', failover: false };
    const written: Operation = { op: 'guestWrite', sector: 0, count: 1, tag: 2 };
    expect(brief(await play(system, [...STARTED, written, stop]))).toBe(
      'Backup job was cancelled unexpectedly',
    );
    await play(system, [{ op: 'primaryWrite', sector: 299, count: 1, tag: 3 }]);
    await system.apply({ op: 'getError' });
    const { view, secondary, answeredBy, probes } = await show(system);
    expect(view?.kind === 'data' && runs(view.tags)).toBe('0-0 2, 1-298 1, 299-299 3');
    expect(runs(secondary)).toBe('0-298 1, 299-299 3');
    expect(runs(answeredBy)).toBe('0-7 active, 8-299 secondary');
    expect(brief(probes?.getError)).toBe('I/O error occurred');
    expect(brief(probes?.startOtherMode)).toBe('ok');
  });

  test('requests past the end are EINVAL and change nothing; empty ones on a unit boundary touch nothing', async () => {
    await system.load(smallSetup(), []);
    await play(system, STARTED);
    for (const side of ['guest', 'primary'] as const) {
      const past = { sector: 299, count: 2 };
      expect(brief(await system.apply({ op: `${side}Read`, ...past }))).toBe('EINVAL');
      expect(brief(await system.apply({ op: `${side}Write`, ...past, tag: 2 }))).toBe('EINVAL');
      expect(brief(await system.apply({ op: `${side}WriteZeroes`, ...past }))).toBe('EINVAL');
      expect(brief(await system.apply({ op: `${side}Discard`, ...past }))).toBe('EINVAL');
      expect(brief(await system.apply({ op: `${side}Read`, sector: 301, count: 0 }))).toBe('EINVAL');
      expect(brief(await system.apply({ op: `${side}Read`, sector: 300, count: 0 }))).toEqual([]);
      expect(brief(await system.apply({ op: `${side}Write`, sector: 128, count: 0, tag: 2 }))).toBe('ok');
    }
    const { secondary, answeredBy } = await show(system);
    expect(runs(secondary)).toBe('0-299 1');
    expect(runs(answeredBy)).toBe('0-299 secondary');
  });

  test('an empty primary write inside a unit copies the unit, also in the clipped one and at the very end', async () => {
    await viewAfter({ op: 'primaryWrite', sector: 5, count: 0, tag: 2 });
    expect(runs((await show(system)).answeredBy)).toBe('0-127 hidden, 128-299 secondary');
    await viewAfter({ op: 'primaryWrite', sector: 300, count: 0, tag: 2 });
    expect(runs((await show(system)).answeredBy)).toBe('0-255 secondary, 256-299 hidden');
    await viewAfter(
      { op: 'guestWrite', sector: 5, count: 0, tag: 2 },
      { op: 'primaryWriteZeroes', sector: 5, count: 0 },
    );
    expect(runs((await show(system)).answeredBy)).toBe('0-299 secondary');
  });

  test('a primary discard succeeds and copies and changes nothing', async () => {
    await viewAfter({ op: 'primaryDiscard', sector: 5, count: 200 });
    expect(runs((await show(system)).answeredBy)).toBe('0-299 secondary');
    expect(await secondaryNow()).toBe('0-299 1');
  });

  test('before start the guest gets EIO, without a node there is no export', async () => {
    await system.load(smallSetup(), []);
    expect(brief(await system.apply({ op: 'guestRead', sector: 0, count: 1 }))).toBe(
      "export 'rep' not present",
    );
    await system.apply({ op: 'open' });
    expect(brief(await system.apply({ op: 'guestRead', sector: 0, count: 1 }))).toBe('EIO');
    expect(brief(await system.apply({ op: 'open' }))).toBe("Duplicate nodes with node-name='rep'");
    expect(brief((await show(system)).probes?.getError)).toBe('Block replication is not running');
    expect(brief(await system.apply({ op: 'close' }))).toBe('ok');
    expect(brief(await system.apply({ op: 'close' }))).toBe("Failed to find node with node-name='rep'");
  });

  test('a running secondary is too busy to be closed, and the guest goes on', async () => {
    await system.load(smallSetup(), []);
    await play(system, [...STARTED, { op: 'guestWrite', sector: 0, count: 1, tag: 2 }]);
    expect(brief(await system.apply({ op: 'close' }))).toBe(
      "Node 'rep' is busy: Block device is in use by internal backup job",
    );
    expect(brief(await system.apply({ op: 'guestRead', sector: 0, count: 2 }))).toEqual([2, 1]);
  });

  test('a case begins with empty overlays and its own content, whatever the one before left', async () => {
    await system.load(smallSetup(), []);
    await play(system, [...STARTED, { op: 'guestWrite', sector: 0, count: 300, tag: 2 }]);
    const geometry = {
      ...smallNode().geometry,
      lengthSectors: 1,
      activeClusterSectors: 4096,
      hiddenClusterSectors: 1,
    };
    await system.load(smallSetup({ geometry, initialContent: [] }), []);
    await play(system, STARTED);
    expect(brief((await show(system)).view)).toEqual([0]);
  });
});
