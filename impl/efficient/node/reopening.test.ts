/** What earlier starts have reopened for writing is remembered as long as the process lives. */
import { describe, expect, test } from 'vitest';
import type { NodeSetup, Outcome } from '../../../model/vocabulary.ts';
import { createEfficientSystem } from '../efficient-system.ts';
import { OK, Scenario, TINY, error } from '../testing/scenario.ts';

const DEATH: Outcome = { kind: 'abort', rule: 'reopenWithHiddenEjected' };
const CANCELLED = error('Backup job was cancelled unexpectedly');
const NO_MEDIUM = { kind: 'error', message: expect.stringContaining('Permission conflict') };
const HIDDEN_READ_ONLY: Partial<NodeSetup> = { readOnly: ['hidden'] };

function eject(scenario: Scenario): void {
  scenario.do({ op: 'failEmptying', disk: 'hidden', how: 'ejected' });
}

/** Started for the second time in the same process. */
function secondStart(changes: Partial<NodeSetup> = HIDDEN_READ_ONLY): Scenario {
  const scenario = Scenario.running(TINY, changes);
  scenario.stop();
  scenario.do({ op: 'close' });
  scenario.do({ op: 'open' });
  eject(scenario);
  expect(scenario.start()).toEqual(error('Failed to empty hidden: Input/output error'));
  return scenario;
}

describe('hidden ejected, and opened read-only', () => {
  test.each<[string, (scenario: Scenario) => Outcome]>([
    ['a stop', (scenario) => scenario.stop()],
    ['a failover', (scenario) => scenario.failover()],
    ['the end of the backup job', (scenario) => scenario.do({ op: 'endJob', job: 'backup' })],
  ])('after the first start %s kills the process', (_name, end) => {
    const scenario = Scenario.running(TINY, HIDDEN_READ_ONLY);
    eject(scenario);
    scenario.checkpoint();
    expect(end(scenario)).toEqual(DEATH);
    expect(scenario.observe()).toMatchObject({ stage: 'aborted', view: DEATH });
  });

  test('after the second start no way to end the backup job kills it', () => {
    expect(secondStart().stop()).toEqual(CANCELLED);
    expect(secondStart().failover()).toMatchObject(NO_MEDIUM);
    const scenario = secondStart();
    expect(scenario.do({ op: 'endJob', job: 'backup' })).toEqual(OK);
    expect(scenario.stop()).toEqual(CANCELLED);
  });

  test('a job that has ended is not ended again', () => {
    const scenario = Scenario.running(TINY, HIDDEN_READ_ONLY);
    scenario.do({ op: 'endJob', job: 'backup' });
    expect(scenario.do({ op: 'endJob', job: 'backup' })).toEqual(OK);
    expect(scenario.stop()).toEqual(CANCELLED);
  });

  test('the end of the commit job, which does not run, kills nothing', () => {
    const scenario = Scenario.running(TINY, HIDDEN_READ_ONLY);
    eject(scenario);
    scenario.checkpoint();
    expect(scenario.do({ op: 'endJob', job: 'commit' })).toEqual(OK);
    expect(scenario.observe().stage).toBe('running');
  });

  test('a start whose checkpoint fails has reopened it as well', () => {
    const scenario = new Scenario(TINY, HIDDEN_READ_ONLY);
    scenario.do({ op: 'open' });
    scenario.do({ op: 'failEmptying', disk: 'hidden', how: 'kept' });
    scenario.start();
    scenario.stop();
    scenario.do({ op: 'close' });
    scenario.do({ op: 'open' });
    eject(scenario);
    scenario.start();
    expect(scenario.stop()).toEqual(CANCELLED);
  });

  test('a start that is refused reopens nothing, and one in vain notes nothing', () => {
    const scenario = new Scenario(TINY, HIDDEN_READ_ONLY);
    scenario.do({ op: 'open' });
    scenario.start('primary');
    expect(scenario.observe().wiring.hiddenReadOnly).toBe(true);
    scenario.start();
    expect(scenario.start()).toEqual(error('Block replication is running or done'));
    eject(scenario);
    scenario.checkpoint();
    expect(scenario.stop()).toEqual(DEATH);
  });

  test('a new process finds it read-only again', () => {
    const scenario = Scenario.running(TINY, HIDDEN_READ_ONLY);
    for (const _ of [1, 2]) {
      eject(scenario);
      scenario.checkpoint();
      expect(scenario.stop()).toEqual(DEATH);
      expect(scenario.do({ op: 'open' })).toEqual(OK);
      expect(scenario.observe().wiring.hiddenReadOnly).toBe(true);
      expect(scenario.start()).toEqual(OK);
    }
  });

  test('a case that is loaded anew begins in a new process', () => {
    const scenario = Scenario.running(TINY, HIDDEN_READ_ONLY);
    scenario.system.load({ nodes: [scenario.setup] });
    expect(scenario.observe().wiring.hiddenReadOnly).toBe(true);
    scenario.do({ op: 'open' });
    scenario.start();
    eject(scenario);
    scenario.checkpoint();
    expect(scenario.stop()).toEqual(DEATH);
  });
});

test('a hidden that was opened for writing is never reopened, whatever the secondary disk is', () => {
  for (const changes of [{}, { readOnly: ['secondary'] } as const]) {
    const scenario = Scenario.running(TINY, changes);
    eject(scenario);
    scenario.checkpoint();
    expect(scenario.stop()).toEqual(CANCELLED);
    expect(secondStart(changes).stop()).toEqual(CANCELLED);
  }
});

test('each node remembers for itself', () => {
  const { setup } = new Scenario(TINY, HIDDEN_READ_ONLY);
  const system = createEfficientSystem();
  system.load({ nodes: [setup, setup] });
  system.apply({ op: 'open' });
  system.apply({ op: 'start', mode: 'secondary' });
  system.apply({ op: 'stop', failover: false });
  system.apply({ op: 'close' });
  system.apply({ op: 'open', node: 1 });
  system.apply({ op: 'failEmptying', node: 1, disk: 'hidden', how: 'ejected' });
  system.apply({ op: 'start', mode: 'secondary' });
  expect(system.apply({ op: 'stop', failover: true })).toEqual(DEATH);
});

describe('a saved state', () => {
  const alphabet = [
    { op: 'stop', failover: false } as const,
    { op: 'failEmptying', disk: 'hidden', how: 'ejected' } as const,
  ];

  function save(scenario: Scenario): Int32Array {
    const { states } = scenario.system;
    if (states === undefined) throw new Error('it has no states');
    const into = new Int32Array(states.layout(alphabet).length);
    states.save(into);
    return into;
  }

  test('knows whether the end of the job reopens hidden, and gives it back', () => {
    const first = Scenario.running(TINY, HIDDEN_READ_ONLY);
    eject(first);
    first.checkpoint();
    const second = secondStart();
    const [dies, lives] = [save(first), save(second)];
    expect(dies).not.toEqual(lives);
    first.system.states?.restore(lives);
    expect(first.stop()).toEqual(CANCELLED);
    second.system.states?.restore(dies);
    expect(second.stop()).toEqual(DEATH);
  });

  test('forgets it when the job has ended: nothing shows it any more', () => {
    const stopped = (scenario: Scenario): Int32Array => {
      scenario.stop();
      return save(scenario);
    };
    const again = Scenario.running(TINY, HIDDEN_READ_ONLY);
    again.stop();
    again.do({ op: 'close' });
    again.do({ op: 'open' });
    again.start();
    expect(stopped(Scenario.running(TINY, HIDDEN_READ_ONLY))).toEqual(stopped(again));
  });
});
