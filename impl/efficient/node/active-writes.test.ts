/** What a guest write to active leaves behind where sectors are bad. */
import { describe, expect, test } from 'vitest';
import type { BadSector, Geometry } from '../../../model/vocabulary.ts';
import { EIO, OK, Scenario, badWrites, sectors } from '../testing/scenario.ts';

/** Six clusters of four sectors, in one slice. */
const FOURS: Geometry = {
  lengthSectors: 24,
  sectorBytes: 8,
  activeClusterSectors: 4,
  hiddenClusterSectors: 4,
  copyUnitSectors: 4,
  commitUnitSectors: 4,
};

const SECONDARY_READ = { disk: 'secondary', access: 'read' } as const;
const HIDDEN_READ = { disk: 'hidden', access: 'read' } as const;
const ACTIVE_READ = { disk: 'active', access: 'read' } as const;
const ACTIVE_WRITE = { disk: 'active', access: 'write' } as const;

/** What reads or writes of the rest of a new cluster meet. */
const AROUND = [SECONDARY_READ, ACTIVE_WRITE] as const;

type Access = Pick<BadSector, 'disk' | 'access'>;

/** Active holds the clusters `held`, with 33 in them, when the sector breaks. */
function broken(held: readonly number[], access: Access, sector: number, geometry = FOURS): Scenario {
  const scenario = Scenario.running(geometry);
  for (const cluster of held) {
    scenario.guestWrite(cluster * geometry.activeClusterSectors, geometry.activeClusterSectors, 33);
  }
  scenario.do({ op: 'breakSector', ...access, sector });
  return scenario;
}

/** Cluster by cluster: its tags, or `.` where active does not hold it. */
function active(scenario: Scenario): string {
  const content = scenario.observe().active;
  const clusters: string[] = [];
  for (let first = 0; first < content.length; first += FOURS.activeClusterSectors) {
    const tags = content.slice(first, first + FOURS.activeClusterSectors);
    clusters.push(tags.every((tag) => tag === null) ? '.' : tags.join(' '));
  }
  return clusters.join(' | ');
}

describe('one run of new clusters covers the request', () => {
  test.each(AROUND)('head or tail is bad, %o: nothing is allocated', (access) => {
    for (const sector of [0, 11]) {
      const scenario = broken([], access, sector);
      expect(scenario.guestWrite(1, 10, 44)).toEqual(EIO);
      expect(active(scenario)).toBe('. | . | . | . | . | .');
    }
  });

  test('its own sectors cannot be written: nothing is allocated', () => {
    const scenario = broken([], ACTIVE_WRITE, 9);
    expect(scenario.guestWrite(0, 12, 44)).toEqual(EIO);
    expect(scenario.do({ op: 'guestWriteZeroes', sector: 4, count: 8 })).toEqual(EIO);
    expect(active(scenario)).toBe('. | . | . | . | . | .');
  });

  test.each(AROUND)('what lies beside its clusters does not matter, %o', (access) => {
    const scenario = broken([], access, 12);
    expect(scenario.guestWrite(1, 10, 44)).toEqual(OK);
    expect(active(scenario)).toBe('11 44 44 44 | 44 44 44 44 | 44 44 44 11 | . | . | .');
  });

  test('sectors of active that cannot be read do not matter', () => {
    const scenario = broken([], ACTIVE_READ, 0);
    expect(scenario.guestWrite(1, 2, 44)).toEqual(OK);
    expect(active(scenario)).toBe('11 44 44 11 | . | . | . | . | .');
  });
});

describe('active holds some of the clusters', () => {
  test('a sector of the request cannot be written: nothing is changed, held or new', () => {
    for (const sector of [1, 6, 10]) {
      const scenario = broken([1], ACTIVE_WRITE, sector);
      expect(scenario.guestWrite(1, 10, 44)).toEqual(EIO);
      expect(active(scenario)).toBe('. | 33 33 33 33 | . | . | . | .');
    }
  });

  test.each(AROUND)('the head is bad, %o: the runs behind it stay', (access) => {
    const scenario = broken([1, 3], access, 0);
    expect(scenario.guestWrite(1, 17, 44)).toEqual(EIO);
    expect(active(scenario)).toBe('. | 44 44 44 44 | 44 44 44 44 | 44 44 44 44 | 44 44 11 11 | .');
  });

  test.each(AROUND)('the tail is bad, %o: no run is allocated, what was held is written', (access) => {
    const scenario = broken([1, 3], access, 19);
    expect(scenario.guestWrite(1, 17, 44)).toEqual(EIO);
    expect(active(scenario)).toBe('. | 44 44 44 44 | . | 44 44 44 44 | . | .');
  });

  test.each(AROUND)('a run of several clusters is allocated as a whole or not at all, %o', (access) => {
    const scenario = broken([0], access, 11);
    expect(scenario.guestWrite(2, 9, 44)).toEqual(EIO);
    expect(active(scenario)).toBe('33 33 44 44 | . | . | . | . | .');
    expect(scenario.guestWrite(2, 6, 45)).toEqual(OK);
    expect(active(scenario)).toBe('33 33 45 45 | 45 45 45 45 | . | . | . | .');
  });

  test('beside the request in a held cluster nothing is read or written', () => {
    for (const access of AROUND) {
      const scenario = broken([0, 2], access, 0);
      scenario.do({ op: 'breakSector', ...access, sector: 11 });
      expect(scenario.guestWrite(1, 10, 44)).toEqual(OK);
      expect(active(scenario)).toBe('33 44 44 44 | 44 44 44 44 | 44 44 44 33 | . | . | .');
    }
  });

  test('write-zeroes fail the same way', () => {
    const scenario = broken([1], SECONDARY_READ, 0);
    expect(scenario.do({ op: 'guestWriteZeroes', sector: 1, count: 10 })).toEqual(EIO);
    expect(active(scenario)).toBe('. | 0 0 0 0 | 0 0 0 11 | . | . | .');
  });
});

describe('a run ends with its L2 slice', () => {
  test('a bad head keeps its own slice unallocated, a bad tail all', () => {
    const geometry = { ...FOURS, activeSliceSectors: 8 };
    const head = broken([], SECONDARY_READ, 0, geometry);
    expect(head.guestWrite(1, 21, 44)).toEqual(EIO);
    expect(active(head)).toBe('. | . | 44 44 44 44 | 44 44 44 44 | 44 44 44 44 | 44 44 11 11');
    const tail = broken([], SECONDARY_READ, 23, geometry);
    expect(tail.guestWrite(1, 21, 44)).toEqual(EIO);
    expect(active(tail)).toBe('. | . | . | . | . | .');
  });

  test('of the size that QEMU gives it: 128 clusters of two sectors', () => {
    const geometry = { ...FOURS, lengthSectors: 300, sectorBytes: 512, activeClusterSectors: 2 };
    const scenario = broken([], SECONDARY_READ, 0, geometry);
    expect(scenario.guestWrite(1, 299, 44)).toEqual(EIO);
    expect(scenario.allocated('active')).toEqual(sectors(256, 300));
  });
});

describe('head and tail are read together', () => {
  test('then the replaced sectors must be readable, in the layer that answers them', () => {
    const scenario = broken([], SECONDARY_READ, 1);
    expect(scenario.guestWrite(1, 2, 44)).toEqual(EIO);
    expect(scenario.guestWrite(1, 6, 44)).toEqual(EIO);
    expect(active(scenario)).toBe('. | . | . | . | . | .');
    const hidden = broken([], HIDDEN_READ, 5);
    expect(hidden.guestWrite(1, 6, 44)).toEqual(OK);
    hidden.checkpoint();
    hidden.primaryWrite(4, 1, 22);
    expect(hidden.guestWrite(1, 6, 44)).toEqual(EIO);
  });

  test('with a head or a tail alone they need not be, nor where whole clusters are written', () => {
    const scenario = broken([], SECONDARY_READ, 1);
    expect(scenario.guestWrite(1, 3, 44)).toEqual(OK);
    scenario.checkpoint();
    expect(scenario.guestWrite(0, 2, 44)).toEqual(OK);
    scenario.checkpoint();
    expect(scenario.guestWrite(0, 4, 44)).toEqual(OK);
  });

  test('only where they are of one run', () => {
    const scenario = broken([1], SECONDARY_READ, 1);
    expect(scenario.guestWrite(1, 10, 44)).toEqual(OK);
    expect(active(scenario)).toBe('11 44 44 44 | 44 44 44 44 | 44 44 44 11 | . | . | .');
  });

  test('a tail past the end of the disk counts, and never fails itself', () => {
    const geometry = { ...FOURS, lengthSectors: 22 };
    const scenario = broken([], SECONDARY_READ, 21, geometry);
    expect(scenario.guestWrite(21, 1, 44)).toEqual(EIO);
    expect(scenario.guestWrite(20, 2, 44)).toEqual(OK);
    expect(active(scenario)).toBe('. | . | . | . | . | 44 44');
    expect(broken([], SECONDARY_READ, 0, geometry).guestWrite(21, 1, 44)).toEqual(OK);
  });

  test.each([
    [32, EIO],
    [33, OK],
  ])('of %d sectors of 512 bytes between them: %o', (count, outcome) => {
    const geometry = { ...FOURS, lengthSectors: 100, sectorBytes: 512, activeClusterSectors: 20 };
    const scenario = broken([], SECONDARY_READ, 10, geometry);
    expect(scenario.guestWrite(5, count, 44)).toEqual(outcome);
    expect(scenario.allocated('active')).toHaveLength(outcome === OK ? 40 : 0);
  });

  test('further apart each is read by itself', () => {
    const geometry = { ...FOURS, lengthSectors: 100, sectorBytes: 512, activeClusterSectors: 20 };
    for (const sector of [4, 38]) {
      const scenario = broken([], SECONDARY_READ, sector, geometry);
      expect(scenario.guestWrite(5, 33, 44)).toEqual(EIO);
      expect(scenario.allocated('active')).toEqual([]);
    }
  });
});

test('a piece of a split write fails like a write of its own', () => {
  const scenario = Scenario.running(FOURS, badWrites(4));
  scenario.guestWrite(4, 4, 33);
  scenario.primaryWrite(8, 4, 22);
  scenario.failover();
  scenario.settle();
  scenario.do({ op: 'breakSector', ...HIDDEN_READ, sector: 10 });
  expect(scenario.guestWrite(4, 6, 44)).toEqual(EIO);
  expect(scenario.observe().stage).toBe('failoverFailed');
  expect(active(scenario)).toBe('. | 44 44 44 44 | . | . | . | .');
});
