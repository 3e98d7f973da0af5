/** Content: the sequences that a reference model must get right, with what the real binary returns. */
import { describe, expect, test } from 'vitest';
import * as s from './testing/scenario.ts';
import { fourClusters, lastOutcome, runModel, started } from './testing/scenario.ts';
import type { Operation } from './operations.ts';
import type { Outcome, NodeSetup } from './vocabulary.ts';

const data = (...tags: number[]): Outcome => ({ kind: 'data', tags });
const eio: Outcome = { kind: 'errno', errno: 'EIO' };
const einval: Outcome = { kind: 'errno', errno: 'EINVAL' };
const ok: Outcome = { kind: 'ok' };

function reads(...operations: Operation[]): Outcome | undefined {
  return lastOutcome(fourClusters, ...started, ...operations);
}

describe('copy-before-write', () => {
  test('hides primary writes from the guest until the checkpoint', () => {
    expect(reads(s.primaryWrite(0, 2), s.guestRead(0))).toEqual(data(1));
    expect(reads(s.primaryWrite(0, 2), s.checkpoint, s.guestRead(0))).toEqual(data(2));
  });

  test('saves a whole unit, once in an interval', () => {
    expect(reads(s.primaryWrite(0, 2), s.primaryWrite(1, 3), s.guestRead(0, 2))).toEqual(data(1, 1));
    expect(reads(s.primaryWrite(0, 2), s.primaryWrite(0, 3), s.guestRead(0))).toEqual(data(1));
    expect(reads(s.primaryWrite(0, 2), s.checkpoint, s.primaryWrite(0, 3), s.guestRead(0))).toEqual(data(2));
  });

  test('covers both units that a write crosses, and the clipped last one', () => {
    expect(reads(s.primaryWrite(1, 2, 2), s.guestRead(0, 4))).toEqual(data(1, 1, 1, 1));
    const odd: NodeSetup = {
      ...fourClusters,
      geometry: { ...fourClusters.geometry, lengthSectors: 7 },
      initialContent: [{ sector: 0, count: 7, tag: 1 }],
    };
    const { node } = runModel(odd, ...started, s.primaryWrite(6, 2));
    expect(node.hidden).toEqual([null, null, null, null, null, null, 1]);
  });

  test('is done for write-zeroes, and not for a discard', () => {
    expect(reads({ op: 'primaryWriteZeroes', sector: 0, count: 1 }, s.guestRead(0))).toEqual(data(1));
    const discarded = runModel(fourClusters, ...started, { op: 'primaryDiscard', sector: 0, count: 1 });
    expect(discarded.node.hidden.slice(0, 3)).toEqual([null, null, null]);
    expect(discarded.node.secondary[0]).toBe(1);
  });

  test('is done for an empty write inside a unit, and not for one on a boundary or for empty write-zeroes', () => {
    const emptied = (operation: Operation): unknown =>
      runModel(fourClusters, ...started, operation).node.hidden.slice(0, 3);
    expect(emptied(s.primaryWrite(1, 2, 0))).toEqual([1, 1, null]);
    expect(emptied(s.primaryWrite(2, 2, 0))).toEqual([null, null, null]);
    expect(emptied({ op: 'primaryWriteZeroes', sector: 1, count: 0 })).toEqual([null, null, null]);
  });

  test('stays when the write behind it fails', () => {
    const bad: NodeSetup = {
      ...fourClusters,
      badSectors: [{ disk: 'secondary', access: 'write', sector: 1 }],
    };
    const { node, outcomes } = runModel(bad, ...started, s.primaryWrite(0, 2, 2));
    expect(outcomes.at(-1)).toEqual(eio);
    expect(node.hidden[0]).toBe(1);
    expect(node.secondary[0]).toBe(1);
  });
});

describe('guest requests', () => {
  test('a partial first write fills its cluster from hidden, not from the secondary disk', () => {
    expect(reads(s.primaryWrite(0, 2), s.guestWrite(1, 3), s.guestRead(0, 2))).toEqual(data(1, 3));
  });

  test('discard changes nothing, zeroes are a write, both overlays are emptied by a checkpoint', () => {
    expect(reads(s.guestWrite(0, 3), { op: 'guestDiscard', sector: 0, count: 1 }, s.guestRead(0))).toEqual(data(3));
    expect(reads({ op: 'guestWriteZeroes', sector: 0, count: 1 }, s.guestRead(0, 2))).toEqual(data(0, 1));
    expect(reads(s.guestWrite(0, 3), s.checkpoint, s.guestRead(0))).toEqual(data(1));
  });

  test('past the end is refused before the stage is asked, and empty requests are refused with the stage', () => {
    expect(reads(s.guestWrite(7, 2, 2))).toEqual(einval);
    expect(lastOutcome(fourClusters, { op: 'open' }, s.guestRead(7, 2))).toEqual(einval);
    expect(lastOutcome(fourClusters, { op: 'open' }, s.guestWrite(0, 2, 0))).toEqual(eio);
    expect(lastOutcome(fourClusters, { op: 'open' }, { op: 'guestWriteZeroes', sector: 0, count: 0 })).toEqual(ok);
    expect(reads(s.guestRead(8, 0))).toEqual(data());
  });

  test('without a node there is no export, and the primary still reaches its disk', () => {
    expect(lastOutcome(fourClusters, s.guestRead(0))).toEqual({
      kind: 'error',
      message: "export 'rep' not present",
    });
    expect(lastOutcome(fourClusters, s.primaryWrite(0, 2), s.primaryRead(0))).toEqual(data(2));
  });
});

describe('a primary node', () => {
  const bad: NodeSetup = {
    ...fourClusters,
    mode: 'primary',
    badSectors: [{ disk: 'secondary', access: 'write', sector: 1 }],
  };
  const running: readonly Operation[] = [{ op: 'open' }, { op: 'start', mode: 'primary' }];

  test('refuses every read and forwards writes only while it runs', () => {
    expect(lastOutcome(bad, ...running, s.guestRead(0))).toEqual(eio);
    expect(lastOutcome(bad, { op: 'open' }, s.guestWrite(0, 2))).toEqual(eio);
    expect(runModel(bad, ...running, s.guestWrite(0, 2)).node.secondary[0]).toBe(2);
    expect(lastOutcome(bad, ...running, s.stopOnly, s.guestWrite(0, 2))).toEqual(eio);
  });

  test('turns an error of its disk into success and a sticky flag', () => {
    const masked = [...running, s.guestWrite(1, 2)];
    expect(lastOutcome(bad, ...masked)).toEqual(ok);
    expect(lastOutcome(bad, ...masked, s.checkpoint, s.getError)).toEqual({
      kind: 'error',
      message: 'I/O error occurred',
    });
    expect(lastOutcome(bad, ...masked, s.stopOnly, s.getError)).toEqual(ok);
  });
});
