/** Control operations on a secondary. */
import { describe, expect, test } from 'vitest';
import type { Defect, Outcome } from '../../../model/vocabulary.ts';
import { EIO, OK, Scenario, TINY, badWrites, data, error } from '../testing/scenario.ts';

const RUNNING_OR_DONE = error('Block replication is running or done');
const NOT_RUNNING = error('Block replication is not running');
const CANCELLED = error('Backup job was cancelled unexpectedly');
const IO_ERROR = error('I/O error occurred');
const ABORT: Outcome = { kind: 'abort', rule: 'startAfterFailedStart' };

/** Scenarios that stand in each stage, and what each call answers there: start S, start P, checkpoint, get_error, sf, fo. */
const stages: Record<string, { reach: () => Scenario; answers: Outcome[] }> = {
  closed: { reach: () => new Scenario(TINY), answers: [OK, OK, OK, OK, OK, OK] },
  none: {
    reach: opened,
    answers: [
      OK,
      error("The parameter mode's value is invalid, needs 1, but got 0"),
      CANCELLED,
      NOT_RUNNING,
      NOT_RUNNING,
      NOT_RUNNING,
    ],
  },
  running: {
    reach: () => Scenario.running(TINY),
    answers: [RUNNING_OR_DONE, RUNNING_OR_DONE, OK, OK, CANCELLED, OK],
  },
  failover: { reach: inFailover, answers: [OK, OK, OK, IO_ERROR, OK, OK] },
  failoverFailed: {
    reach: failedOver,
    answers: [RUNNING_OR_DONE, RUNNING_OR_DONE, CANCELLED, IO_ERROR, NOT_RUNNING, NOT_RUNNING],
  },
  'done by failover': { reach: promoted, answers: [OK, OK, OK, OK, OK, OK] },
  'done by stop': { reach: stopped, answers: [OK, OK, OK, IO_ERROR, OK, OK] },
};

function opened(): Scenario {
  const scenario = new Scenario(TINY);
  scenario.do({ op: 'open' });
  return scenario;
}

function inFailover(): Scenario {
  const scenario = Scenario.running(TINY);
  scenario.guestWrite(0, 8, 33);
  scenario.failover();
  return scenario;
}

function failedOver(): Scenario {
  const scenario = Scenario.running(TINY, badWrites(0));
  scenario.guestWrite(1, 1, 33);
  scenario.failover();
  scenario.settle();
  return scenario;
}

function promoted(): Scenario {
  const scenario = inFailover();
  scenario.settle();
  return scenario;
}

function stopped(): Scenario {
  const scenario = Scenario.running(TINY);
  scenario.stop();
  return scenario;
}

describe.each(Object.entries(stages))('secondary, %s', (_, { reach, answers }) => {
  test('every call of ReplicationOps answers as the driver does', () => {
    const calls = [
      (scenario: Scenario) => scenario.start('secondary'),
      (scenario: Scenario) => scenario.start('primary'),
      (scenario: Scenario) => scenario.checkpoint(),
      (scenario: Scenario) => scenario.getError(),
      (scenario: Scenario) => scenario.stop(),
      (scenario: Scenario) => scenario.failover(),
    ];
    expect(calls.map((call) => call(reach()))).toEqual(answers);
  });
});

test('the scenarios stand in the stages that they are named after', () => {
  const reached = Object.values(stages).map(({ reach }) => reach().observe().stage);
  expect(reached).toEqual(['closed', 'none', 'running', 'failover', 'failoverFailed', 'done', 'done']);
});

describe('open and close', () => {
  test('open twice and close twice answer as the block layer does', () => {
    const scenario = opened();
    expect(scenario.do({ op: 'open' })).toEqual(error("Duplicate nodes with node-name='rep'"));
    expect(scenario.do({ op: 'close' })).toEqual(OK);
    expect(scenario.do({ op: 'close' })).toEqual(error("Failed to find node with node-name='rep'"));
  });

  test('a running secondary is busy, and nothing changes', () => {
    const scenario = Scenario.running(TINY);
    scenario.guestWrite(0, 1, 33);
    const before = scenario.observe();
    expect(scenario.do({ op: 'close' })).toEqual(
      error("Node 'rep' is busy: Block device is in use by internal backup job"),
    );
    expect(scenario.observe()).toEqual(before);
  });

  test('the disks keep their content over close and open, until a start empties the overlays', () => {
    const scenario = stopped();
    scenario.guestWrite(0, 1, 33);
    scenario.do({ op: 'close' });
    expect(scenario.observe()).toMatchObject({ stage: 'closed', errorFlag: false });
    expect(scenario.guestRead(0, 1)).toEqual(error("export 'rep' not present"));
    scenario.do({ op: 'open' });
    expect(scenario.guestRead(0, 1)).toEqual(EIO);
    expect(scenario.allocated('active')).toEqual([0, 1]);
    scenario.start();
    expect(scenario.guestRead(0, 1)).toEqual(data(11));
    expect(scenario.getError()).toEqual(OK);
  });

  test.each<[Defect[], string]>([
    [['modeUnknown', 'modeMissing', 'topIdMissing'], 'Missing the option mode'],
    [['topIdMissing', 'modeUnknown'], "The option mode's value should be primary or secondary"],
    [['topIdMissing', 'topIdOnPrimary'], 'Missing the option top-id'],
  ])('open with %s answers the first error in the order of the driver', (defects, message) => {
    const scenario = new Scenario(TINY, { defects });
    expect(scenario.do({ op: 'open' })).toEqual(error(message));
    expect(scenario.observe().stage).toBe('closed');
  });
});

describe('start preconditions', () => {
  test.each<[Defect[], string]>([
    [['hiddenWithoutBacking', 'activeWithoutBacking'], "Active disk doesn't have backing file"],
    [['secondaryWithoutBackend', 'hiddenWithoutBacking'], "Hidden disk doesn't have backing file"],
    [['lengthsDiffer', 'secondaryWithoutBackend'], "The secondary disk doesn't have block backend"],
    [
      ['makeEmptyUnsupported', 'lengthsDiffer'],
      "Active disk, hidden disk, secondary disk's length are not the same",
    ],
    [['topIdInvalid', 'makeEmptyUnsupported'], "Active disk or hidden disk doesn't support make_empty"],
    [['topIdInvalid', 'topIdOnPrimary'], 'No top_bs or it is invalid'],
  ])('%s answers the first error in the order of the driver and stays in NONE', (defects, message) => {
    const scenario = new Scenario(TINY, { defects });
    scenario.do({ op: 'open' });
    expect(scenario.start()).toEqual(error(message));
    expect(scenario.observe()).toMatchObject({ stage: 'none', errorFlag: false });
    expect(scenario.getError()).toEqual(NOT_RUNNING);
  });

  test('the mode is tested before the wiring', () => {
    const scenario = new Scenario(TINY, { defects: ['activeWithoutBacking'] });
    scenario.do({ op: 'open' });
    expect(scenario.start('primary')).toEqual(
      error("The parameter mode's value is invalid, needs 1, but got 0"),
    );
  });

  test('a second start with an invalid top-id kills the process until it is opened again', () => {
    const scenario = new Scenario(TINY, { defects: ['topIdInvalid'] });
    scenario.do({ op: 'open' });
    scenario.start();
    expect(scenario.start()).toEqual(ABORT);
    expect(scenario.primaryWrite(0, 1, 22)).toEqual(ABORT);
    expect(scenario.getError()).toEqual(ABORT);
    expect(scenario.do({ op: 'close' })).toEqual(ABORT);
    expect(scenario.guestRead(9, 1)).toEqual(ABORT);
    expect(scenario.observe()).toEqual({
      stage: 'aborted',
      errorFlag: false,
      view: ABORT,
      active: Array(8).fill(null),
      hidden: Array(8).fill(null),
      secondary: Array(8).fill(11),
      wiring: {
        blocked: false,
        hiddenReadOnly: false,
        secondaryReadOnly: false,
        hiddenAttached: 0,
        secondaryAttached: 0,
      },
    });
    expect(scenario.do({ op: 'open' })).toEqual(OK);
    expect(scenario.start()).toEqual(error('No top_bs or it is invalid'));
  });

  test('closing in between frees the blocker, a start of the other mode does not reach it', () => {
    const scenario = new Scenario(TINY, { defects: ['topIdInvalid'] });
    scenario.do({ op: 'open' });
    scenario.start();
    expect(scenario.start('primary')).toEqual(
      error("The parameter mode's value is invalid, needs 1, but got 0"),
    );
    scenario.do({ op: 'close' });
    scenario.do({ op: 'open' });
    expect(scenario.start()).toEqual(error('No top_bs or it is invalid'));
  });
});
