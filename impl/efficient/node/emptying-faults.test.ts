/** Emptyings that fail: before they did anything, after they did all, and half-way. */
import { describe, expect, test } from 'vitest';
import type { Operation } from '../../../model/operations.ts';
import type { EmptyingFault, Outcome, OverlayName } from '../../../model/vocabulary.ts';
import { EINVAL, OK, Scenario, TINY, data, error } from '../testing/scenario.ts';

const CANCELLED = error('Backup job was cancelled unexpectedly');
const LENGTHS = error("Active disk, hidden disk, secondary disk's length are not the same");
const EMPTY = Array<null>(8).fill(null);

function notEmptied(disk: OverlayName): Outcome {
  return error(`Failed to empty ${disk}: Input/output error`);
}

/** Guest data in cluster 0, a copy in cluster 2. */
function armed(disk: OverlayName, how: EmptyingFault): Scenario {
  const scenario = Scenario.running(TINY);
  scenario.guestWrite(0, 2, 33);
  scenario.primaryWrite(4, 1, 22);
  expect(scenario.do({ op: 'failEmptying', disk, how })).toEqual(OK);
  return scenario;
}

function ejected(disk: OverlayName): Scenario {
  const scenario = armed(disk, 'ejected');
  expect(scenario.checkpoint()).toEqual(notEmptied(disk));
  return scenario;
}

function all(side: 'guest' | 'primary'): Operation[] {
  return [
    ...[0, 1, 9].flatMap((count): Operation[] => [
      { op: `${side}Read`, sector: 0, count },
      { op: `${side}Write`, sector: 0, count, tag: 44 },
      { op: `${side}WriteZeroes`, sector: 0, count },
      { op: `${side}Discard`, sector: 0, count },
    ]),
    { op: `${side}Flush` },
  ];
}

function answers(scenario: Scenario, side: 'guest' | 'primary'): Outcome[] {
  return all(side).map((operation) => scenario.do(operation));
}

const REFUSED = all('guest').map(() => EINVAL);

describe('a make_empty that fails and keeps its layer', () => {
  test('active, kept: nothing is emptied, but every unit is copied again', () => {
    const scenario = armed('active', 'kept');
    expect(scenario.checkpoint()).toEqual(notEmptied('active'));
    expect(scenario.observe()).toMatchObject({
      stage: 'running',
      errorFlag: false,
      active: [33, 33, null, null, null, null, null, null],
      hidden: [null, null, null, null, 11, 11, null, null],
    });
    expect(scenario.guestRead(4, 1)).toEqual(data(11));
    scenario.primaryWrite(5, 1, 23);
    expect(scenario.guestRead(4, 2)).toEqual(data(22, 11));
    expect(scenario.checkpoint()).toEqual(OK);
    expect(scenario.observe()).toMatchObject({ active: EMPTY, hidden: EMPTY });
  });

  test('active, emptied: hidden still keeps its copy', () => {
    const scenario = armed('active', 'emptied');
    expect(scenario.checkpoint()).toEqual(notEmptied('active'));
    expect(scenario.observe()).toMatchObject({
      active: EMPTY,
      hidden: [null, null, null, null, 11, 11, null, null],
    });
  });

  test('hidden, kept: active is empty, hidden stale', () => {
    const scenario = armed('hidden', 'kept');
    expect(scenario.checkpoint()).toEqual(notEmptied('hidden'));
    expect(scenario.observe()).toMatchObject({
      active: EMPTY,
      hidden: [null, null, null, null, 11, 11, null, null],
      view: data(...Array<number>(8).fill(11)),
    });
    expect(scenario.getError()).toEqual(OK);
  });

  test('hidden, emptied: all but the answer is a checkpoint', () => {
    const scenario = armed('hidden', 'emptied');
    expect(scenario.checkpoint()).toEqual(notEmptied('hidden'));
    expect(scenario.observe()).toMatchObject({
      hidden: EMPTY,
      view: data(11, 11, 11, 11, 22, 11, 11, 11),
    });
  });

  test('a second fault replaces the first, fires once, and waits for its own layer', () => {
    const scenario = armed('active', 'ejected');
    scenario.do({ op: 'failEmptying', disk: 'active', how: 'kept' });
    scenario.do({ op: 'failEmptying', disk: 'hidden', how: 'kept' });
    expect(scenario.checkpoint()).toEqual(notEmptied('active'));
    expect(scenario.checkpoint()).toEqual(notEmptied('hidden'));
    expect(scenario.checkpoint()).toEqual(OK);
  });

  test('inside start the stage is running, the flag is clear, the job is there', () => {
    const scenario = new Scenario(TINY);
    scenario.do({ op: 'failEmptying', disk: 'hidden', how: 'kept' });
    scenario.do({ op: 'open' });
    expect(scenario.start()).toEqual(notEmptied('hidden'));
    expect(scenario.observe()).toMatchObject({
      stage: 'running',
      errorFlag: false,
      wiring: { blocked: true, hiddenAttached: 1, secondaryAttached: 1 },
    });
    expect(scenario.getError()).toEqual(OK);
    expect(scenario.checkpoint()).toEqual(OK);
  });

  test('where no backup job runs nothing is emptied, and the fault stays armed', () => {
    const scenario = armed('active', 'kept');
    expect(scenario.stop()).toEqual(CANCELLED);
    scenario.do({ op: 'close' });
    scenario.do({ op: 'open' });
    expect(scenario.start()).toEqual(notEmptied('active'));
    expect(scenario.allocated('active')).toEqual([0, 1]);
  });
});

describe('active ejected', () => {
  test('the guest is refused whatever it asks, the primary is not', () => {
    const scenario = ejected('active');
    expect(answers(scenario, 'guest')).toEqual(REFUSED);
    expect(scenario.observe().view).toEqual(EINVAL);
    expect(scenario.primaryRead(4, 1)).toEqual(data(22));
    expect(scenario.primaryWrite(6, 1, 23)).toEqual(OK);
    expect(scenario.allocated('hidden')).toEqual([4, 5, 6, 7]);
    expect(scenario.getError()).toEqual(OK);
    expect(scenario.checkpoint()).toEqual(error('Active disk active is ejected'));
    expect(scenario.do({ op: 'close' })).toMatchObject({ kind: 'error' });
  });

  test('a stop leaves it so, and the node cannot be opened again in this process', () => {
    const scenario = ejected('active');
    expect(scenario.stop()).toEqual(CANCELLED);
    expect(answers(scenario, 'guest')).toEqual(REFUSED);
    expect(scenario.do({ op: 'close' })).toEqual(OK);
    expect(scenario.do({ op: 'open' })).toEqual(
      error('Could not refresh total sector count: No medium found'),
    );
    expect(scenario.observe().stage).toBe('closed');
  });

  test('a failover kills the process; in the next one the layer is there, and its next fault waits', () => {
    const scenario = ejected('active');
    scenario.do({ op: 'failEmptying', disk: 'active', how: 'kept' });
    const death: Outcome = { kind: 'abort', rule: 'failoverWithActiveEjected' };
    expect(scenario.failover()).toEqual(death);
    expect(scenario.primaryRead(0, 1)).toEqual(death);
    expect(scenario.do({ op: 'open' })).toEqual(OK);
    expect(scenario.start()).toEqual(notEmptied('active'));
    expect(scenario.guestRead(2, 1)).toEqual(data(11));
    expect(scenario.checkpoint()).toEqual(OK);
  });

  test('with hidden ejected alone a failover has no commit job: the disk is not to be written', () => {
    expect(ejected('hidden').failover()).toEqual(
      error(
        "Permission conflict on node 'secondary': permissions 'write' are both required by node 'rep' " +
          "(uses node 'secondary' as 'secondary disk' child) and unshared by an unnamed block device " +
          "(uses node 'secondary' as 'root' child).",
      ),
    );
  });

  test('that a failover dies is no error that QMP hides', () => {
    const scenario = ejected('active');
    const stop: Operation = { op: 'setReplication', enable: false, primary: false, failover: true };
    expect(scenario.do(stop)).toMatchObject({ kind: 'abort' });
  });

  test('with hidden ejected, too, a failover dies just so', () => {
    const scenario = ejected('hidden');
    scenario.do({ op: 'failEmptying', disk: 'active', how: 'ejected' });
    expect(scenario.checkpoint()).toEqual(notEmptied('active'));
    expect(scenario.checkpoint()).toEqual(error('Active disk active is ejected'));
    expect(scenario.failover()).toEqual({ kind: 'abort', rule: 'failoverWithActiveEjected' });
  });
});

describe('hidden ejected', () => {
  test('both sides are refused whatever they ask', () => {
    const scenario = ejected('hidden');
    expect(answers(scenario, 'guest')).toEqual(REFUSED);
    expect(answers(scenario, 'primary')).toEqual(REFUSED);
    expect(scenario.getError()).toEqual(OK);
    scenario.guestWrite(0, 2, 44);
    expect(scenario.checkpoint()).toEqual(error('Hidden disk hidden is ejected'));
    expect(scenario.observe()).toMatchObject({ active: EMPTY, secondary: [11, 11, 11, 11, 22, 11, 11, 11] });
  });

  test('a stop, and the end of the backup job, give the primary its disk back', () => {
    for (const end of [
      (scenario: Scenario) => scenario.stop(),
      (scenario: Scenario) => scenario.do({ op: 'endJob', job: 'backup' }),
    ]) {
      const scenario = ejected('hidden');
      end(scenario);
      expect(answers(scenario, 'guest')).toEqual(REFUSED);
      expect(scenario.primaryWrite(0, 1, 23)).toEqual(OK);
      expect(scenario.primaryRead(0, 1)).toEqual(data(23));
    }
  });

  test('a failover has no commit job: the stage stays, and close kills the process', () => {
    const scenario = ejected('hidden');
    expect(scenario.failover()).toMatchObject({ kind: 'error' });
    expect(scenario.settle()).toEqual(OK);
    expect(scenario.observe()).toMatchObject({ stage: 'failover', errorFlag: true, view: EINVAL });
    expect(scenario.primaryWrite(0, 1, 23)).toEqual(OK);
    expect(scenario.do({ op: 'close' })).toEqual({ kind: 'abort', rule: 'closeWithoutCommitJob' });
  });

  test('opened again in this process the node has no export and cannot be started', () => {
    const scenario = ejected('hidden');
    scenario.stop();
    scenario.do({ op: 'close' });
    expect(scenario.do({ op: 'open' })).toEqual(OK);
    expect(scenario.guestRead(0, 1)).toEqual(error("export 'rep' not present"));
    expect(scenario.start()).toEqual(LENGTHS);
    expect(scenario.observe()).toMatchObject({
      stage: 'none',
      wiring: { blocked: false, hiddenAttached: 0, secondaryAttached: 0 },
    });
  });
});
