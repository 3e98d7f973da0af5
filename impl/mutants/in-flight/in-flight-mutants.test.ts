/**
 * Each seeded bug of requests in flight shows in an interleaving of two or three requests, which are listed here, and the
 * right implementation has no such result. That they are right where each request is awaited at once: submitted-operations.test.ts.
 */
import { expect, test } from 'vitest';
import type { Operation } from '../../../model/operations.ts';
import { createEfficientSystem } from '../../efficient/efficient-system.ts';
import { inSomeOrder, interleaved, type Overlap } from '../../efficient/testing/interleavings.ts';
import { situations } from '../../efficient/testing/overlap-situations.ts';
import type { System } from '../../system.ts';
import { inFlightMutants } from './in-flight-catalogue.ts';
import { createInFlightMutant } from './in-flight-mutant.ts';

const read0: Operation = { op: 'guestRead', sector: 0, count: 2 };
const guest0: Operation = { op: 'guestWrite', sector: 0, count: 1, tag: 3 };
const guest1: Operation = { op: 'guestWrite', sector: 1, count: 2, tag: 4 };
const zeroes3: Operation = { op: 'guestWriteZeroes', sector: 3, count: 1 };
const primary0: Operation = { op: 'primaryWrite', sector: 0, count: 1, tag: 5 };
const primary1: Operation = { op: 'primaryWrite', sector: 1, count: 2, tag: 6 };
const primaryZeroes3: Operation = { op: 'primaryWriteZeroes', sector: 3, count: 1 };
const checkpoint: Operation = { op: 'checkpoint' };
const step: Operation = { op: 'commitAdvance' };
const settle: Operation = { op: 'commitSettle' };
const failover: Operation = { op: 'stop', failover: true };

const running = 'running';
const bothWritten = 'running, both have written';
const duringCommit = 'during the commit';
const endOfCommit = 'at the end of the commit';
const failed = 'after a failed failover';

/** In which situation, and with which requests, each shows. */
const shown: Readonly<Record<string, readonly [situation: string, ...requests: Operation[]]>> = {
  'copy-in-flight-is-not-seen': [running, primary0, primary1],
  'unit-counts-as-copied-when-its-copy-begins': [running, primary0, primary1],
  'unit-counts-as-copied-with-its-first-cluster': [running, primary0, primary1],
  'write-waits-for-the-copy-of-its-first-unit-alone': [running, primary1, primaryZeroes3],
  'waiting-write-goes-on-whatever-wakes-it': [running, primary0, primary1],
  'copy-that-ends-frees-the-oldest-one': [running, primary1, primaryZeroes3],
  'copy-that-ends-frees-those-before-it': [running, primary0, primaryZeroes3, primary1],
  'write-zeroes-copies-beside-other-copies': [running, primary1, primaryZeroes3],
  'allocation-in-flight-is-not-seen': [running, guest0, guest1],
  'cluster-is-new-before-the-write-waits': [running, guest0, guest1],
  'waiting-allocation-goes-on-whatever-wakes-it': [running, guest0, guest1],
  'allocation-that-ends-frees-the-oldest-one': [running, guest1, zeroes3],
  'cluster-is-linked-before-it-is-filled': [running, read0, guest0],
  'fill-is-not-read-again': [failed, guest1, zeroes3],
  'guest-read-looks-up-before-it-reads': [running, read0, primary0],
  'split-write-looks-up-before-it-writes': [failed, guest1, zeroes3],
  'unit-is-dirty-before-it-is-written': [duringCommit, guest1, step],
  'unit-that-was-read-stays-clean': [duringCommit, guest0, step],
  'commit-ends-beside-a-guest-write': [endOfCommit, guest0, step],
  'newcomers-miss-the-end-of-the-commit': [endOfCommit, read0, step, zeroes3],
  'commit-does-not-look-again-after-the-drain': [endOfCommit, guest0, step],
  'end-of-the-commit-waits-for-guest-reads-alone': [endOfCommit, guest0, step],
  'steps-of-a-commit-wait-for-each-other': [endOfCommit, step, step],
  'requests-begin-while-a-call-drains': [running, primary0, failover],
  'drained-section-ends-before-the-call': [running, primary0, failover],
  'request-that-was-held-misses-the-next-drain': [running, checkpoint, primary1, failover],
  'drain-waits-for-one-step-of-each-request': [duringCommit, guest0, settle],
  'drain-goes-on-undrained': [running, primary0, failover],
  'checkpoint-beside-requests-in-flight': [bothWritten, primary1, checkpoint, read0],
  'checkpoint-waits-for-the-guest-alone': [bothWritten, primary1, checkpoint, read0],
  'stop-drops-the-job-beside-its-copies': [running, primary0, failover],
  'commit-settles-beside-a-guest-write': [duringCommit, guest0, settle],
};

/** Whether some interleaving ends as the sectors of the requests never could; a deadlock throws. */
function shows(system: System, overlap: Overlap): boolean {
  const expected = inSomeOrder(createEfficientSystem(), overlap);
  try {
    for (const result of interleaved(system, overlap, 8)) if (!expected.has(result)) return true;
    return false;
  } catch (error) {
    expect(String(error)).toMatch(/request \d waits for/);
    return true;
  }
}

const single = inFlightMutants.filter(({ name }) => name !== 'host-call-drains-the-first-node-alone');

test.each(single)('$name', (mutant) => {
  const [name, ...requests] = shown[mutant.name] ?? [];
  const situation = situations.find((each) => each.name === name);
  if (situation === undefined) throw new Error(`nothing is listed that shows ${mutant.name}`);
  expect(shows(createInFlightMutant(mutant), { ...situation, requests })).toBe(true);
});

test('the right implementation has none of these results', () => {
  const wrong = Object.entries(shown).filter(([, [name, ...requests]]) => {
    const situation = situations.find((each) => each.name === name);
    return situation !== undefined && shows(createEfficientSystem(), { ...situation, requests });
  });
  expect(wrong).toEqual([]);
});

test('host-call-drains-the-first-node-alone: a checkpoint does not wait for a write to the second node', () => {
  const mutant = inFlightMutants.find(({ name }) => name === 'host-call-drains-the-first-node-alone');
  const [setup] = situations.map((each) => each.setup);
  if (mutant === undefined || setup === undefined) throw new Error('there is no such mutant');
  const answered = [createInFlightMutant(mutant), createEfficientSystem()].map((system) => {
    system.load({ nodes: [setup, setup] });
    for (const node of [0, 1]) system.apply({ op: 'open', node });
    system.apply({ op: 'start', mode: 'secondary' });
    system.inFlight?.submit(1, { ...primary0, node: 1 });
    system.inFlight?.submit(2, checkpoint);
    return system.inFlight?.await(2).map(({ request }) => request);
  });
  expect(answered).toEqual([[2], [1, 2]]);
});

test('each has a name of its own and is described in one sentence, and those that QEMU had say what fixed them', () => {
  expect(inFlightMutants.length).toBeGreaterThanOrEqual(30);
  expect(new Set(inFlightMutants.map(({ name }) => name)).size).toBe(inFlightMutants.length);
  for (const { name, wrong, origin, mendedBy } of inFlightMutants) {
    expect(name).toMatch(/^[a-z]+(-[a-z]+)+$/);
    expect(wrong).toMatch(/^[A-Z][^.]+\.$/);
    expect(mendedBy !== undefined).toBe(origin === 'qemu fix');
    if (mendedBy !== undefined) expect(mendedBy).toMatch(/^[0-9a-f]{10}, \d+\.\d+$/);
  }
});
