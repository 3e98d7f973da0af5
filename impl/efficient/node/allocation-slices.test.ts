/** After a failed failover a write is cut where an L2 slice of an overlay ends that was asked for its allocation. */
import { describe, expect, test } from 'vitest';
import type { Geometry } from '../../../model/vocabulary.ts';
import { EIO, OK, Scenario, badWrites, data, sectors } from '../testing/scenario.ts';

/** Made-up sectors: uncut where no slices are stated. */
const UNCUT: Geometry = {
  lengthSectors: 17,
  sectorBytes: 8,
  activeClusterSectors: 1,
  hiddenClusterSectors: 1,
  copyUnitSectors: 1,
  commitUnitSectors: 1,
};
const LAST = UNCUT.lengthSectors - 1;

/** The failover has failed at the last sector, which the guest had written; `bad` are bad as well. */
function failed(geometry: Geometry, ...bad: number[]): Scenario {
  const last = geometry.lengthSectors - 1;
  const scenario = Scenario.running(geometry, { ...badWrites(last, ...bad), commitRequestsMax: 16 });
  scenario.guestWrite(last, 1, 33);
  scenario.failover();
  scenario.settle();
  expect(scenario.observe().stage).toBe('failoverFailed');
  return scenario;
}

/** How many of the first 16 sectors are written where sector `bad` of the secondary disk fails. */
function writtenBefore(geometry: Geometry, bad: number): number {
  const scenario = failed(geometry, bad);
  expect(scenario.guestWrite(0, LAST, 77)).toEqual(EIO);
  return scenario.observe().secondary.filter((tag) => tag === 77).length;
}

describe('what no overlay holds', () => {
  test('is one request where nothing is cut', () => {
    expect(sectors(0, LAST).map((bad) => writtenBefore(UNCUT, bad))).toEqual(Array(16).fill(0));
  });

  test.each<[string, Partial<Geometry>, number[]]>([
    ['active', { activeSliceSectors: 4 }, [4, 8, 12]],
    ['hidden', { hiddenSliceSectors: 4 }, [4, 8, 12]],
    ['either', { activeSliceSectors: 4, hiddenSliceSectors: 6 }, [4, 6, 8, 12]],
    ['either, longer than the disk', { activeSliceSectors: 32, hiddenSliceSectors: 24 }, []],
  ])('is cut at slices of %s', (_name, slices, ends) => {
    const cuts = sectors(0, LAST).map((bad) => Math.max(0, ...ends.filter((end) => end <= bad)));
    expect(sectors(0, LAST).map((bad) => writtenBefore({ ...UNCUT, ...slices }, bad))).toEqual(cuts);
  });

  test('is cut by where the disk begins, not by where the write does', () => {
    const scenario = failed({ ...UNCUT, activeSliceSectors: 4 }, 5);
    expect(scenario.guestWrite(3, 4, 77)).toEqual(EIO);
    expect(scenario.primaryRead(2, 6)).toEqual(data(11, 77, 11, 11, 11, 11));
  });

  test('takes for each piece its own part of the buffer, zeroes as well', () => {
    const scenario = failed({ ...UNCUT, activeSliceSectors: 4, hiddenSliceSectors: 6 });
    expect(scenario.guestWrite(1, 12, 77)).toEqual(OK);
    expect(scenario.primaryRead(0, 14)).toEqual(data(11, ...Array<number>(12).fill(77), 11));
    expect(scenario.do({ op: 'guestWriteZeroes', sector: 2, count: 10 })).toEqual(OK);
    expect(scenario.primaryRead(1, 12)).toEqual(data(77, ...Array<number>(10).fill(0), 77));
  });
});

describe('what an overlay holds', () => {
  const wide: Geometry = { ...UNCUT, activeClusterSectors: 4, hiddenClusterSectors: 2, copyUnitSectors: 2 };

  /** Active or hidden holds the first cluster; the last sector of it then goes bad. */
  function holding(layer: 'active' | 'hidden', slices: Partial<Geometry>): Scenario {
    const scenario = Scenario.running({ ...wide, ...slices }, badWrites(LAST));
    if (layer === 'active') scenario.guestWrite(0, 4, 33);
    else scenario.primaryWrite(0, 4, 22);
    scenario.guestWrite(LAST, 1, 33);
    scenario.failover();
    scenario.settle();
    const access = layer === 'active' ? 'write' : 'read';
    scenario.do({ op: 'breakSector', disk: layer, access, sector: 3 });
    return scenario;
  }

  test('slices of hidden do not cut what active holds: half a cluster is not written', () => {
    const scenario = holding('active', { hiddenSliceSectors: 2 });
    expect(scenario.guestWrite(0, 4, 77)).toEqual(EIO);
    expect(scenario.guestRead(0, 4)).toEqual(data(33, 33, 33, 33));
  });

  test('slices of hidden cut what hidden holds: the cluster of active is then filled from below', () => {
    expect(holding('hidden', {}).guestWrite(0, 4, 77)).toEqual(OK);
    const cut = holding('hidden', { hiddenSliceSectors: 2 });
    expect(cut.guestWrite(0, 4, 77)).toEqual(EIO);
    expect(cut.allocated('active')).not.toContain(0);
  });
});

describe("slices of QEMU's own size", () => {
  const shape: Geometry = { ...UNCUT, sectorBytes: 512, copyUnitSectors: 128, commitUnitSectors: 128 };

  test.each<[string, Geometry, number]>([
    ['active', { ...shape, lengthSectors: 200, hiddenClusterSectors: 128 }, 64],
    ['hidden', { ...shape, lengthSectors: 200, activeClusterSectors: 128 }, 64],
    ['neither', { ...shape, lengthSectors: 200, activeClusterSectors: 8, hiddenClusterSectors: 8 }, 0],
    ['larger sectors', { ...shape, lengthSectors: 200, sectorBytes: 1024, hiddenClusterSectors: 128 }, 0],
    [
      'clusters of two',
      { ...shape, lengthSectors: 300, activeClusterSectors: 2, hiddenClusterSectors: 8 },
      0,
    ],
  ])('%s', (_name, geometry, end) => {
    const scenario = failed(geometry, 70);
    // The bad sector of the end of the disk lies in a commit unit behind.
    expect(scenario.guestWrite(60, 20, 77)).toEqual(EIO);
    const written = scenario.observe().secondary.flatMap((tag, sector) => (tag === 77 ? [sector] : []));
    expect(written).toEqual(sectors(60, Math.max(60, end)));
  });

  test('of clusters of two sectors end at 256, of sectors of 1 KiB at 128', () => {
    const two = failed(
      { ...shape, lengthSectors: 400, activeClusterSectors: 2, hiddenClusterSectors: 8 },
      257,
    );
    expect(two.guestWrite(254, 4, 77)).toEqual(EIO);
    expect(two.primaryRead(254, 4)).toEqual(data(77, 77, 11, 11));
    const large = failed({ ...shape, lengthSectors: 400, sectorBytes: 1024, hiddenClusterSectors: 128 }, 129);
    expect(large.guestWrite(126, 4, 77)).toEqual(EIO);
    expect(large.primaryRead(126, 4)).toEqual(data(77, 77, 11, 11));
  });

  test('may be smaller where that is stated', () => {
    const stated = failed({ ...shape, lengthSectors: 200, activeSliceSectors: 16 }, 33);
    expect(stated.guestWrite(30, 4, 77)).toEqual(EIO);
    expect(stated.primaryRead(30, 4)).toEqual(data(77, 77, 11, 11));
  });
});
