/** After a commit that failed on the real binary every byte of the secondary disk is compared, what is free in it aside. */
import { afterAll, afterEach, describe, expect, test, vi } from 'vitest';
import { NodeStorage } from '../../impl/qemu/graph/node-storage.ts';
import { smallSetup } from '../../impl/qemu/testing/qemu-fixture.ts';
import { reasonToSkip } from '../../impl/qemu/testing/qemu-required.ts';
import { createQemuSystem } from '../../impl/qemu/qemu-system.ts';
import type { AsyncSystem } from '../../impl/system.ts';
import type { Operation } from '../../model/operations.ts';
import { runAsyncLockstep } from './async-lockstep.ts';
import type { Divergence } from '../comparison/divergence.ts';

const skipReason = await reasonToSkip();
const system = createQemuSystem();

afterEach(() => {
  vi.restoreAllMocks();
});
afterAll(() => system.shutdown());

/** Of units 0-127, 128-255 and 256-299 the first is written, the second has a bad sector, the last is never dirty. */
const operations: readonly Operation[] = [
  { op: 'open' },
  { op: 'start', mode: 'secondary' },
  { op: 'guestWrite', sector: 3, count: 2, tag: 2 },
  { op: 'guestWrite', sector: 140, count: 1, tag: 3 },
  { op: 'breakSector', disk: 'secondary', access: 'write', sector: 150 },
  { op: 'stop', failover: true },
  { op: 'commitSettle' },
];

/** What is found where one byte of the disk is another one from the end of the commit on. */
async function foundWith(wrongByte: number | null): Promise<Divergence | null> {
  let settled = false;
  const secondary = Object.getOwnPropertyDescriptor(NodeStorage.prototype, 'secondary')?.get;
  vi.spyOn(NodeStorage.prototype, 'secondary', 'get').mockImplementation(function shown(this: NodeStorage) {
    const bytes = Buffer.from(secondary?.call(this));
    if (settled && wrongByte !== null) bytes[wrongByte] = (bytes[wrongByte] ?? 0) ^ 1;
    return bytes;
  });
  const watched: AsyncSystem = {
    name: system.name,
    capabilities: system.capabilities,
    load: (setup, all) => system.load(setup, all),
    apply: (operation) => {
      settled = operation.op === 'commitSettle';
      return system.apply(operation);
    },
    observe: () => system.observe(),
    accepts: (operation, stages, setup) => system.accepts(operation, stages, setup),
    unload: () => system.unload(),
    shutdown: () => system.shutdown(),
  };
  return runAsyncLockstep(watched, { setup: smallSetup(), operations });
}

describe.skipIf(skipReason !== null)('real QEMU: a commit that failed', () => {
  test('agrees as it is', async () => {
    expect(await foundWith(null)).toBe(null);
  });

  test.each([
    ['a unit that was never dirty', 256],
    ['the last sector of the disk', 299],
    ['the unit of the bad sector', 140],
    ['a unit that was written, beside what was written', 100],
    ['what was written', 3],
  ])('differs where one byte is wrong in %s', async (_where, sector) => {
    for (const byte of [0, 511]) {
      const found = await foundWith(sector * 512 + byte);
      expect(found).toMatchObject({ kind: 'observation', part: 'secondary', sector, actual: '-1', index: 6 });
      vi.restoreAllMocks();
    }
  });
});
