/** Sectors that cannot be read or written, of each of the three disks. */
import { describe, expect, test } from 'vitest';
import type { BadSector, Geometry, NodeSetup } from '../../../model/vocabulary.ts';
import { EIO, OK, Scenario, TINY, data, sectors } from '../testing/scenario.ts';

type Access = Pick<BadSector, 'disk' | 'access'>;

const SECONDARY_READ: Access = { disk: 'secondary', access: 'read' };
const SECONDARY_WRITE: Access = { disk: 'secondary', access: 'write' };
const HIDDEN_READ: Access = { disk: 'hidden', access: 'read' };
const HIDDEN_WRITE: Access = { disk: 'hidden', access: 'write' };
const ACTIVE_READ: Access = { disk: 'active', access: 'read' };
const ACTIVE_WRITE: Access = { disk: 'active', access: 'write' };

function bad(access: Access, ...found: number[]): Pick<NodeSetup, 'badSectors'> {
  return { badSectors: found.map((sector) => ({ ...access, sector })) };
}

function breakSector(scenario: Scenario, access: Access, sector: number): void {
  expect(scenario.do({ op: 'breakSector', ...access, sector })).toEqual(OK);
}

function repair(scenario: Scenario, disk: BadSector['disk']): void {
  expect(scenario.do({ op: 'repairSectors', disk })).toEqual(OK);
}

describe('a long copy before a write is cut into pieces of at most 1 MiB', () => {
  /** One sector a unit. */
  function units(lengthSectors: number, unitBytes: number): Geometry {
    return {
      lengthSectors,
      sectorBytes: unitBytes,
      activeClusterSectors: 1,
      hiddenClusterSectors: 1,
      copyUnitSectors: 1,
      commitUnitSectors: 1,
    };
  }

  test.each([
    ['16 units of 64 KiB', units(40, 65_536), 20, [...sectors(0, 16), ...sectors(32, 40)]],
    ['only whole units: 2 of 384 KiB', units(5, 393_216), 1, [2, 3, 4]],
    ['one unit of exactly 1 MiB', units(3, 2 ** 20), 1, [0, 2]],
    ['at least one unit, of more than 1 MiB', units(3, 2 ** 20 + 4), 1, [0, 2]],
    [
      'bytes, not sectors: 2 units of 2 sectors',
      { ...units(10, 2 ** 18), copyUnitSectors: 2 },
      5,
      [0, 1, 2, 3, 8, 9],
    ],
  ])('%s', (_, geometry, broken, copied) => {
    for (const access of [SECONDARY_READ, HIDDEN_WRITE]) {
      const { lengthSectors } = geometry;
      const scenario = Scenario.running(geometry, bad(access, broken));
      expect(scenario.primaryWrite(0, lengthSectors, 22)).toEqual(EIO);
      expect(scenario.allocated('hidden')).toEqual(copied);
      expect(scenario.observe().secondary).toEqual(Array<number>(lengthSectors).fill(11));
    }
  });

  test('counted from the start of each run, and each piece that worked stays', () => {
    const scenario = Scenario.running(units(7, 2 ** 19), bad(SECONDARY_READ, 4));
    expect(scenario.primaryWrite(2, 1, 22)).toEqual(OK);
    // The runs are 0 to 1 and 3 to 6; the pieces of the second are 3 to 4 and 5 to 6.
    expect(scenario.primaryWrite(0, 7, 23)).toEqual(EIO);
    expect(scenario.allocated('hidden')).toEqual([0, 1, 2, 5, 6]);
    repair(scenario, 'secondary');
    breakSector(scenario, SECONDARY_READ, 0);
    expect(scenario.primaryWrite(0, 7, 24)).toEqual(OK);
    expect(scenario.allocated('hidden')).toEqual(sectors(0, 7));
  });
});

describe('secondary disk, unreadable', () => {
  test('a read that touches it fails whole, on both sides, and the view shows it alone', () => {
    const scenario = Scenario.running(TINY, bad(SECONDARY_READ, 3));
    expect(scenario.guestRead(0, 3)).toEqual(data(11, 11, 11));
    expect(scenario.guestRead(2, 2)).toEqual(EIO);
    expect(scenario.primaryRead(4, 4)).toEqual(data(11, 11, 11, 11));
    expect(scenario.primaryRead(0, 8)).toEqual(EIO);
    expect(scenario.guestRead(3, 0)).toEqual(data());
    expect(scenario.observe()).toMatchObject({
      errorFlag: false,
      view: data(11, 11, 11, -2, 11, 11, 11, 11),
      secondary: Array<number>(8).fill(11),
    });
  });

  test('a guest write that must read it allocates nothing; one of the whole cluster hides it', () => {
    const scenario = Scenario.running(TINY, bad(SECONDARY_READ, 3));
    expect(scenario.guestWrite(1, 2, 33)).toEqual(EIO);
    expect(scenario.allocated('active')).toEqual([]);
    expect(scenario.guestWrite(3, 1, 33)).toEqual(OK);
    expect(scenario.guestRead(0, 4)).toEqual(data(11, 11, 11, 33));
    expect(scenario.guestWrite(2, 2, 34)).toEqual(OK);
    expect(scenario.guestRead(0, 4)).toEqual(data(11, 11, 34, 34));
    expect(scenario.primaryRead(3, 1)).toEqual(EIO);
  });

  test('a run of units is copied together or not at all, another run goes its own way', () => {
    const scenario = Scenario.running(TINY, bad(SECONDARY_READ, 3));
    expect(scenario.primaryWrite(0, 8, 22)).toEqual(EIO);
    expect(scenario.allocated('hidden')).toEqual([]);
    expect(scenario.primaryWrite(4, 1, 23)).toEqual(OK);
    expect(scenario.primaryWrite(0, 8, 24)).toEqual(EIO);
    expect(scenario.allocated('hidden')).toEqual(sectors(4, 8));
    expect(scenario.observe().secondary).toEqual([11, 11, 11, 11, 23, 11, 11, 11]);
    expect(scenario.getError()).toEqual(OK);
    repair(scenario, 'secondary');
    expect(scenario.primaryWrite(0, 8, 25)).toEqual(OK);
    expect(scenario.guestRead(0, 8)).toEqual(data(...Array<number>(8).fill(11)));
    expect(scenario.primaryRead(0, 8)).toEqual(data(...Array<number>(8).fill(25)));
  });

  test('an empty write within its unit fails, one on the boundary and a discard do not', () => {
    const scenario = Scenario.running(TINY, bad(SECONDARY_READ, 3));
    expect(scenario.primaryWrite(3, 0, 22)).toEqual(EIO);
    expect(scenario.primaryWrite(2, 0, 22)).toEqual(OK);
    expect(scenario.do({ op: 'primaryDiscard', sector: 3, count: 1 })).toEqual(OK);
    expect(scenario.do({ op: 'primaryWriteZeroes', sector: 2, count: 1 })).toEqual(EIO);
    expect(scenario.allocated('hidden')).toEqual([]);
  });

  test('a unit that is copied already is not read again', () => {
    const scenario = Scenario.running(TINY);
    scenario.primaryWrite(2, 1, 22);
    breakSector(scenario, SECONDARY_READ, 3);
    expect(scenario.primaryWrite(3, 1, 23)).toEqual(OK);
    expect(scenario.guestRead(2, 2)).toEqual(data(11, 11));
  });

  test('in a clean unit it does not hinder the failover, after which the guest meets it', () => {
    const scenario = Scenario.running(TINY, bad(SECONDARY_READ, 3));
    scenario.guestWrite(2, 2, 33);
    scenario.guestWrite(0, 1, 33);
    breakSector(scenario, SECONDARY_READ, 6);
    expect(scenario.guestRead(2, 2)).toEqual(data(33, 33));
    scenario.failover();
    scenario.settle();
    expect(scenario.observe()).toMatchObject({
      stage: 'done',
      view: data(33, 11, 33, -2, 11, 11, -2, 11),
    });
  });

  test('broken twice is broken once, and a repair of another disk does nothing', () => {
    const scenario = Scenario.running(TINY, bad(SECONDARY_READ, 3));
    breakSector(scenario, SECONDARY_READ, 3);
    repair(scenario, 'active');
    repair(scenario, 'hidden');
    expect(scenario.primaryRead(3, 1)).toEqual(EIO);
    repair(scenario, 'secondary');
    expect(scenario.primaryRead(3, 1)).toEqual(data(11));
  });
});

describe('hidden', () => {
  test('unwritable: its unit is not copied, and the write does not reach the disk', () => {
    const scenario = Scenario.running(TINY, bad(HIDDEN_WRITE, 5));
    expect(scenario.primaryWrite(4, 1, 22)).toEqual(EIO);
    expect(scenario.primaryWrite(2, 3, 22)).toEqual(EIO);
    expect(scenario.primaryWrite(2, 2, 23)).toEqual(OK);
    expect(scenario.allocated('hidden')).toEqual([2, 3]);
    expect(scenario.observe().secondary).toEqual([11, 11, 23, 23, 11, 11, 11, 11]);
    expect(scenario.guestRead(0, 8)).toEqual(data(...Array<number>(8).fill(11)));
    expect(scenario.getError()).toEqual(OK);
  });

  test('a failed run leaves stale content of hidden as it was', () => {
    const scenario = Scenario.running(TINY);
    scenario.primaryWrite(4, 1, 22);
    scenario.do({ op: 'failEmptying', disk: 'hidden', how: 'kept' });
    scenario.checkpoint();
    breakSector(scenario, HIDDEN_WRITE, 5);
    expect(scenario.primaryWrite(4, 1, 23)).toEqual(EIO);
    expect(scenario.observe().hidden.slice(4, 6)).toEqual([11, 11]);
    repair(scenario, 'hidden');
    expect(scenario.primaryWrite(4, 1, 23)).toEqual(OK);
    expect(scenario.observe().hidden.slice(4, 6)).toEqual([22, 11]);
  });

  test('unreadable: only what hidden answers fails', () => {
    const scenario = Scenario.running(TINY, bad(HIDDEN_READ, 3, 5));
    expect(scenario.guestRead(0, 8)).toEqual(data(...Array<number>(8).fill(11)));
    scenario.primaryWrite(4, 2, 22);
    expect(scenario.guestRead(4, 1)).toEqual(data(11));
    expect(scenario.guestRead(5, 1)).toEqual(EIO);
    expect(scenario.guestWrite(4, 1, 33)).toEqual(EIO);
    expect(scenario.guestWrite(5, 1, 33)).toEqual(OK);
    expect(scenario.observe().active.slice(4, 6)).toEqual([11, 33]);
    expect(scenario.primaryRead(4, 2)).toEqual(data(22, 22));
  });

  test('unreadable in a dirty unit: the commit fails', () => {
    const scenario = Scenario.running(TINY, bad(HIDDEN_READ, 5));
    scenario.primaryWrite(4, 2, 22);
    scenario.failover();
    scenario.settle();
    expect(scenario.observe()).toMatchObject({ stage: 'failoverFailed', errorFlag: true });
    expect(scenario.primaryRead(4, 2)).toEqual(data(22, 22));
  });
});

describe('active', () => {
  test('unreadable: what active answers fails, the cluster can still be written', () => {
    const scenario = Scenario.running(TINY, bad(ACTIVE_READ, 1));
    expect(scenario.guestRead(0, 2)).toEqual(data(11, 11));
    expect(scenario.guestWrite(0, 1, 33)).toEqual(OK);
    expect(scenario.guestRead(0, 1)).toEqual(data(33));
    expect(scenario.guestRead(0, 8)).toEqual(EIO);
    expect(scenario.guestWrite(1, 1, 34)).toEqual(OK);
    expect(scenario.observe()).toMatchObject({ errorFlag: false, active: [33, 34, ...Array(6).fill(null)] });
  });

  test('unwritable: allocating a cluster writes all of it', () => {
    const scenario = Scenario.running(TINY, bad(ACTIVE_WRITE, 3));
    expect(scenario.guestWrite(2, 1, 33)).toEqual(EIO);
    expect(scenario.guestWrite(0, 8, 34)).toEqual(EIO);
    expect(scenario.allocated('active')).toEqual([]);
    expect(scenario.getError()).toEqual(OK);
  });

  test('unwritable in a cluster that is there: only requests that touch the sector fail', () => {
    const scenario = Scenario.running(TINY);
    scenario.guestWrite(2, 2, 33);
    breakSector(scenario, ACTIVE_WRITE, 3);
    expect(scenario.guestWrite(2, 1, 34)).toEqual(OK);
    expect(scenario.guestWrite(1, 3, 35)).toEqual(EIO);
    expect(scenario.do({ op: 'guestWriteZeroes', sector: 3, count: 1 })).toEqual(EIO);
    expect(scenario.observe().active).toEqual([null, null, 34, 33, null, null, null, null]);
  });

  test('after a failed failover the first piece that fails ends the write, earlier pieces stay', () => {
    const scenario = Scenario.running(TINY, bad(SECONDARY_WRITE, 4));
    scenario.guestWrite(4, 2, 33);
    scenario.failover();
    scenario.settle();
    breakSector(scenario, ACTIVE_WRITE, 5);
    expect(scenario.guestWrite(3, 5, 44)).toEqual(EIO);
    expect(scenario.observe()).toMatchObject({
      stage: 'failoverFailed',
      active: [null, null, null, null, 33, 33, null, null],
      secondary: [11, 11, 11, 44, 11, 11, 11, 11],
    });
  });
});

describe('commit', () => {
  /** Four dirty units, the first two captured. */
  function held(changes: Partial<NodeSetup> = {}): Scenario {
    const scenario = Scenario.running(TINY, changes);
    scenario.guestWrite(0, 8, 33);
    scenario.failover();
    return scenario;
  }

  test('a read error is kept until its request completes, whatever is repaired meanwhile', () => {
    const scenario = held(bad(ACTIVE_READ, 3));
    repair(scenario, 'active');
    scenario.advance();
    expect(scenario.observe()).toMatchObject({ stage: 'failover' });
    scenario.advance();
    expect(scenario.observe()).toMatchObject({
      stage: 'failoverFailed',
      secondary: [33, 33, 11, 11, 33, 33, 11, 11],
      view: data(...Array<number>(8).fill(33)),
    });
  });

  test('what breaks after it was read does not matter', () => {
    const scenario = held();
    breakSector(scenario, ACTIVE_READ, 3);
    scenario.settle();
    expect(scenario.observe()).toMatchObject({ stage: 'done', view: data(...Array<number>(8).fill(33)) });
  });

  test('what breaks for writing matters when the request completes', () => {
    const scenario = held();
    breakSector(scenario, SECONDARY_WRITE, 0);
    scenario.settle();
    expect(scenario.observe()).toMatchObject({
      stage: 'failoverFailed',
      secondary: [11, 11, 33, 33, 11, 11, 11, 11],
    });
  });

  test('a guest write makes its unit dirty even when it fails', () => {
    const scenario = Scenario.running(TINY, bad(ACTIVE_WRITE, 6));
    scenario.guestWrite(0, 2, 33);
    scenario.failover();
    expect(scenario.guestWrite(6, 1, 34)).toEqual(EIO);
    scenario.advance();
    expect(scenario.observe().stage).toBe('failover');
    scenario.advance();
    expect(scenario.observe().stage).toBe('done');
  });
});
