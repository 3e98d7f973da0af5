/** A failover on the real binary where requests overlap: when its commit reads, what it waits for, and what waits for it. */
import { afterAll, describe, expect, test } from 'vitest';
import type { Operation } from '../../model/operations.ts';
import { createOverlappingQemu } from './in-flight/overlapping-qemu.ts';
import {
  failover,
  guestRead,
  guestWrite,
  playSteps,
  primaryRead,
  primaryWrite,
  shownBy,
  status,
} from './testing/in-flight-steps.ts';
import type { Step } from './testing/in-flight-steps.ts';
import { smallNode, smallSetup, STARTED } from './testing/qemu-fixture.ts';
import { reasonToSkip } from './testing/qemu-required.ts';

const skipReason = await reasonToSkip();
const system = createOverlappingQemu();
const { inFlight } = system;

afterAll(() => system.shutdown());

describe.skipIf(skipReason !== null)('real QEMU, in flight: a failover', () => {
  const dirty = [...STARTED, guestWrite(0, 3, 8)];

  test('is begun when it is answered: the commit has read, and nothing of the primary waits for it', async () => {
    const steps: Step[] = [
      [1, failover],
      ['await', 1],
      [2, primaryWrite(2, 5)],
      ['await', 2],
      [3, primaryRead(2)],
      ['await', 3],
      [4, { op: 'commitSettle' }],
    ];
    const lines = await playSteps(system, steps, dirty);
    expect(lines.slice(1)).toEqual([
      system.qemuMajor === 11 ? '1: ok | write 0+128' : '| write 0+128',
      '| write 0+128, write 2+1',
      '2: ok | write 0+128',
      '| write 0+128, read 2+1',
      '3: 5 | write 0+128',
      '4: ok |',
    ]);
    expect((await shownBy(system)).secondary).toBe('0-7 3, 8-299 1');
  });

  test('ends when the guest and the primary have nothing in flight, and questions wait for that', async () => {
    for (const operation of [guestRead(16), primaryWrite(16, 5)]) {
      const steps: Step[] = [
        [1, failover],
        ['await', 1],
        [2, operation],
        [3, { op: 'commitSettle' }],
        [4, status],
      ];
      const lines = await playSteps(system, steps, dirty);
      expect(lines.slice(3).map((line) => line.replace(/\|.*/, ''))).toEqual(['', '']);
      const ended = await inFlight.await(3);
      expect(new Set(ended.map(({ request }) => request))).toEqual(new Set([2, 3, 4]));
    }
  });

  test('ends with a flush of the primary where it has nothing to write, and is not held in its drain', async () => {
    await system.load(smallSetup());
    for (const operation of STARTED) await system.apply(operation);
    await inFlight.submit(1, primaryRead(0));
    await inFlight.submit(2, failover);
    await inFlight.submit(3, { op: 'primaryFlush' });
    await inFlight.await(3);
    await system.observe();
    await inFlight.submit(4, guestWrite(16, 5));
    expect((await inFlight.await(4)).map(({ request }) => request)).toEqual([4]);
  });

  test('is over with what lets it go, whatever the guest is writing', async () => {
    await system.load(smallSetup());
    for (const operation of STARTED) await system.apply(operation);
    await inFlight.submit(1, { op: 'guestFlush' });
    await inFlight.submit(2, failover);
    await inFlight.submit(3, guestWrite(0, 5));
    await system.apply({ op: 'primaryFlush' });
    await system.apply(primaryWrite(0, 6));
    await inFlight.await(3);
    expect((await shownBy(system)).secondary).toBe('0-0 6, 1-299 1');
  });

  test('leaves the commit held when two equal writes are in flight and both end', async () => {
    const zeroes: Operation = { op: 'primaryWriteZeroes', sector: 299, count: 1 };
    const steps: Step[] = [
      [1, failover],
      ['await', 1],
      [2, zeroes],
      [3, zeroes],
      ['await', 3],
    ];
    expect((await playSteps(system, steps, dirty)).slice(2)).toEqual([
      '| write 0+128, writeZeroes 299+1',
      '| write 0+128, writeZeroes 299+1, writeZeroes 299+1',
      '2: ok, 3: ok | write 0+128',
    ]);
    await system.apply({ op: 'commitSettle' });
  });

  test('has a commit that is held whole, also one of more writes than there are connections', async () => {
    const short = { activeClusterSectors: 1, hiddenClusterSectors: 256, copyUnitSectors: 256 };
    const geometry = { ...smallNode().geometry, ...short, lengthSectors: 1025 };
    await system.load(smallSetup({ geometry, initialContent: [] }));
    const everywhere: Operation = { op: 'primaryWrite', sector: 0, count: 1025, tag: 2 };
    for (const operation of [...STARTED, everywhere, failover]) await system.apply(operation);
    expect(system.held.map((held) => held.split(' ')[0])).toEqual(Array(9).fill('write'));
    expect(await shownBy(system)).toMatchObject({ secondary: '0-1024 2' });
    await system.apply({ op: 'commitSettle' });
    expect(await shownBy(system)).toEqual({ view: '0-1024 0', secondary: '0-1024 0' });
  });

  test('lets in on 11.1 what the primary writes before the commit reads: it is not copied, and stays', async () => {
    const steps: Step[] = [
      [1, guestRead(20)],
      [2, failover],
      [3, primaryWrite(9, 7)],
      ['advance', 1],
      ['advance', 3],
      ['await', 2],
      [4, { op: 'commitSettle' }],
    ];
    await playSteps(system, steps, dirty);
    expect((await shownBy(system)).view).toBe(
      system.qemuMajor === 11 ? '0-7 3, 8-8 1, 9-9 7, 10-299 1' : '0-7 3, 8-299 1',
    );
  });
});
