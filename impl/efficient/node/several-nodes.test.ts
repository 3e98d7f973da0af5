/** Hosts with several nodes, the calls to all of them, the QMP commands above, and the death of the process. */
import { describe, expect, test } from 'vitest';
import type { Operation } from '../../../model/operations.ts';
import type { Mode, NodeSetup, Outcome, Stage } from '../../../model/vocabulary.ts';
import type { System } from '../../system.ts';
import { createEfficientSystem } from '../efficient-system.ts';
import { OK, ODD, Scenario, TINY, badWrites, data, error } from '../testing/scenario.ts';

const NOT_RUNNING = error('Block replication is not running');
const CANCELLED = error('Backup job was cancelled unexpectedly');
const ALREADY = error('Block replication is running or done');
const FINE: Outcome = { kind: 'status', error: null };
const DEATH: Outcome = { kind: 'abort', rule: 'startAfterFailedStart' };

/** Nodes of the tiny geometry but for what is given, opened in their order. */
function hostOf(...changes: Partial<NodeSetup>[]): System {
  const system = createEfficientSystem();
  system.load({ nodes: changes.map((change) => new Scenario(change.geometry ?? TINY, change).setup) });
  for (const node of changes.keys()) expect(system.apply({ op: 'open', node })).toEqual(OK);
  return system;
}

function started(...changes: Partial<NodeSetup>[]): System {
  const system = hostOf(...changes);
  expect(start(system)).toEqual(OK);
  return system;
}

function start(system: System, mode: Mode = 'secondary'): Outcome {
  return system.apply({ op: 'start', mode });
}

function stop(system: System, failover: boolean): Outcome {
  return system.apply({ op: 'stop', failover });
}

function stages(system: System): Stage[] {
  return system.observe().map(({ stage }) => stage);
}

function settle(system: System): void {
  for (const node of system.observe().keys()) system.apply({ op: 'commitSettle', node });
}

describe('several nodes', () => {
  test('of the same geometry have disks and bad sectors of their own', () => {
    const system = started({}, { ...badWrites(0) }, { geometry: ODD });
    system.apply({ op: 'guestWrite', node: 1, sector: 2, count: 1, tag: 33 });
    system.apply({ op: 'primaryWrite', node: 2, sector: 16, count: 1, tag: 22 });
    expect(system.apply({ op: 'primaryWrite', sector: 0, count: 1, tag: 23 })).toEqual(OK);
    expect(system.apply({ op: 'primaryWrite', node: 1, sector: 0, count: 1, tag: 23 })).toMatchObject({
      errno: 'EIO',
    });
    expect(system.apply({ op: 'guestRead', sector: 2, count: 1 })).toEqual(data(11));
    expect(system.apply({ op: 'guestRead', node: 1, sector: 2, count: 1 })).toEqual(data(33));
    const [first, second, third] = system.observe();
    expect([first?.secondary[0], second?.secondary[0], third?.secondary.length]).toEqual([23, 11, 17]);
    expect([first, second, third].map((seen) => seen?.hidden.some((tag) => tag !== null))).toEqual([
      true,
      true,
      true,
    ]);
    expect(
      [0, 1, 2].map((node) => system.agrees?.(node, system.observe()[node] ?? never(), null, 'full')),
    ).toEqual([true, true, true]);
    expect(system.agrees?.(0, second ?? never(), null, 'full')).toBe(false);
  });

  test('messages name the node', () => {
    const system = started({}, {}, {});
    const asked: Operation[] = [
      { op: 'open', node: 1 },
      { op: 'close', node: 2 },
    ];
    expect(asked.map((operation) => system.apply(operation))).toEqual([
      error("Duplicate nodes with node-name='rep2'"),
      error("Node 'rep3' is busy: Block device is in use by internal backup job"),
    ]);
    system.apply({ op: 'failEmptying', node: 2, disk: 'active', how: 'ejected' });
    expect(system.apply({ op: 'checkpoint' })).toEqual(error('Failed to empty active3: Input/output error'));
    expect(system.apply({ op: 'checkpoint' })).toEqual(error('Active disk active3 is ejected'));
    stop(system, false);
    system.apply({ op: 'close', node: 2 });
    expect(system.apply({ op: 'close', node: 2 })).toEqual(
      error("Failed to find node with node-name='rep3'"),
    );
    expect(system.apply({ op: 'guestRead', node: 2, sector: 0, count: 1 })).toEqual(
      error("export 'rep3' not present"),
    );
  });

  test('a node that is not there is an error of the caller', () => {
    const system = hostOf({});
    expect(() => system.apply({ op: 'open', node: 1 })).toThrow('there is no node 1');
  });
});

describe('calls to all', () => {
  test('with no node open all of them answer ok', () => {
    const { system } = new Scenario(TINY);
    const calls: Operation[] = [
      { op: 'start', mode: 'primary' },
      { op: 'checkpoint' },
      { op: 'getError' },
      { op: 'stop', failover: false },
      { op: 'stop', failover: true },
    ];
    expect(calls.map((call) => system.apply(call))).toEqual(calls.map(() => OK));
    expect(system.apply({ op: 'queryStatus' })).toEqual(FINE);
  });

  test('start: the older node is not reached after an error of the newer, and the other way round it is running', () => {
    const newerFails = hostOf({}, { defects: ['topIdInvalid'] });
    expect(start(newerFails)).toEqual(error('No top_bs or it is invalid'));
    expect(stages(newerFails)).toEqual(['none', 'none']);
    const olderFails = hostOf({ defects: ['topIdInvalid'] }, {});
    expect(start(olderFails)).toEqual(error('No top_bs or it is invalid'));
    expect(stages(olderFails)).toEqual(['none', 'running']);
    expect(olderFails.apply({ op: 'getError' })).toEqual(NOT_RUNNING);
    expect(start(olderFails)).toEqual(ALREADY);
  });

  test('stop without failover stops one node a call, newest first', () => {
    const system = started({}, {});
    expect(stop(system, false)).toEqual(CANCELLED);
    expect(stages(system)).toEqual(['running', 'done']);
    expect(stop(system, false)).toEqual(CANCELLED);
    expect(stages(system)).toEqual(['done', 'done']);
    expect(stop(system, false)).toEqual(OK);
  });

  test('the order is that of opening, whatever the index', () => {
    const system = started({}, {});
    stop(system, false);
    system.apply({ op: 'close', node: 1 });
    stop(system, false);
    system.apply({ op: 'close', node: 0 });
    system.apply({ op: 'open', node: 1 });
    system.apply({ op: 'open', node: 0 });
    start(system);
    stop(system, false);
    expect(stages(system)).toEqual(['done', 'running']);
  });

  test('checkpoint: a failing newer node keeps the older from its checkpoint', () => {
    const system = started({}, {});
    for (const node of [0, 1]) system.apply({ op: 'guestWrite', node, sector: 0, count: 2, tag: 33 });
    system.apply({ op: 'failEmptying', node: 1, disk: 'hidden', how: 'kept' });
    expect(system.apply({ op: 'checkpoint' })).toEqual(error('Failed to empty hidden2: Input/output error'));
    expect(system.observe().map(({ active }) => active[0])).toEqual([33, null]);
  });

  test('failover: commits are independent, a failed or idle newest node keeps the older from failing over', () => {
    const system = started({}, { ...badWrites(0) });
    for (const node of [0, 1]) system.apply({ op: 'guestWrite', node, sector: 0, count: 2, tag: 33 });
    expect(stop(system, true)).toEqual(OK);
    settle(system);
    expect(stages(system)).toEqual(['done', 'failoverFailed']);
    expect(system.apply({ op: 'getError' })).toEqual(error('I/O error occurred'));
    expect(system.apply({ op: 'checkpoint' })).toEqual(CANCELLED);
    const idle = hostOf({}, { defects: ['lengthsDiffer'] });
    start(idle);
    expect(stop(idle, true)).toEqual(NOT_RUNNING);
    expect(stages(idle)).toEqual(['none', 'none']);
  });

  test('nodes of both modes: the first of the other mode ends a start', () => {
    const system = hostOf({ mode: 'primary' }, {});
    expect(start(system)).toEqual(error("The parameter mode's value is invalid, needs 0, but got 1"));
    expect(stages(system)).toEqual(['none', 'running']);
  });
});

describe('QMP', () => {
  function set(system: System, enable: boolean, primary: boolean, failover: boolean | null): Outcome {
    return system.apply({ op: 'setReplication', enable, primary, failover });
  }

  test('failover belongs to stopping, even where it is false', () => {
    const system = hostOf({});
    const refusal = error("Parameter 'failover' is only for stopping replication");
    expect([set(system, true, false, false), set(system, true, false, true)]).toEqual([refusal, refusal]);
    expect(stages(system)).toEqual(['none']);
  });

  test('enable starts in the mode that is given', () => {
    const system = hostOf({ mode: 'primary' });
    expect(set(system, true, false, null)).toMatchObject({ kind: 'error' });
    expect(set(system, true, true, null)).toEqual(OK);
    expect(stages(system)).toEqual(['running']);
  });

  test('a failover hides every error, a stop does not', () => {
    const system = hostOf({});
    expect(set(system, false, true, true)).toEqual(OK);
    expect([set(system, false, true, null), set(system, false, true, false)]).toEqual([
      NOT_RUNNING,
      NOT_RUNNING,
    ]);
    start(system);
    expect(set(system, false, true, null)).toEqual(CANCELLED);
    expect(stages(system)).toEqual(['done']);
    const failedOver = started({ defects: ['hiddenExported'] });
    expect(set(failedOver, false, false, true)).toEqual(OK);
    expect(stages(failedOver)).toEqual(['failover']);
  });

  test('the status is never an error itself', () => {
    const system = hostOf({}, {});
    expect(system.apply({ op: 'queryStatus' })).toEqual({
      kind: 'status',
      error: 'Block replication is not running',
    });
    start(system);
    expect(system.apply({ op: 'queryStatus' })).toEqual(FINE);
    stop(system, false);
    expect(system.apply({ op: 'queryStatus' })).toEqual({ kind: 'status', error: 'I/O error occurred' });
  });
});

describe('death of the process', () => {
  function dead(): System {
    const system = hostOf({ defects: ['topIdInvalid'] }, { mode: 'primary' });
    system.apply({ op: 'close', node: 1 });
    start(system);
    system.apply({ op: 'open', node: 1 });
    expect(start(system, 'primary')).toMatchObject({ kind: 'error' });
    expect(stages(system)).toEqual(['none', 'running']);
    system.apply({ op: 'stop', failover: false });
    expect(start(system)).toEqual(DEATH);
    return system;
  }

  test('takes all nodes along; every operation answers its rule, faults answer ok', () => {
    const system = dead();
    expect(stages(system)).toEqual(['aborted', 'aborted']);
    const refused: Operation[] = [
      { op: 'checkpoint' },
      { op: 'queryStatus' },
      { op: 'setReplication', enable: false, primary: false, failover: true },
      { op: 'close', node: 1 },
      { op: 'guestFlush', node: 1 },
      { op: 'primaryRead', sector: 0, count: 1 },
      { op: 'commitSettle' },
    ];
    expect(refused.map((operation) => system.apply(operation))).toEqual(refused.map(() => DEATH));
    expect(system.observe().map(({ view }) => view)).toEqual([DEATH, DEATH]);
    const accidents: Operation[] = [
      { op: 'breakSector', disk: 'secondary', access: 'read', sector: 1 },
      { op: 'breakSector', disk: 'secondary', access: 'read', sector: 2 },
      { op: 'repairSectors', disk: 'hidden' },
      { op: 'failEmptying', disk: 'active', how: 'kept' },
      { op: 'endJob', job: 'backup' },
      { op: 'cutLink', node: 1 },
    ];
    expect(accidents.map((operation) => system.apply(operation))).toEqual(accidents.map(() => OK));
    expect(system.apply({ op: 'open' })).toEqual(OK);
    expect(system.apply({ op: 'primaryRead', sector: 1, count: 1 })).toMatchObject({ errno: 'EIO' });
    expect(system.apply({ op: 'open', node: 1 })).toEqual(
      error("Failed to connect to 'peer': Connection refused"),
    );
  });

  test('an open begins a new process in which the others are closed, even if it fails itself', () => {
    const opened = dead();
    expect(opened.apply({ op: 'open' })).toEqual(OK);
    expect(stages(opened)).toEqual(['none', 'closed']);
    const refused = dead();
    refused.apply({ op: 'cutLink', node: 1 });
    expect(refused.apply({ op: 'open', node: 1 })).toMatchObject({ kind: 'error' });
    expect(stages(refused)).toEqual(['closed', 'closed']);
    expect(refused.apply({ op: 'queryStatus' })).toEqual(FINE);
  });

  test('a loaded case is alive', () => {
    const system = dead();
    system.load({ nodes: [new Scenario(TINY).setup] });
    expect(stages(system)).toEqual(['closed']);
    expect(system.apply({ op: 'open' })).toEqual(OK);
  });
});

function never(): never {
  throw new Error('the host has that node');
}
