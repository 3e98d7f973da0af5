/** The node on the primary's side, over the disk alone. */
import { describe, expect, test } from 'vitest';
import { EINVAL, EIO, OK, Scenario, TINY, badWrites, data, error } from '../testing/scenario.ts';

const PRIMARY = { mode: 'primary' } as const;

describe('primary, control', () => {
  test('NONE, RUNNING and DONE answer as the driver does', () => {
    const scenario = new Scenario(TINY, PRIMARY);
    scenario.do({ op: 'open' });
    expect(scenario.start('secondary')).toEqual(
      error("The parameter mode's value is invalid, needs 0, but got 1"),
    );
    expect(scenario.checkpoint()).toEqual(OK);
    expect(scenario.getError()).toEqual(error('Block replication is not running'));
    expect(scenario.failover()).toEqual(error('Block replication is not running'));
    expect(scenario.start('primary')).toEqual(OK);
    expect(scenario.start('secondary')).toEqual(error('Block replication is running or done'));
    expect(scenario.failover()).toEqual(OK);
    expect(scenario.observe().stage).toBe('done');
    expect(scenario.start('primary')).toEqual(OK);
    expect(scenario.getError()).toEqual(OK);
  });

  test('close works while running', () => {
    expect(Scenario.running(TINY, PRIMARY).do({ op: 'close' })).toEqual(OK);
  });

  test('a top-id is refused, and no defect of the secondary is looked at', () => {
    const refused = new Scenario(TINY, { ...PRIMARY, defects: ['topIdMissing', 'topIdOnPrimary'] });
    expect(refused.do({ op: 'open' })).toEqual(error('The primary side does not support option top-id'));
    const accepted = new Scenario(TINY, {
      ...PRIMARY,
      defects: ['topIdMissing', 'topIdInvalid', 'lengthsDiffer'],
    });
    expect(accepted.do({ op: 'open' })).toEqual(OK);
    expect(accepted.start('primary')).toEqual(OK);
    expect(accepted.observe().stage).toBe('running');
  });
});

describe('primary, requests', () => {
  test('writes pass only while running, reads never', () => {
    const scenario = new Scenario(TINY, PRIMARY);
    scenario.do({ op: 'open' });
    expect(scenario.guestWrite(0, 1, 22)).toEqual(EIO);
    expect(scenario.guestWrite(0, 0, 22)).toEqual(EIO);
    expect(scenario.do({ op: 'guestWriteZeroes', sector: 0, count: 0 })).toEqual(OK);
    scenario.start('primary');
    expect(scenario.guestWrite(0, 1, 22)).toEqual(OK);
    expect(scenario.guestWrite(0, 0, 22)).toEqual(OK);
    expect(scenario.guestRead(0, 1)).toEqual(EIO);
    expect(scenario.guestRead(0, 0)).toEqual(EIO);
    expect(scenario.do({ op: 'guestWriteZeroes', sector: 1, count: 1 })).toEqual(OK);
    expect(scenario.primaryRead(0, 3)).toEqual(data(22, 0, 11));
    scenario.stop();
    expect(scenario.guestWrite(0, 1, 23)).toEqual(EIO);
    expect(scenario.do({ op: 'guestFlush' })).toEqual(OK);
    expect(scenario.do({ op: 'guestDiscard', sector: 0, count: 8 })).toEqual(OK);
    expect(scenario.primaryRead(0, 1)).toEqual(data(22));
  });

  test('a failing write succeeds and sets the error flag, which a checkpoint keeps and a stop clears', () => {
    const scenario = Scenario.running(TINY, { ...PRIMARY, ...badWrites(3) });
    expect(scenario.guestWrite(2, 3, 22)).toEqual(OK);
    expect(scenario.observe()).toMatchObject({ stage: 'running', errorFlag: true });
    expect(scenario.primaryRead(2, 3)).toEqual(data(11, 11, 11));
    expect(scenario.checkpoint()).toEqual(OK);
    expect(scenario.getError()).toEqual(error('I/O error occurred'));
    expect(scenario.guestWrite(4, 1, 24)).toEqual(OK);
    expect(scenario.primaryRead(4, 1)).toEqual(data(24));
    scenario.stop();
    expect(scenario.getError()).toEqual(OK);
  });

  test('zeroes that fail set the error flag too, a request past the end does not', () => {
    const scenario = Scenario.running(TINY, { ...PRIMARY, ...badWrites(3) });
    expect(scenario.guestWrite(7, 2, 22)).toEqual(EINVAL);
    expect(scenario.getError()).toEqual(OK);
    expect(scenario.do({ op: 'guestWriteZeroes', sector: 3, count: 1 })).toEqual(OK);
    expect(scenario.getError()).toEqual(error('I/O error occurred'));
  });

  test('a write at the disk itself fails openly, and nothing is copied before it', () => {
    const scenario = Scenario.running(TINY, { ...PRIMARY, ...badWrites(3) });
    expect(scenario.primaryWrite(3, 1, 22)).toEqual(EIO);
    expect(scenario.primaryWrite(4, 1, 22)).toEqual(OK);
    expect(scenario.getError()).toEqual(OK);
    expect(scenario.allocated('hidden')).toEqual([]);
    expect(scenario.observe().view).toEqual(EIO);
  });
});
