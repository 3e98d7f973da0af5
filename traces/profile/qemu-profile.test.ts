/** The profile that the installed binary shows is that of 7.2, whose deviations all of the traces are about. */
import { describe, expect, test } from 'vitest';
import { reasonToSkip } from '../../impl/qemu/testing/qemu-required.ts';
import { probeQemu } from './profile-probe.ts';

const skipReason = await reasonToSkip();

describe.skipIf(skipReason !== null)('the real QEMU', () => {
  test('does as 7.2 at every deviation', async () => {
    expect(await probeQemu()).toEqual({ comparison: 'qemu', mended: [], changed: [], differing: [] });
  });
});

test('a binary that is not there is reported in one line', async () => {
  await expect(probeQemu('/nowhere/qemu')).rejects.toThrow(/^\/nowhere\/qemu not found; install it/);
});
