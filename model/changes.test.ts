/** What newer versions of QEMU do otherwise than 7.2. */
import { describe, expect, test } from 'vitest';
import { predicted } from './choices.ts';
import { asQemu, profiles } from './deviations.ts';
import type { DeviationName, Way } from './deviations.ts';
import { initialState } from './node.ts';
import type { Host } from './node.ts';
import { step } from './step.ts';

function failedOver(lengthSectors: number, badSector: number | null, follow: (name: DeviationName) => Way): Host {
  const geometry = {
    lengthSectors,
    sectorBytes: 512,
    activeClusterSectors: 128,
    hiddenClusterSectors: 128,
    copyUnitSectors: 128,
    commitUnitSectors: 128,
  };
  const badSectors = badSector === null ? [] : [{ disk: 'secondary', access: 'read', sector: badSector } as const];
  const node = { mode: 'secondary', geometry, initialContent: [], readOnly: [], badSectors, defects: [] } as const;
  const start = initialState({ nodes: [{ ...node, commitRequestsMax: 16 }] });
  const operations = [
    { op: 'open' },
    { op: 'start', mode: 'secondary' },
    { op: 'stop', failover: true },
    { op: 'commitSettle' },
  ] as const;
  return operations.reduce<Host>((host, operation) => step(host, operation, predicted, follow).host, start);
}

const as11 = (name: DeviationName): Way => profiles['qemu-11.1'](name)[0] ?? 0;

describe('commit-reads-a-small-disk-first', () => {
  test.each([
    ['11.1, 128 KiB with a sector that cannot be read', 256, 255, as11, 'failoverFailed'],
    ['11.1, one sector more', 257, 255, as11, 'done'],
    ['11.1, 128 KiB that can be read', 256, null, as11, 'done'],
    ['7.2, 128 KiB with a sector that cannot be read', 256, 255, asQemu, 'done'],
  ] as const)('%s', (_, lengthSectors, badSector, follow, stage) => {
    const [node] = failedOver(lengthSectors, badSector, follow).nodes;
    expect(node?.stage).toBe(stage);
  });
});
