/** Guest and primary requests on a running secondary. */
import { describe, expect, test } from 'vitest';
import { ReplicationNode } from './replication-node.ts';
import {
  EINVAL,
  EIO,
  INITIAL,
  ODD,
  OK,
  REAL,
  Scenario,
  TINY,
  badWrites,
  data,
  sectors,
} from '../testing/scenario.ts';

describe('copy-before-write', () => {
  test('the guest keeps seeing what the disk held at the checkpoint', () => {
    const scenario = Scenario.running(REAL);
    scenario.primaryWrite(0, 1, 22);
    scenario.primaryWrite(1, 1, 23);
    scenario.primaryWrite(0, 1, 33);
    expect(scenario.guestRead(0, 3)).toEqual(data(11, 11, 11));
    expect(scenario.primaryRead(0, 3)).toEqual(data(33, 23, 11));
  });

  test('a write over a unit boundary copies both units, and the last partial unit is copied', () => {
    const scenario = Scenario.running(REAL);
    scenario.primaryWrite(127, 2, 22);
    expect(scenario.allocated('hidden')).toEqual(sectors(0, 256));
    scenario.primaryWrite(399, 1, 22);
    expect(scenario.allocated('hidden')).toEqual([...sectors(0, 256), ...sectors(384, 400)]);
    expect(scenario.guestRead(126, 4)).toEqual(data(11, 11, 11, 11));
    expect(scenario.guestRead(398, 2)).toEqual(data(11, 11));
  });

  test('a unit larger than the cluster of hidden is copied whole', () => {
    const scenario = Scenario.running(ODD);
    scenario.primaryWrite(7, 1, 22);
    expect(scenario.allocated('hidden')).toEqual(sectors(6, 12));
    scenario.primaryWrite(16, 1, 22);
    expect(scenario.allocated('hidden')).toEqual(sectors(6, 17));
  });

  test('the last unit may end before its last clusters begin: none of those is allocated', () => {
    const node = new ReplicationNode({ ...TINY, lengthSectors: 9, copyUnitSectors: 8 });
    node.load({ mode: 'secondary', defects: [], readOnly: [], badSectors: [], commitRequestsMax: 1 });
    node.open();
    node.start('secondary');
    node.primaryWriteZeroes(8, 1);
    expect(node.hidden.allocatedCount).toBe(1);
  });

  test('write-zeroes is preceded by a copy; reads and discards are not', () => {
    const scenario = Scenario.running(TINY);
    scenario.primaryRead(0, 8);
    scenario.primaryWrite(0, 0, 22);
    scenario.do({ op: 'primaryFlush' });
    expect(scenario.allocated('hidden')).toEqual([]);
    scenario.do({ op: 'primaryWriteZeroes', sector: 1, count: 1 });
    scenario.do({ op: 'primaryDiscard', sector: 4, count: 1 });
    expect(scenario.allocated('hidden')).toEqual([0, 1]);
    expect(scenario.primaryRead(0, 8)).toEqual(data(11, 0, 11, 11, 11, 11, 11, 11));
    expect(scenario.guestRead(0, 2)).toEqual(data(11, 11));
  });

  test('an empty request copies the unit that it lies within, and nothing on a boundary', () => {
    const scenario = Scenario.running(TINY);
    scenario.primaryWrite(4, 0, 22);
    expect(scenario.allocated('hidden')).toEqual([]);
    scenario.primaryWrite(3, 0, 22);
    expect(scenario.allocated('hidden')).toEqual([2, 3]);
    expect(scenario.primaryRead(0, 8)).toEqual(data(...Array<number>(8).fill(INITIAL)));
  });

  test('an empty write within a unit copies it, an empty write-zeroes does not', () => {
    const scenario = Scenario.running(TINY);
    scenario.do({ op: 'primaryWriteZeroes', sector: 3, count: 0 });
    expect(scenario.allocated('hidden')).toEqual([]);
    scenario.primaryWrite(3, 0, 22);
    expect(scenario.allocated('hidden')).toEqual([2, 3]);
  });

  test('the copy of a failing write stays, the write leaves nothing, a discard does not fail', () => {
    const scenario = Scenario.running(TINY, badWrites(3));
    expect(scenario.primaryWrite(1, 3, 22)).toEqual(EIO);
    expect(scenario.do({ op: 'primaryWriteZeroes', sector: 3, count: 1 })).toEqual(EIO);
    expect(scenario.do({ op: 'primaryDiscard', sector: 3, count: 1 })).toEqual(OK);
    expect(scenario.primaryRead(0, 8)).toEqual(data(...Array<number>(8).fill(INITIAL)));
    expect(scenario.allocated('hidden')).toEqual([0, 1, 2, 3]);
    expect(scenario.getError()).toEqual(OK);
  });
});

describe('checkpoint', () => {
  test('empties both overlays and makes every unit copyable again', () => {
    const scenario = Scenario.running(REAL);
    scenario.primaryWrite(0, 1, 22);
    scenario.guestWrite(200, 1, 44);
    scenario.checkpoint();
    expect(scenario.allocated('active')).toEqual([]);
    expect(scenario.allocated('hidden')).toEqual([]);
    expect(scenario.guestRead(200, 1)).toEqual(data(11));
    scenario.primaryWrite(0, 1, 33);
    expect(scenario.guestRead(0, 1)).toEqual(data(22));
  });

  test('memory is used again from interval to interval', () => {
    const scenario = Scenario.running(REAL);
    for (let interval = 0; interval < 100; interval++) {
      scenario.guestWrite(interval, 130, interval + 1);
      scenario.primaryWrite(interval, 130, interval + 1);
      expect(scenario.guestRead(interval, 1)).toEqual(data(interval + 1));
      scenario.checkpoint();
    }
    expect(scenario.allocated('active')).toEqual([]);
    expect(scenario.guestRead(0, 3)).toEqual(data(1, 2, 3));
  });
});

describe('guest writes', () => {
  test('a partial first write of a cluster takes its other sectors from hidden, then from the disk', () => {
    const scenario = Scenario.running(ODD);
    scenario.primaryWrite(6, 1, 22);
    scenario.primaryWrite(12, 1, 23);
    scenario.checkpoint();
    scenario.primaryWrite(7, 3, 24);
    scenario.guestWrite(8, 1, 33);
    scenario.guestWrite(13, 1, 34);
    const { active, hidden } = scenario.observe();
    expect(active.slice(5, 10)).toEqual([11, 22, 11, 33, 11]);
    expect(active.slice(10, 15)).toEqual([11, 11, 23, 34, 11]);
    expect(hidden.slice(6, 12)).toEqual([22, 11, 11, 11, 11, 11]);
    expect(scenario.allocated('active')).toEqual(sectors(5, 15));
  });

  test('a write over cluster boundaries lands in every cluster, the last of them clipped', () => {
    const scenario = Scenario.running(ODD);
    scenario.guestWrite(4, 13, 33);
    expect(scenario.guestRead(0, 17)).toEqual(data(11, 11, 11, 11, ...Array<number>(13).fill(33)));
    expect(scenario.allocated('active')).toEqual(sectors(0, 17));
    expect(scenario.primaryRead(4, 1)).toEqual(data(11));
  });

  test('write-zeroes allocates, discard and flush do nothing', () => {
    const scenario = Scenario.running(TINY);
    scenario.guestWrite(0, 1, 33);
    expect(scenario.do({ op: 'guestDiscard', sector: 0, count: 4 })).toEqual(OK);
    expect(scenario.do({ op: 'guestFlush' })).toEqual(OK);
    expect(scenario.do({ op: 'guestWriteZeroes', sector: 3, count: 1 })).toEqual(OK);
    expect(scenario.guestRead(0, 5)).toEqual(data(33, 11, 11, 0, 11));
    expect(scenario.allocated('active')).toEqual([0, 1, 2, 3]);
  });

  test('bad sectors of the disk do not matter to the guest', () => {
    const scenario = Scenario.running(TINY, badWrites(0, 1));
    expect(scenario.guestWrite(0, 1, 33)).toEqual(OK);
    expect(scenario.guestRead(0, 2)).toEqual(data(33, 11));
  });
});

describe('odd requests', () => {
  test('requests past the end are refused whole, on both sides', () => {
    const scenario = Scenario.running(TINY);
    const before = scenario.observe();
    for (const [sector, count] of [
      [7, 2],
      [8, 1],
      [9, 0],
      [0, 9],
    ] as const) {
      expect(scenario.guestWrite(sector, count, 33)).toEqual(EINVAL);
      expect(scenario.guestRead(sector, count)).toEqual(EINVAL);
      expect(scenario.do({ op: 'guestWriteZeroes', sector, count })).toEqual(EINVAL);
      expect(scenario.do({ op: 'guestDiscard', sector, count })).toEqual(EINVAL);
      expect(scenario.primaryWrite(sector, count, 33)).toEqual(EINVAL);
      expect(scenario.primaryRead(sector, count)).toEqual(EINVAL);
      expect(scenario.do({ op: 'primaryWriteZeroes', sector, count })).toEqual(EINVAL);
      expect(scenario.do({ op: 'primaryDiscard', sector, count })).toEqual(EINVAL);
    }
    expect(scenario.observe()).toEqual(before);
  });

  test('zero length at the end is inside, and allocates nothing', () => {
    const scenario = Scenario.running(TINY, badWrites(7));
    expect(scenario.guestWrite(8, 0, 33)).toEqual(OK);
    expect(scenario.guestRead(8, 0)).toEqual(data());
    expect(scenario.guestWrite(3, 0, 33)).toEqual(OK);
    expect(scenario.primaryWrite(7, 0, 33)).toEqual(OK);
    expect(scenario.allocated('active')).toEqual([]);
  });

  test('zero length in NONE is refused for read and write alone', () => {
    const scenario = new Scenario(TINY);
    scenario.do({ op: 'open' });
    expect(scenario.guestWrite(0, 0, 33)).toEqual(EIO);
    expect(scenario.guestRead(0, 0)).toEqual(EIO);
    expect(scenario.do({ op: 'guestWriteZeroes', sector: 0, count: 0 })).toEqual(OK);
    expect(scenario.do({ op: 'guestWriteZeroes', sector: 0, count: 1 })).toEqual(EIO);
    expect(scenario.do({ op: 'guestDiscard', sector: 0, count: 1 })).toEqual(OK);
  });

  test('a disk of no length accepts what touches nothing', () => {
    const scenario = Scenario.running({ ...TINY, lengthSectors: 0 });
    expect(scenario.guestWrite(0, 0, 33)).toEqual(OK);
    expect(scenario.guestWrite(0, 1, 33)).toEqual(EINVAL);
    scenario.failover();
    scenario.advance();
    expect(scenario.observe()).toMatchObject({ stage: 'done', view: data() });
  });

  test('a later case sees nothing of an earlier one, neither its bytes nor its sizes', () => {
    const { system, setup } = Scenario.running(TINY);
    system.load({ nodes: [{ ...setup, initialContent: [] }] });
    system.apply({ op: 'primaryWrite', sector: 1, count: 1, tag: 22 });
    expect(system.observe()[0]?.secondary).toEqual([0, 22, 0, 0, 0, 0, 0, 0]);
    system.load({ nodes: [{ ...setup, commitRequestsMax: 1, geometry: { ...TINY, commitUnitSectors: 8 } }] });
    system.apply({ op: 'open' });
    system.apply({ op: 'start', mode: 'secondary' });
    system.apply({ op: 'guestWrite', sector: 0, count: 8, tag: 33 });
    system.apply({ op: 'stop', failover: true });
    system.apply({ op: 'commitAdvance' });
    expect(system.observe()[0]?.stage).toBe('done');
  });

  test('a case with impossible sizes is refused with the field that is wrong', () => {
    expect(() => new Scenario({ ...TINY, sectorBytes: 6 })).toThrow('geometry.sectorBytes is 6');
    expect(() => new Scenario({ ...TINY, copyUnitSectors: 3 })).toThrow(
      'geometry.copyUnitSectors is 3: must be a positive multiple of 2',
    );
    expect(() => new Scenario(TINY, { commitRequestsMax: 0 })).toThrow('setup.commitRequestsMax is 0');
    expect(() => new Scenario(TINY, { initialContent: [{ sector: 7, count: 2, tag: 1 }] })).toThrow(
      'the disk has 8',
    );
  });
});
