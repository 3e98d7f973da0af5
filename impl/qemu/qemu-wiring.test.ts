import { afterAll, afterEach, describe, expect, test } from 'vitest';
import type { Operation } from '../../model/operations.ts';
import type { Defect } from '../../model/vocabulary.ts';
import { brief, play, runs, show, smallSetup, STARTED } from './testing/qemu-fixture.ts';
import { reasonToSkip } from './testing/qemu-required.ts';
import { createQemuSystem } from './qemu-system.ts';

const skipReason = await reasonToSkip();
const system = createQemuSystem();

afterEach(() => system.unload());
afterAll(() => system.shutdown());

const OPEN_DEFECTS: readonly (readonly [Defect, string])[] = [
  ['modeMissing', 'Missing the option mode'],
  ['modeUnknown', "The option mode's value should be primary or secondary"],
  ['topIdMissing', 'Missing the option top-id'],
];

/** The node is as long as active, in sectors; the other disks have 300. */
const ACTIVE_LENGTHS = [
  ['activeLonger', 301],
  ['activeShorter', 299],
] as const;

const START_DEFECTS: readonly (readonly [Defect, string])[] = [
  ['activeWithoutBacking', "Active disk doesn't have backing file"],
  ['hiddenWithoutBacking', "Hidden disk doesn't have backing file"],
  ['secondaryWithoutBackend', "The secondary disk doesn't have block backend"],
  ['lengthsDiffer', "Active disk, hidden disk, secondary disk's length are not the same"],
  ['makeEmptyUnsupported', "Active disk or hidden disk doesn't support make_empty"],
  ['topIdInvalid', 'No top_bs or it is invalid'],
];

describe.skipIf(skipReason !== null)('real QEMU: defects of the wiring', () => {
  test.each(OPEN_DEFECTS)('%s: open says so, and there is no node', async (defect, message) => {
    await system.load(smallSetup({ defects: [defect] }), []);
    expect(brief(await system.apply({ op: 'open' }))).toBe(message);
    expect(brief(await system.apply({ op: 'open' }))).toBe(message);
    expect(brief(await system.apply({ op: 'close' }))).toBe("Failed to find node with node-name='rep'");
  });

  test('topIdOnPrimary: open says so', async () => {
    await system.load(smallSetup({ mode: 'primary', defects: ['topIdOnPrimary'] }), []);
    expect(brief(await system.apply({ op: 'open' }))).toBe('The primary side does not support option top-id');
  });

  test.each(START_DEFECTS)(
    '%s: start says so, and the primary still has its disk',
    async (defect, message) => {
      await system.load(smallSetup({ defects: [defect] }), []);
      expect(brief(await play(system, STARTED))).toBe(message);
      await system.apply({ op: 'primaryWrite', sector: 0, count: 1, tag: 2 });
      const { view, secondary, probes } = await show(system);
      expect(brief(view)).toBe('EIO');
      expect(runs(secondary)).toBe('0-0 2, 1-299 1');
      expect(brief(probes?.getError)).toBe('Block replication is not running');
      expect(brief(await system.apply({ op: 'guestRead', sector: 299, count: 2 }))).toBe('EINVAL');
      expect(brief(await system.apply({ op: 'close' }))).toBe('ok');
      expect(brief(await play(system, STARTED))).toBe(message);
    },
  );

  test.each(ACTIVE_LENGTHS)(
    '%s: start says so, and of %i sectors the stage refuses what is asked',
    async (defect, end) => {
      await system.load(smallSetup({ defects: [defect] }), []);
      expect(brief(await play(system, STARTED))).toBe(
        "Active disk, hidden disk, secondary disk's length are not the same",
      );
      const asks = async (operation: Operation): Promise<unknown> => brief(await system.apply(operation));
      expect(await asks({ op: 'guestRead', sector: end - 1, count: 1 })).toBe('EIO');
      expect(await asks({ op: 'guestRead', sector: end, count: 1 })).toBe('EINVAL');
      expect(await asks({ op: 'guestDiscard', sector: end - 1, count: 1 })).toBe('ok');
      expect(await asks({ op: 'primaryWrite', sector: 299, count: 1, tag: 2 })).toBe('ok');
      expect(await asks({ op: 'primaryRead', sector: 299, count: 2 })).toBe('EINVAL');
      const { view, secondary, answeredBy } = await show(system);
      expect([brief(view), runs(secondary), answeredBy]).toEqual(['EIO', '0-298 1, 299-299 2', null]);
      expect(await asks({ op: 'close' })).toBe('ok');
    },
  );

  test('the second start that finds no top aborts the process; open begins another over the same disks', async () => {
    await system.load(smallSetup({ defects: ['topIdInvalid'] }), []);
    const start: Operation = { op: 'start', mode: 'secondary' };
    await play(system, [...STARTED, { op: 'primaryWrite', sector: 0, count: 1, tag: 2 }]);
    expect(await system.apply(start)).toEqual({ kind: 'abort', rule: 'startAfterFailedStart' });
    expect(brief(await system.apply({ op: 'primaryRead', sector: 0, count: 1 }))).toBe('abort');
    expect(brief((await show(system)).view)).toBe('abort');
    expect(brief(await system.apply({ op: 'open' }))).toBe('ok');
    expect(brief(await system.apply({ op: 'primaryRead', sector: 0, count: 2 }))).toEqual([2, 1]);
    expect(brief(await system.apply(start))).toBe('No top_bs or it is invalid');
  });
});

describe.skipIf(skipReason !== null)('real QEMU: primary mode', () => {
  const started: readonly Operation[] = [{ op: 'open' }, { op: 'start', mode: 'primary' }];

  test('writes pass to the disk while running, reads never', async () => {
    await system.load(smallSetup({ mode: 'primary' }), []);
    await system.apply({ op: 'open' });
    const write: Operation = { op: 'guestWrite', sector: 0, count: 1, tag: 2 };
    expect(brief(await system.apply(write))).toBe('EIO');
    expect(brief(await system.apply({ op: 'start', mode: 'secondary' }))).toBe(
      "The parameter mode's value is invalid, needs 0, but got 1",
    );
    expect(brief(await play(system, [{ op: 'start', mode: 'primary' }, write]))).toBe('ok');
    const { view, secondary, answeredBy } = await show(system);
    expect(brief(view)).toBe('EIO');
    expect(runs(secondary)).toBe('0-0 2, 1-299 1');
    expect(answeredBy).toBeNull();
    expect(brief(await play(system, [{ op: 'stop', failover: true }, write]))).toBe('EIO');
  });

  test('a failing write is answered as success and remembered until stop', async () => {
    await system.load(
      smallSetup({ mode: 'primary', badSectors: [{ disk: 'secondary', access: 'write', sector: 5 }] }),
      [],
    );
    const write: Operation = { op: 'guestWrite', sector: 4, count: 2, tag: 2 };
    expect(brief(await play(system, [...started, write]))).toBe('ok');
    expect(runs((await show(system)).secondary)).toBe('0-299 1');
    expect(brief(await play(system, [{ op: 'checkpoint' }, { op: 'getError' }]))).toBe('I/O error occurred');
    expect(brief(await system.apply({ op: 'primaryWrite', sector: 5, count: 1, tag: 3 }))).toBe('EIO');
    expect(brief(await play(system, [{ op: 'stop', failover: false }, { op: 'getError' }]))).toBe('ok');
    expect(brief(await system.apply({ op: 'close' }))).toBe('ok');
  });
});
