/** A flush that is answered ok has reached every disk that it is for: on the real binary, and on one that has no flush. */
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import type { BadSector } from '../../model/vocabulary.ts';
import type { Operation } from '../../model/operations.ts';
import type { AsyncSystem } from '../system.ts';
import { brief, play, show, smallSetup, STARTED } from './testing/qemu-fixture.ts';
import { reasonToSkip } from './testing/qemu-required.ts';
import { createQemuSystem } from './qemu-system.ts';

const { offered } = vi.hoisted(() => {
  vi.resetModules();
  return { offered: { flush: true } };
});
afterAll(() => vi.resetModules());

// A server that does not offer flushes gets none, and QEMU answers its own clients ok.
vi.mock(import('./nbd/nbd-protocol.ts'), async (importOriginal) => {
  const real = await importOriginal();
  const { sendFlush, ...others } = real.EXPORT_FLAG;
  const flags = {
    ...others,
    get sendFlush() {
      return offered.flush ? sendFlush : 0;
    },
  };
  return { ...real, EXPORT_FLAG: flags };
});

const skipReason = await reasonToSkip();
const guestFlush: Operation = { op: 'guestFlush' };
const primaryFlush: Operation = { op: 'primaryFlush' };
const guestWrite: Operation = { op: 'guestWrite', sector: 0, count: 1, tag: 2 };
const primaryWrite: Operation = { op: 'primaryWrite', sector: 130, count: 1, tag: 3 };
const failover: readonly Operation[] = [{ op: 'stop', failover: true }, { op: 'commitSettle' }];
/** Puts the clusters of the overlays where the flushes of them are seen. */
const seen: BadSector = { disk: 'active', access: 'write', sector: 299 };
const badUnit: Operation = { op: 'breakSector', disk: 'secondary', access: 'write', sector: 1 };
const restarted: readonly Operation[] = [{ op: 'open' }, { op: 'start', mode: 'primary' }];

const situations = [
  ['guest', 'before start', 'secondary', [{ op: 'open' }, guestFlush], ''],
  [
    'guest',
    'of a running secondary',
    'secondary',
    [...STARTED, primaryWrite, guestWrite, guestFlush],
    'active, hidden, secondary',
  ],
  [
    'primary',
    'of a running secondary',
    'secondary',
    [...STARTED, primaryWrite, guestWrite, primaryFlush],
    'secondary',
  ],
  [
    'guest',
    'after a stop',
    'secondary',
    [...STARTED, guestWrite, primaryWrite, { op: 'stop', failover: false }, guestFlush],
    'active, hidden, secondary',
  ],
  [
    'guest',
    'after a failover',
    'secondary',
    [...STARTED, guestWrite, ...failover, guestWrite, guestFlush],
    'secondary',
  ],
  [
    'guest',
    'after a failed failover',
    'secondary',
    [...STARTED, guestWrite, primaryWrite, badUnit, ...failover, guestFlush],
    'active, hidden, secondary',
  ],
  ['guest', 'of a primary', 'primary', [...restarted, primaryWrite, guestWrite, guestFlush], 'peer'],
  [
    'primary',
    'beside a primary',
    'primary',
    [...restarted, primaryWrite, guestWrite, primaryFlush],
    'secondary',
  ],
] as const satisfies readonly [string, string, 'secondary' | 'primary', readonly Operation[], string][];

/** What the last operation answers where all are looked at. */
async function last(
  system: AsyncSystem,
  mode: 'secondary' | 'primary',
  operations: readonly Operation[],
): Promise<unknown> {
  await system.load(smallSetup({ mode, badSectors: mode === 'primary' ? [] : [seen] }), operations);
  let said: unknown;
  for (const operation of operations) {
    said = brief(await play(system, [operation]));
    await show(system);
  }
  return said;
}

describe.skipIf(skipReason !== null)('real QEMU: a flush', () => {
  describe.each([true, false])('where the disks have one: %s', (isOffered) => {
    const system = createQemuSystem();
    beforeAll(() => {
      offered.flush = isOffered;
    });
    afterEach(() => system.unload());
    afterAll(() => system.shutdown());

    test.each(situations)('%s, %s', async (_who, _when, mode, operations, disks) => {
      const isMissed = !isOffered && disks !== '';
      const expected = isMissed ? `the flush was answered ok and did not reach ${disks}` : 'ok';
      expect(await last(system, mode, operations)).toBe(expected);
    });

    test('a commit that ends well has flushed what it has written', async () => {
      const expected = isOffered ? 'ok' : 'the commit has ended well and did not flush the secondary disk';
      expect(await last(system, 'secondary', [...STARTED, guestWrite, ...failover])).toBe(expected);
      // One that fails has nothing to flush.
      const failing = [...STARTED, guestWrite, badUnit, ...failover] as const;
      expect(await last(system, 'secondary', failing)).toBe('ok');
    });
  });
});
