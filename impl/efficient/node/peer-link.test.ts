/** The link from a primary's node to its peer. */
import { describe, expect, test } from 'vitest';
import type { Outcome } from '../../../model/vocabulary.ts';
import { EINVAL, EIO, OK, Scenario, TINY, data, error } from '../testing/scenario.ts';

const PRIMARY = { mode: 'primary' } as const;
const IO_ERROR = error('I/O error occurred');

function cut(scenario: Scenario): Scenario {
  expect(scenario.do({ op: 'cutLink' })).toEqual(OK);
  return scenario;
}

function flush(scenario: Scenario): Outcome {
  return scenario.do({ op: 'guestFlush' });
}

describe('a dead connection', () => {
  test('running: writes and zeroes succeed, set the flag and do not arrive', () => {
    const scenario = cut(Scenario.running(TINY, PRIMARY));
    expect(scenario.getError()).toEqual(OK);
    expect(scenario.guestWrite(0, 1, 22)).toEqual(OK);
    expect(scenario.getError()).toEqual(IO_ERROR);
    expect(scenario.primaryRead(0, 1)).toEqual(data(11));
    const zeroing = cut(Scenario.running(TINY, PRIMARY));
    expect(zeroing.do({ op: 'guestWriteZeroes', sector: 0, count: 1 })).toEqual(OK);
    expect(zeroing.observe()).toMatchObject({ errorFlag: true, secondary: Array<number>(8).fill(11) });
  });

  test('running: what never reaches the peer does not notice it', () => {
    const scenario = cut(Scenario.running(TINY, PRIMARY));
    const answers = [
      scenario.guestRead(0, 1),
      scenario.guestWrite(0, 0, 22),
      scenario.do({ op: 'guestWriteZeroes', sector: 0, count: 0 }),
      scenario.do({ op: 'guestDiscard', sector: 0, count: 8 }),
      scenario.guestWrite(7, 2, 22),
      scenario.checkpoint(),
    ];
    expect(answers).toEqual([EIO, OK, OK, OK, EINVAL, OK]);
    expect(scenario.getError()).toEqual(OK);
  });

  test('a flush fails in every stage, and sets no flag', () => {
    const scenario = new Scenario(TINY, PRIMARY);
    scenario.do({ op: 'open' });
    cut(scenario);
    expect(flush(scenario)).toEqual(EIO);
    expect(scenario.start('primary')).toEqual(OK);
    expect(flush(scenario)).toEqual(EIO);
    expect(scenario.getError()).toEqual(OK);
    expect(scenario.stop()).toEqual(OK);
    expect(flush(scenario)).toEqual(EIO);
    expect(scenario.guestWrite(0, 1, 22)).toEqual(EIO);
  });

  test('the peer itself does not need it', () => {
    const scenario = cut(Scenario.running(TINY, PRIMARY));
    expect(scenario.primaryWrite(0, 1, 22)).toEqual(OK);
    expect(scenario.do({ op: 'primaryFlush' })).toEqual(OK);
    expect(scenario.primaryRead(0, 1)).toEqual(data(22));
  });
});

describe('when the peer is there again', () => {
  test('the connection lives again, the flag stays', () => {
    const scenario = cut(Scenario.running(TINY, PRIMARY));
    scenario.guestWrite(0, 1, 22);
    expect(scenario.do({ op: 'restoreLink' })).toEqual(OK);
    expect(flush(scenario)).toEqual(OK);
    expect(scenario.guestWrite(1, 1, 23)).toEqual(OK);
    expect(scenario.primaryRead(0, 2)).toEqual(data(11, 23));
    expect(scenario.getError()).toEqual(IO_ERROR);
  });

  test('a node opens; while the peer is gone it does not', () => {
    const scenario = cut(Scenario.running(TINY, PRIMARY));
    expect(scenario.do({ op: 'close' })).toEqual(OK);
    expect(scenario.do({ op: 'open' })).toEqual(error("Failed to connect to 'peer': Connection refused"));
    expect(scenario.observe().stage).toBe('closed');
    scenario.do({ op: 'restoreLink' });
    expect(scenario.do({ op: 'open' })).toEqual(OK);
    expect(flush(scenario)).toEqual(OK);
  });

  test('the peer may go while no node is open', () => {
    const scenario = cut(new Scenario(TINY, PRIMARY));
    expect(scenario.do({ op: 'open' })).toEqual(error("Failed to connect to 'peer': Connection refused"));
  });

  test('the error of the connection comes before those of the options', () => {
    const scenario = cut(new Scenario(TINY, { ...PRIMARY, defects: ['modeMissing', 'topIdOnPrimary'] }));
    expect(scenario.do({ op: 'open' })).toEqual(error("Failed to connect to 'peer': Connection refused"));
    scenario.do({ op: 'restoreLink' });
    expect(scenario.do({ op: 'open' })).toEqual(error('Missing the option mode'));
  });

  test('a second case does not inherit the loss', () => {
    const scenario = cut(Scenario.running(TINY, PRIMARY));
    scenario.system.load({ nodes: [scenario.setup] });
    expect(scenario.do({ op: 'open' })).toEqual(OK);
    expect(flush(scenario)).toEqual(OK);
  });
});

test('a secondary has no link', () => {
  const scenario = cut(Scenario.running(TINY));
  expect(flush(scenario)).toEqual(OK);
  expect(scenario.guestWrite(0, 1, 33)).toEqual(OK);
  scenario.stop();
  scenario.do({ op: 'close' });
  expect(scenario.do({ op: 'open' })).toEqual(OK);
  expect(scenario.do({ op: 'restoreLink' })).toEqual(OK);
});

test('faults of overlays do nothing to a primary', () => {
  const scenario = Scenario.running(TINY, PRIMARY);
  for (const disk of ['active', 'hidden'] as const) {
    expect(scenario.do({ op: 'failEmptying', disk, how: 'ejected' })).toEqual(OK);
    expect(scenario.do({ op: 'breakSector', disk, access: 'write', sector: 0 })).toEqual(OK);
  }
  expect(scenario.checkpoint()).toEqual(OK);
  expect(scenario.guestWrite(0, 1, 22)).toEqual(OK);
  expect(scenario.getError()).toEqual(OK);
  expect(scenario.primaryRead(0, 1)).toEqual(data(22));
});
