/** Failover, stop without failover, and the commit job step by step. */
import { describe, expect, test } from 'vitest';
import { EIO, OK, REAL, Scenario, TINY, badWrites, data, error } from '../testing/scenario.ts';

describe('failover that succeeds', () => {
  test('the disk becomes what the guest saw: active over hidden, primary writes rolled back', () => {
    const scenario = Scenario.running(REAL);
    scenario.primaryWrite(0, 2, 22);
    scenario.guestWrite(0, 1, 33);
    scenario.primaryWrite(300, 1, 23);
    const { view } = scenario.observe();
    expect(scenario.failover()).toEqual(OK);
    expect(scenario.getError()).toEqual(error('I/O error occurred'));
    scenario.settle();
    expect(scenario.primaryRead(0, 400)).toEqual(view);
    expect(scenario.getError()).toEqual(OK);
    expect(scenario.observe()).toMatchObject({ stage: 'done', errorFlag: false, view });
  });

  test('afterwards the guest works on the disk, the overlays keep what they held', () => {
    const scenario = Scenario.running(TINY, badWrites(6));
    scenario.guestWrite(0, 1, 33);
    scenario.failover();
    scenario.settle();
    scenario.guestWrite(0, 1, 44);
    expect(scenario.primaryRead(0, 1)).toEqual(data(44));
    expect(scenario.guestWrite(6, 1, 44)).toEqual(EIO);
    expect(scenario.observe().active).toEqual([33, 11, null, null, null, null, null, null]);
    scenario.do({ op: 'close' });
    scenario.do({ op: 'open' });
    scenario.start();
    expect(scenario.allocated('active')).toEqual([]);
    expect(scenario.guestRead(0, 1)).toEqual(data(44));
    scenario.guestWrite(2, 1, 55);
    expect(scenario.primaryRead(2, 1)).toEqual(data(11));
  });

  test('with nothing dirty the stage waits for the next step', () => {
    const scenario = Scenario.running(TINY);
    scenario.failover();
    expect(scenario.observe()).toMatchObject({ stage: 'failover', errorFlag: true });
    scenario.advance();
    expect(scenario.observe()).toMatchObject({ stage: 'done', errorFlag: false });
  });
});

describe('commit, step by step', () => {
  /** Four dirty units, two requests in flight. */
  function held(): Scenario {
    const scenario = Scenario.running(TINY);
    scenario.guestWrite(0, 8, 33);
    scenario.failover();
    return scenario;
  }

  test('each step completes the oldest request', () => {
    const scenario = held();
    scenario.advance();
    expect(scenario.primaryRead(0, 8)).toEqual(data(33, 33, 11, 11, 11, 11, 11, 11));
    scenario.advance();
    scenario.advance();
    expect(scenario.primaryRead(0, 8)).toEqual(data(33, 33, 33, 33, 33, 33, 11, 11));
    expect(scenario.observe().stage).toBe('failover');
    scenario.advance();
    expect(scenario.observe().stage).toBe('done');
  });

  test('a request writes what the guest saw when it started; a guest write makes its unit dirty again', () => {
    const scenario = held();
    scenario.guestWrite(0, 1, 55);
    scenario.advance();
    expect(scenario.primaryRead(0, 2)).toEqual(data(33, 33));
    expect(scenario.guestRead(0, 2)).toEqual(data(55, 33));
    scenario.settle();
    expect(scenario.primaryRead(0, 2)).toEqual(data(55, 33));
  });

  test('the cursor goes on from the last started unit and wraps round', () => {
    const scenario = Scenario.running(TINY, { commitRequestsMax: 1 });
    scenario.guestWrite(2, 2, 33);
    scenario.guestWrite(6, 2, 34);
    scenario.failover();
    scenario.guestWrite(0, 2, 35);
    scenario.advance();
    scenario.advance();
    expect(scenario.primaryRead(0, 8)).toEqual(data(11, 11, 33, 33, 11, 11, 34, 34));
    scenario.advance();
    expect(scenario.primaryRead(0, 2)).toEqual(data(35, 35));
    expect(scenario.observe().stage).toBe('done');
  });

  test('nothing starts while the next dirty unit has a request in flight', () => {
    const scenario = Scenario.running(TINY, { commitRequestsMax: 3 });
    scenario.guestWrite(0, 2, 33);
    scenario.guestWrite(6, 2, 33);
    scenario.failover();
    scenario.guestWrite(6, 1, 55);
    scenario.advance();
    // Unit 3, dirty again, is still in flight: what it will write was captured before the guest's write.
    scenario.guestWrite(7, 1, 56);
    scenario.advance();
    expect(scenario.primaryRead(6, 2)).toEqual(data(33, 33));
    scenario.advance();
    expect(scenario.primaryRead(6, 2)).toEqual(data(55, 56));
    expect(scenario.observe().stage).toBe('done');
  });

  test('a primary write is overwritten in a unit in flight, and stays in a clean one', () => {
    const scenario = Scenario.running(TINY);
    scenario.guestWrite(0, 1, 33);
    scenario.failover();
    scenario.primaryWrite(1, 1, 22);
    scenario.primaryWrite(5, 1, 22);
    expect(scenario.allocated('hidden')).toEqual([]);
    scenario.settle();
    expect(scenario.primaryRead(0, 6)).toEqual(data(33, 11, 11, 11, 11, 22));
  });

  test('close lets the requests in flight finish and starts no more', () => {
    const scenario = held();
    expect(scenario.do({ op: 'close' })).toEqual(OK);
    expect(scenario.primaryRead(0, 8)).toEqual(data(33, 33, 33, 33, 11, 11, 11, 11));
    expect(scenario.observe()).toMatchObject({ stage: 'closed', errorFlag: false });
    expect(scenario.allocated('active')).toHaveLength(8);
  });

  test('steps answer ok and do nothing in other stages', () => {
    const closed = new Scenario(TINY);
    const running = Scenario.running(TINY);
    running.guestWrite(0, 1, 33);
    for (const scenario of [closed, running]) {
      const before = scenario.observe();
      expect(scenario.advance()).toEqual(OK);
      expect(scenario.settle()).toEqual(OK);
      expect(scenario.observe()).toEqual(before);
    }
  });

  test('a second case does not inherit the job of the first', () => {
    const scenario = held();
    scenario.system.load({ nodes: [scenario.setup] });
    scenario.do({ op: 'open' });
    scenario.start();
    scenario.failover();
    scenario.advance();
    expect(scenario.primaryRead(0, 2)).toEqual(data(11, 11));
    expect(scenario.observe().stage).toBe('done');
  });
});

describe('failover that fails', () => {
  test('requests in flight finish, no more start, the guest still sees everything', () => {
    const scenario = Scenario.running(TINY, badWrites(2));
    scenario.guestWrite(0, 8, 33);
    scenario.failover();
    scenario.settle();
    // Units 0 to 2 were started; unit 1 is bad, unit 2 was in flight then, unit 3 never was.
    expect(scenario.primaryRead(0, 8)).toEqual(data(33, 33, 11, 11, 33, 33, 11, 11));
    expect(scenario.observe()).toMatchObject({
      stage: 'failoverFailed',
      errorFlag: true,
      view: data(...Array<number>(8).fill(33)),
    });
  });

  test('several bad units in flight leave each of them unwritten', () => {
    const scenario = Scenario.running(TINY, { ...badWrites(1, 5), commitRequestsMax: 16 });
    scenario.guestWrite(0, 8, 33);
    scenario.failover();
    scenario.advance();
    expect(scenario.primaryRead(0, 8)).toEqual(data(11, 11, 33, 33, 11, 11, 33, 33));
    expect(scenario.observe().stage).toBe('failoverFailed');
  });
});

describe('stop without failover', () => {
  test('answers the error, keeps the layers and the error flag, and copies no more', () => {
    const scenario = Scenario.running(TINY);
    scenario.guestWrite(0, 1, 33);
    expect(scenario.stop()).toEqual(error('Backup job was cancelled unexpectedly'));
    expect(scenario.guestRead(0, 1)).toEqual(data(33));
    expect(scenario.primaryRead(0, 1)).toEqual(data(11));
    scenario.primaryWrite(5, 1, 24);
    expect(scenario.guestRead(5, 1)).toEqual(data(24));
    scenario.guestWrite(6, 1, 34);
    expect(scenario.allocated('active')).toEqual([0, 1, 6, 7]);
    expect(scenario.getError()).toEqual(error('I/O error occurred'));
    expect(scenario.observe()).toMatchObject({ stage: 'done', errorFlag: true });
  });
});
