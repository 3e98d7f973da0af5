/** Jobs that end without having been asked to. */
import { describe, expect, test } from 'vitest';
import type { Outcome } from '../../../model/vocabulary.ts';
import { OK, Scenario, TINY, data, error } from '../testing/scenario.ts';

const CANCELLED = error('Backup job was cancelled unexpectedly');
const IO_ERROR = error('I/O error occurred');

function end(scenario: Scenario, job: 'backup' | 'commit'): Outcome {
  return scenario.do({ op: 'endJob', job });
}

describe('backup job', () => {
  function lost(): Scenario {
    const scenario = Scenario.running(TINY);
    scenario.guestWrite(0, 1, 33);
    scenario.primaryWrite(4, 1, 22);
    expect(end(scenario, 'backup')).toEqual(OK);
    return scenario;
  }

  test('its end sets the flag, lifts the block, keeps stage and layers', () => {
    expect(lost().observe()).toMatchObject({
      stage: 'running',
      errorFlag: true,
      view: data(33, 11, 11, 11, 11, 11, 11, 11),
      wiring: { blocked: false, hiddenAttached: 1, secondaryAttached: 1 },
    });
  });

  test('afterwards nothing is copied, a checkpoint fails and keeps both layers', () => {
    const scenario = lost();
    scenario.primaryWrite(6, 1, 23);
    expect(scenario.guestRead(6, 1)).toEqual(data(23));
    expect(scenario.checkpoint()).toEqual(CANCELLED);
    expect(scenario.allocated('active')).toEqual([0, 1]);
    expect(scenario.allocated('hidden')).toEqual([4, 5]);
    expect(scenario.getError()).toEqual(IO_ERROR);
    expect(scenario.start()).toEqual(error('Block replication is running or done'));
  });

  test('a failover still works', () => {
    const scenario = lost();
    expect(scenario.failover()).toEqual(OK);
    scenario.settle();
    expect(scenario.observe()).toMatchObject({
      stage: 'done',
      errorFlag: false,
      secondary: [33, 11, 11, 11, 11, 11, 11, 11],
    });
  });

  test('a stop answers what it always answers', () => {
    const scenario = lost();
    expect(scenario.stop()).toEqual(CANCELLED);
    expect(scenario.observe()).toMatchObject({ stage: 'done', errorFlag: true });
  });

  test('the node can be closed while it runs', () => {
    const scenario = lost();
    expect(scenario.do({ op: 'close' })).toEqual(OK);
    expect(scenario.observe()).toMatchObject({ stage: 'closed', errorFlag: false });
    expect(scenario.allocated('active')).toEqual([0, 1]);
  });
});

describe('commit job', () => {
  test('its end lets what is in flight finish and starts no more', () => {
    const scenario = Scenario.running(TINY);
    scenario.guestWrite(0, 8, 33);
    scenario.failover();
    expect(end(scenario, 'commit')).toEqual(OK);
    expect(scenario.observe()).toMatchObject({
      stage: 'failoverFailed',
      errorFlag: true,
      secondary: [33, 33, 33, 33, 11, 11, 11, 11],
      view: data(...Array<number>(8).fill(33)),
      wiring: { hiddenAttached: 1, secondaryAttached: 1 },
    });
    expect(scenario.failover()).toEqual(error('Block replication is not running'));
    expect(scenario.settle()).toEqual(OK);
  });
});

test('nothing happens where the job does not run', () => {
  const reached = [
    new Scenario(TINY),
    Scenario.running(TINY, { mode: 'primary' }),
    Scenario.running(TINY),
    Scenario.running(TINY),
  ];
  reached[3]?.failover();
  reached[3]?.settle();
  for (const scenario of reached) {
    const before = scenario.observe();
    expect(end(scenario, 'commit')).toEqual(OK);
    if (before.stage !== 'running' || scenario.setup.mode === 'primary')
      expect(end(scenario, 'backup')).toEqual(OK);
    expect(scenario.observe()).toEqual(before);
  }
});
