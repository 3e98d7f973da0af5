/** The stage machine, cell by cell as verified on QEMU 7.2.22. */
import { describe, expect, test } from 'vitest';
import { data, einval, eio } from './answers.ts';
import * as s from './testing/scenario.ts';
import { fourClusters, lastOutcome, runModel, started } from './testing/scenario.ts';
import type { Operation } from './operations.ts';
import type { Outcome, NodeSetup } from './vocabulary.ts';

const ok: Outcome = { kind: 'ok' };
const error = (message: string): Outcome => ({ kind: 'error', message });
const cancelled = error('Backup job was cancelled unexpectedly');
const notRunning = error('Block replication is not running');
const runningOrDone = error('Block replication is running or done');
const ioError = error('I/O error occurred');

const startSecondary: Operation = { op: 'start', mode: 'secondary' };
const startPrimary: Operation = { op: 'start', mode: 'primary' };
const controls = [startSecondary, startPrimary, s.checkpoint, s.getError, s.stopOnly, s.failover];

const badDisk: NodeSetup = {
  ...fourClusters,
  badSectors: [{ disk: 'secondary', access: 'write', sector: 0 }],
};
const reach: Record<string, readonly Operation[]> = {
  none: [{ op: 'open' }],
  running: started,
  failover: [...started, s.failover],
  failed: [...started, s.guestWrite(0, 2), s.failover, s.settle],
  doneByFailover: [...started, s.failover, s.settle],
  doneByStop: [...started, s.stopOnly],
};

const needs1 = error("The parameter mode's value is invalid, needs 1, but got 0");
const needs0 = error("The parameter mode's value is invalid, needs 0, but got 1");
const secondaryTable: Record<string, readonly Outcome[]> = {
  none: [ok, needs1, cancelled, notRunning, notRunning, notRunning],
  running: [runningOrDone, runningOrDone, ok, ok, cancelled, ok],
  failover: [ok, ok, ok, ioError, ok, ok],
  failed: [runningOrDone, runningOrDone, cancelled, ioError, notRunning, notRunning],
  doneByFailover: [ok, ok, ok, ok, ok, ok],
  doneByStop: [ok, ok, ok, ioError, ok, ok],
};

describe('secondary control calls', () => {
  test.each(Object.entries(secondaryTable))('answer in %s as the real binary does', (stage, answers) => {
    const path = reach[stage] ?? [];
    expect(controls.map((operation) => lastOutcome(badDisk, ...path, operation))).toEqual(answers);
  });
});

const primary: NodeSetup = { ...fourClusters, mode: 'primary' };
const primaryReach: Record<string, readonly Operation[]> = {
  none: [{ op: 'open' }],
  running: [{ op: 'open' }, startPrimary],
  done: [{ op: 'open' }, startPrimary, s.stopOnly],
};
const primaryTable: Record<string, readonly Outcome[]> = {
  none: [needs0, ok, ok, notRunning, notRunning, notRunning],
  running: [runningOrDone, runningOrDone, ok, ok, ok, ok],
  done: [ok, ok, ok, ok, ok, ok],
};

describe('primary control calls', () => {
  test.each(Object.entries(primaryTable))('answer in %s as the real binary does', (stage, answers) => {
    const path = primaryReach[stage] ?? [];
    expect(controls.map((operation) => lastOutcome(primary, ...path, operation))).toEqual(answers);
  });
});

describe('open and close', () => {
  test.each([
    ['secondary', 'modeMissing', 'Missing the option mode'],
    ['secondary', 'modeUnknown', "The option mode's value should be primary or secondary"],
    ['secondary', 'topIdMissing', 'Missing the option top-id'],
    ['primary', 'topIdOnPrimary', 'The primary side does not support option top-id'],
  ] as const)('an open in %s mode with %s is refused', (mode, defect, message) => {
    const { node, outcomes } = runModel({ ...fourClusters, mode, defects: [defect] }, { op: 'open' });
    expect(outcomes).toEqual([error(message)]);
    expect(node.stage).toBe('closed');
  });

  test('a second open and a second close name the node', () => {
    expect(lastOutcome(fourClusters, { op: 'open' }, { op: 'open' })).toEqual(
      error("Duplicate nodes with node-name='rep'"),
    );
    expect(lastOutcome(fourClusters, { op: 'open' }, s.close, s.close)).toEqual(
      error("Failed to find node with node-name='rep'"),
    );
  });

  test('a running secondary is busy, a running primary is not', () => {
    const busy = error("Node 'rep' is busy: Block device is in use by internal backup job");
    expect(lastOutcome(fourClusters, ...started, s.close)).toEqual(busy);
    expect(lastOutcome(primary, { op: 'open' }, startPrimary, s.close)).toEqual(ok);
  });

  test('closing in failover finishes what is in flight and nothing else', () => {
    const { node } = runModel(fourClusters, ...started, s.guestWrite(0, 2), s.guestWrite(4, 3), s.failover, s.close);
    expect(node.secondary).toEqual([2, 1, 1, 1, 1, 1, 1, 1]);
    expect(node.stage).toBe('closed');
  });
});

describe('preconditions of start', () => {
  test.each([
    ['activeWithoutBacking', "Active disk doesn't have backing file"],
    ['hiddenWithoutBacking', "Hidden disk doesn't have backing file"],
    ['secondaryWithoutBackend', "The secondary disk doesn't have block backend"],
    ['lengthsDiffer', "Active disk, hidden disk, secondary disk's length are not the same"],
    ['activeLonger', "Active disk, hidden disk, secondary disk's length are not the same"],
    ['activeShorter', "Active disk, hidden disk, secondary disk's length are not the same"],
    ['makeEmptyUnsupported', "Active disk or hidden disk doesn't support make_empty"],
    ['topIdInvalid', 'No top_bs or it is invalid'],
  ] as const)('%s leaves the stage at none', (defect, message) => {
    const { node, outcomes } = runModel({ ...fourClusters, defects: [defect] }, ...started);
    expect(outcomes.at(-1)).toEqual(error(message));
    expect(node.stage).toBe('none');
  });

  test.each([
    ['activeLonger', 'secondary', 9],
    ['activeShorter', 'secondary', 7],
    ['activeLonger', 'primary', 8],
    ['activeShorter', 'primary', 8],
    ['secondaryLonger', 'secondary', 8],
  ] as const)('%s of a %s: of %i sectors the stage refuses what the guest asks', (defect, mode, end) => {
    const setup: NodeSetup = { ...fourClusters, mode, defects: [defect] };
    const operations = [s.guestRead(end - 1), s.guestRead(end), s.primaryRead(7), s.primaryRead(8)];
    const { outcomes } = runModel(setup, { op: 'open' }, ...operations);
    expect(outcomes.slice(1)).toEqual([eio, einval, data([1]), einval]);
  });

  test('the second start with an invalid top-id kills the process, and open begins a new one', () => {
    const invalid: NodeSetup = { ...fourClusters, defects: ['topIdInvalid'] };
    const { outcomes } = runModel(invalid, ...started, startSecondary, s.guestRead(0), { op: 'open' }, s.getError);
    const died: Outcome = { kind: 'abort', rule: 'startAfterFailedStart' };
    expect(outcomes.slice(2)).toEqual([died, died, ok, notRunning]);
  });
});
