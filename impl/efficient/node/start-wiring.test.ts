/** What a start does to the graph around the node, where that fails, and what it leaves behind. */
import { describe, expect, test } from 'vitest';
import type { Defect, NodeSetup, Outcome, Wiring } from '../../../model/vocabulary.ts';
import { createEfficientSystem } from '../efficient-system.ts';
import { EINVAL, OK, Scenario, TINY, badWrites, data, error } from '../testing/scenario.ts';

const CLEAN: Wiring = {
  blocked: false,
  hiddenReadOnly: false,
  secondaryReadOnly: false,
  hiddenAttached: 0,
  secondaryAttached: 0,
};
const BOTH_READ_ONLY = { readOnly: ['hidden', 'secondary'] } as const satisfies Partial<NodeSetup>;
const READ_ONLY = error('Block node is read-only');
const BUSY = error("Node '#block' is busy: block device is in use by block job: backup");
const DEATH: Outcome = { kind: 'abort', rule: 'startAfterFailedStart' };

function opened(changes: Partial<NodeSetup>): Scenario {
  const scenario = new Scenario(TINY, changes);
  expect(scenario.do({ op: 'open' })).toEqual(OK);
  return scenario;
}

function unshared(disk: 'hidden' | 'secondary', suffix = '', node = disk + suffix): Outcome {
  return error(
    `Permission conflict on node '${node}': permissions 'write' are both required by node 'rep${suffix}' ` +
      `(uses node '${node}' as '${disk} disk' child) and unshared by node 'cb${suffix}' ` +
      `(uses node '${node}' as 'file' child).`,
  );
}

describe('a start that works', () => {
  test('makes both disks writable for good, attaches both children, blocks the top', () => {
    const scenario = opened(BOTH_READ_ONLY);
    expect(scenario.observe().wiring).toEqual({ ...CLEAN, hiddenReadOnly: true, secondaryReadOnly: true });
    expect(scenario.start()).toEqual(OK);
    const running = { ...CLEAN, blocked: true, hiddenAttached: 1, secondaryAttached: 1 };
    expect(scenario.observe().wiring).toEqual(running);
    scenario.checkpoint();
    expect(scenario.observe().wiring).toEqual(running);
    scenario.stop();
    expect(scenario.observe().wiring).toEqual({ ...running, blocked: false });
    scenario.do({ op: 'close' });
    expect(scenario.observe().wiring).toEqual(CLEAN);
    scenario.do({ op: 'open' });
    expect(scenario.observe().wiring).toEqual(CLEAN);
  });

  test('a failover lifts the block at once and the children when it has succeeded, not when it has failed', () => {
    const scenario = Scenario.running(TINY);
    scenario.guestWrite(0, 2, 33);
    scenario.failover();
    expect(scenario.observe().wiring).toEqual({ ...CLEAN, hiddenAttached: 1, secondaryAttached: 1 });
    scenario.settle();
    expect(scenario.observe().wiring).toEqual(CLEAN);
    const failing = Scenario.running(TINY, badWrites(0));
    failing.guestWrite(0, 2, 33);
    failing.failover();
    failing.settle();
    expect(failing.observe().wiring).toEqual({ ...CLEAN, hiddenAttached: 1, secondaryAttached: 1 });
  });

  test('a primary touches no wiring', () => {
    expect(Scenario.running(TINY, { mode: 'primary' }).observe().wiring).toEqual(CLEAN);
  });
});

describe('a start that fails', () => {
  test.each<[Defect[], Outcome]>([
    [
      ['hiddenFileReadOnly', 'makeEmptyUnsupported'],
      error("Active disk or hidden disk doesn't support make_empty"),
    ],
    [['hiddenWriteUnshared', 'hiddenFileReadOnly'], READ_ONLY],
    [['secondaryWriteUnshared', 'hiddenWriteUnshared'], unshared('hidden')],
    [['topIdInvalid', 'secondaryWriteUnshared'], unshared('secondary')],
    [['secondaryBusy', 'topIdInvalid'], error('No top_bs or it is invalid')],
    [['hiddenExported', 'secondaryBusy'], BUSY],
    [['secondaryWriteUnshared', 'topIdInvalid', 'secondaryBusy'], unshared('secondary', '', '#block')],
  ])('%s answers the first error in the order of the driver', (defects, expected) => {
    const scenario = opened({ defects });
    expect(scenario.start()).toEqual(expected);
    expect(scenario.observe()).toMatchObject({ stage: 'none', errorFlag: false, wiring: { blocked: false } });
  });

  test('hidden cannot be written: nothing changes, at any try', () => {
    const scenario = opened({ ...BOTH_READ_ONLY, defects: ['hiddenFileReadOnly'] });
    for (const _ of [1, 2]) {
      expect(scenario.start()).toEqual(READ_ONLY);
      expect(scenario.observe().wiring).toEqual({ ...CLEAN, hiddenReadOnly: true, secondaryReadOnly: true });
    }
    expect(opened({ defects: ['hiddenFileReadOnly'] }).observe().wiring.hiddenReadOnly).toBe(true);
  });

  test('hidden not shared: the disks stay writable, no child stays', () => {
    const scenario = opened({ ...BOTH_READ_ONLY, defects: ['hiddenWriteUnshared'] });
    for (const _ of [1, 2]) {
      expect(scenario.start()).toEqual(unshared('hidden'));
      expect(scenario.observe().wiring).toEqual(CLEAN);
    }
  });

  test('secondary disk not shared: one more child at each try, until close', () => {
    const scenario = opened({ defects: ['secondaryWriteUnshared'] });
    for (const tries of [1, 2, 3]) {
      expect(scenario.start()).toEqual(unshared('secondary'));
      expect(scenario.observe().wiring).toEqual({ ...CLEAN, hiddenAttached: tries });
    }
    expect(scenario.do({ op: 'close' })).toEqual(OK);
    expect(scenario.observe().wiring).toEqual(CLEAN);
  });

  test('permission conflicts name the disks of their node', () => {
    for (const disk of ['hidden', 'secondary'] as const) {
      const second = new Scenario(TINY, { defects: [`${disk}WriteUnshared`] }).setup;
      const system = createEfficientSystem();
      system.load({ nodes: [new Scenario(TINY).setup, second] });
      system.apply({ op: 'open', node: 1 });
      expect(system.apply({ op: 'start', mode: 'secondary' })).toEqual(unshared(disk, '2'));
    }
  });

  test.each<[Defect, Outcome]>([
    ['topIdInvalid', error('No top_bs or it is invalid')],
    ['secondaryBusy', BUSY],
  ])('%s leaves children and blocker: the next start dies, a close frees both', (defect, expected) => {
    const scenario = opened({ readOnly: ['hidden'], defects: [defect] });
    expect(scenario.start()).toEqual(expected);
    expect(scenario.observe().wiring).toEqual({ ...CLEAN, hiddenAttached: 1, secondaryAttached: 1 });
    scenario.do({ op: 'close' });
    scenario.do({ op: 'open' });
    expect(scenario.start()).toEqual(expected);
    expect(scenario.start()).toEqual(DEATH);
    expect(scenario.observe().wiring).toMatchObject({
      blocked: false,
      hiddenAttached: 0,
      secondaryAttached: 0,
    });
  });

  test('a busy secondary disk that is read-only fails before the blocker, and again and again', () => {
    const scenario = opened({ ...BOTH_READ_ONLY, defects: ['secondaryBusy'] });
    for (const tries of [1, 2, 3]) {
      expect(scenario.start()).toEqual(READ_ONLY);
      expect(scenario.observe().wiring).toMatchObject({
        hiddenAttached: tries,
        hiddenReadOnly: false,
        secondaryAttached: 0,
        secondaryReadOnly: true,
      });
    }
  });
});

test.each<NodeSetup['readOnly']>([[], ['hidden', 'secondary']])(
  'a busy secondary disk that is not shared either: the filter over it is not (opened read-only: %s)',
  (...readOnly) => {
    const scenario = opened({ readOnly, defects: ['secondaryBusy', 'secondaryWriteUnshared'] });
    for (const tries of [1, 2, 3]) {
      expect(scenario.start()).toEqual(unshared('secondary', '', '#block'));
      expect(scenario.observe().wiring).toEqual({
        ...CLEAN,
        hiddenAttached: tries,
        secondaryReadOnly: readOnly.length > 0,
      });
    }
  },
);

describe('a read-only export of the secondary disk', () => {
  test.each<Partial<NodeSetup>>([
    { readOnly: ['secondary'] },
    { defects: ['hiddenWriteUnshared'] },
    { defects: ['secondaryWriteUnshared'] },
  ])('%o: writes, zeroes and discards are refused, reads and flushes not', (changes) => {
    const scenario = new Scenario(TINY, changes);
    const refusals = [0, 1, 9].flatMap((count) => [
      scenario.primaryWrite(0, count, 22),
      scenario.do({ op: 'primaryWriteZeroes', sector: 0, count }),
      scenario.do({ op: 'primaryDiscard', sector: 0, count }),
    ]);
    expect(refusals).toEqual(Array<Outcome>(9).fill(EINVAL));
    expect(scenario.primaryRead(0, 2)).toEqual(data(11, 11));
    expect(scenario.do({ op: 'primaryFlush' })).toEqual(OK);
  });

  test('stays read-only when the disk is not any more', () => {
    const scenario = Scenario.running(TINY, BOTH_READ_ONLY);
    expect(scenario.primaryWrite(0, 1, 22)).toEqual(EINVAL);
    expect(scenario.allocated('hidden')).toEqual([]);
    scenario.guestWrite(0, 1, 33);
    scenario.failover();
    scenario.settle();
    expect(scenario.primaryRead(0, 1)).toEqual(data(33));
    expect(scenario.primaryWrite(0, 1, 22)).toEqual(EINVAL);
  });

  test('a hidden disk that was opened read-only does not make it so', () => {
    expect(new Scenario(TINY, { readOnly: ['hidden'] }).primaryWrite(0, 1, 22)).toEqual(OK);
  });
});

describe('hidden exported', () => {
  /** Guest data in cluster 0, a copy in cluster 2, and a failover that cannot commit. */
  function stuck(): Scenario {
    const scenario = Scenario.running(TINY, { defects: ['hiddenExported'] });
    scenario.guestWrite(0, 2, 33);
    scenario.primaryWrite(4, 1, 22);
    expect(scenario.failover()).toEqual(
      error(
        "Permission conflict on node 'hidden': permissions 'consistent read' are both required by an unnamed block " +
          "device (uses node 'hidden' as 'root' child) and unshared by commit job '(null)' " +
          "(uses node 'hidden' as 'intermediate node' child).",
      ),
    );
    return scenario;
  }

  test('the stage is failover for ever, the flag set, nothing is committed', () => {
    const scenario = stuck();
    scenario.guestWrite(6, 2, 34);
    expect([scenario.advance(), scenario.settle()]).toEqual([OK, OK]);
    scenario.do({ op: 'endJob', job: 'commit' });
    expect(scenario.observe()).toMatchObject({
      stage: 'failover',
      errorFlag: true,
      view: data(33, 33, 11, 11, 11, 11, 34, 34),
      secondary: [11, 11, 11, 11, 22, 11, 11, 11],
      wiring: { ...CLEAN, hiddenAttached: 1, secondaryAttached: 1 },
    });
    expect([scenario.start(), scenario.checkpoint(), scenario.stop(), scenario.failover()]).toEqual([
      OK,
      OK,
      OK,
      OK,
    ]);
    expect(scenario.getError()).toEqual(error('I/O error occurred'));
  });

  test('primary writes are not copied and show through', () => {
    const scenario = stuck();
    scenario.primaryWrite(2, 4, 23);
    expect(scenario.guestRead(0, 8)).toEqual(data(33, 33, 23, 23, 11, 11, 11, 11));
    expect(scenario.allocated('hidden')).toEqual([4, 5]);
  });

  test('close kills the process', () => {
    const scenario = stuck();
    const death: Outcome = { kind: 'abort', rule: 'closeWithoutCommitJob' };
    expect(scenario.do({ op: 'close' })).toEqual(death);
    expect(scenario.observe()).toMatchObject({ stage: 'aborted', view: death });
  });

  test('a stop without failover does not need the commit', () => {
    const scenario = Scenario.running(TINY, { defects: ['hiddenExported'] });
    scenario.stop();
    expect(scenario.do({ op: 'close' })).toEqual(OK);
  });
});
