/** Guest writes after a failed failover. */
import { describe, expect, test } from 'vitest';
import type { Geometry } from '../../../model/vocabulary.ts';
import { EIO, OK, REAL, Scenario, badWrites, data } from '../testing/scenario.ts';

/** Active in unit 0, hidden in unit 1, nothing in unit 2; the commit fails at sector 20, and again below at `bad`. */
function failed(geometry: Geometry, ...bad: number[]): Scenario {
  const unit = geometry.copyUnitSectors;
  const scenario = Scenario.running(geometry, { ...badWrites(20, ...bad), commitRequestsMax: 16 });
  scenario.guestWrite(0, geometry.activeClusterSectors, 33);
  scenario.primaryWrite(unit, 1, 22);
  scenario.failover();
  scenario.settle();
  return scenario;
}

const SMALL: Geometry = {
  lengthSectors: 24 * 3,
  sectorBytes: 8,
  activeClusterSectors: 24,
  hiddenClusterSectors: 12,
  copyUnitSectors: 24,
  commitUnitSectors: 24,
};

describe('after a failed failover', () => {
  test('a write over all three layers goes to active twice and to the disk once', () => {
    const scenario = failed(REAL);
    expect(scenario.observe().stage).toBe('failoverFailed');
    expect(scenario.guestWrite(126, 200, 77)).toEqual(OK);
    expect(scenario.guestRead(125, 202)).toEqual(data(33, ...Array<number>(200).fill(77), 11));
    expect(scenario.primaryRead(255, 3)).toEqual(data(11, 77, 77));
    const { active } = scenario.observe();
    expect(active.slice(126, 130)).toEqual([77, 77, 77, 77]);
    expect(active[256]).toBeNull();
  });

  test('each piece takes its own part of the buffer', () => {
    const scenario = failed(SMALL);
    scenario.guestWrite(22, 30, 77);
    // A wrong part of the buffer would hold the payload of another sector, which decodes to no tag.
    expect(scenario.guestRead(21, 32)).toEqual(data(33, ...Array<number>(30).fill(77), 11));
    expect(scenario.primaryRead(48, 4)).toEqual(data(77, 77, 77, 77));
  });

  test('a piece for the disk ends where active begins', () => {
    const scenario = Scenario.running(SMALL, badWrites(50));
    scenario.guestWrite(48, 1, 33);
    scenario.failover();
    scenario.settle();
    expect(scenario.guestWrite(40, 16, 77)).toEqual(OK);
    expect(scenario.guestRead(39, 18)).toEqual(data(11, ...Array<number>(16).fill(77), 11));
    expect(scenario.primaryRead(46, 4)).toEqual(data(77, 77, 11, 11));
  });

  test('a piece for the disk ends where hidden begins', () => {
    const scenario = Scenario.running(SMALL, badWrites(50));
    scenario.primaryWrite(24, 1, 22);
    scenario.guestWrite(48, 1, 33);
    scenario.failover();
    scenario.settle();
    expect(scenario.guestWrite(10, 20, 77)).toEqual(OK);
    expect(scenario.guestRead(9, 22)).toEqual(data(11, ...Array<number>(20).fill(77), 11));
    expect(scenario.primaryRead(22, 4)).toEqual(data(77, 77, 11, 11));
  });

  test('a failing piece stops the write, earlier pieces stay', () => {
    const scenario = failed(REAL, 300);
    expect(scenario.guestWrite(120, 200, 77)).toEqual(EIO);
    expect(scenario.guestRead(120, 200)).toEqual(
      data(...Array<number>(136).fill(77), ...Array<number>(64).fill(11)),
    );
    expect(scenario.primaryRead(256, 1)).toEqual(data(11));
  });

  test('allocation is asked again for each piece', () => {
    // Clusters of active twice as large as the unit: the piece for hidden in unit 1 allocates unit 0 as well.
    const wide: Geometry = { ...SMALL, activeClusterSectors: 48, copyUnitSectors: 12, commitUnitSectors: 12 };
    const scenario = Scenario.running(wide, badWrites(14));
    scenario.primaryWrite(12, 1, 22);
    scenario.failover();
    scenario.settle();
    expect(scenario.guestWrite(12, 36, 77)).toEqual(OK);
    expect(scenario.allocated('active')).toHaveLength(48);
    expect(scenario.guestRead(11, 38)).toEqual(data(11, ...Array<number>(36).fill(77), 11));
    expect(scenario.primaryRead(24, 1)).toEqual(data(11));
  });

  test('write-zeroes is split as well, and the primary writes straight to the disk', () => {
    const scenario = failed(SMALL);
    expect(scenario.do({ op: 'guestWriteZeroes', sector: 22, count: 30 })).toEqual(OK);
    expect(scenario.guestRead(21, 3)).toEqual(data(33, 0, 0));
    expect(scenario.primaryRead(47, 2)).toEqual(data(11, 0));
    expect(scenario.primaryWrite(60, 1, 23)).toEqual(OK);
    expect(scenario.guestRead(60, 1)).toEqual(data(23));
    expect(scenario.guestWrite(5, 0, 77)).toEqual(OK);
  });
});
