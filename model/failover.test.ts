/** The active commit, stepwise and failing, and the split write path after it. */
import { describe, expect, test } from 'vitest';
import { chainView } from './overlay.ts';
import { failedCommit } from './resolve.ts';
import * as s from './scenario.ts';
import { fourClusters, lastOutcome, runModel, started } from './scenario.ts';
import type { Outcome, NodeSetup } from './vocabulary.ts';

const data = (...tags: number[]): Outcome => ({ kind: 'data', tags });
const eio: Outcome = { kind: 'errno', errno: 'EIO' };

describe('a commit', () => {
  test('rolls the secondary disk back to what the guest saw', () => {
    const { state } = runModel(
      fourClusters,
      ...started,
      s.primaryWrite(0, 2),
      s.guestWrite(4, 3),
      s.failover,
      s.settle,
    );
    expect(state.disks.secondary).toEqual([1, 1, 1, 1, 3, 1, 1, 1]);
    expect(state.node).toMatchObject({ stage: 'done', errorFlag: false });
  });

  test('writes one unit a step, in ascending order', () => {
    const begun = [...started, s.guestWrite(0, 2), s.guestWrite(6, 3), s.failover];
    expect(runModel(fourClusters, ...begun).state.disks.secondary).toEqual([1, 1, 1, 1, 1, 1, 1, 1]);
    expect(runModel(fourClusters, ...begun, s.advance).state.disks.secondary).toEqual([
      2, 1, 1, 1, 1, 1, 1, 1,
    ]);
    const last = runModel(fourClusters, ...begun, s.advance, s.advance).state;
    expect(last.disks.secondary).toEqual([2, 1, 1, 1, 1, 1, 3, 1]);
    expect(last.node.stage).toBe('done');
  });

  test('commits a guest write made meanwhile, also to a unit already copied', () => {
    const meanwhile = [
      ...started,
      s.guestWrite(0, 2),
      s.guestWrite(4, 2),
      s.failover,
      s.advance,
      s.guestWrite(0, 5),
      s.settle,
    ];
    expect(lastOutcome(fourClusters, ...meanwhile, s.primaryRead(0))).toEqual(data(5));
  });

  test('overwrites a primary write to a unit in flight and keeps one to a clean unit', () => {
    const wide: NodeSetup = {
      ...fourClusters,
      geometry: { ...fourClusters.geometry, activeClusterSectors: 1 },
    };
    const lost = [
      ...started,
      s.guestWrite(0, 2),
      s.failover,
      s.primaryWrite(1, 6),
      s.primaryWrite(4, 7),
      s.settle,
    ];
    expect(runModel(wide, ...lost).state.disks.secondary).toEqual([2, 1, 1, 1, 7, 1, 1, 1]);
  });

  test('with nothing to copy ends at the next step, not before', () => {
    expect(runModel(fourClusters, ...started, s.failover).state.node.stage).toBe('failover');
    expect(runModel(fourClusters, ...started, s.failover, s.advance).state.node.stage).toBe('done');
  });
});

describe('a failed commit', () => {
  const bad: NodeSetup = { ...fourClusters, badSectors: [{ disk: 'secondary', access: 'write', sector: 4 }] };
  const failed = [
    ...started,
    s.primaryWrite(2, 8),
    s.guestWrite(0, 2),
    s.guestWrite(5, 3),
    s.failover,
    s.settle,
  ];

  test('keeps the view and everything written before the bad sector', () => {
    const { state } = runModel(bad, ...failed);
    expect(state.node).toMatchObject({ stage: 'failoverFailed', errorFlag: true });
    expect(state.disks.secondary).toEqual([2, 1, 1, 1, 1, 1, 1, 1]);
    expect(chainView(state.disks)).toEqual([2, 1, 1, 1, 1, 3, 1, 1]);
  });

  test('splits guest writes by the layer that holds the sectors', () => {
    const { state, outcomes } = runModel(bad, ...failed, s.guestWrite(1, 9, 6));
    expect(outcomes.at(-1)).toEqual({ kind: 'ok' });
    expect(state.disks.active).toEqual([2, 9, 9, 9, 9, 9, null, null]);
    expect(state.disks.secondary.slice(6)).toEqual([9, 1]);
  });

  test('stops a split write at the first error and keeps the pieces before', () => {
    const early: NodeSetup = {
      ...bad,
      badSectors: [
        { disk: 'secondary', access: 'write', sector: 1 },
        { disk: 'secondary', access: 'write', sector: 7 },
      ],
    };
    const { state, outcomes } = runModel(
      early,
      ...started,
      s.guestWrite(0, 2),
      s.failover,
      s.settle,
      s.guestWrite(1, 9, 7),
    );
    expect(outcomes.at(-1)).toEqual(eio);
    expect(state.disks.active.slice(0, 2)).toEqual([2, 9]);
    expect(state.disks.secondary.slice(2)).toEqual([1, 1, 1, 1, 1, 1]);
  });

  test('may leave any dirty unit old or new on the secondary disk, and no other', () => {
    const before = runModel(bad, ...failed.slice(0, -1)).state;
    expect(failedCommit(before, [1, 1, 8, 1, 1, 1, 1, 1])).not.toBeNull();
    expect(failedCommit(before, [2, 1, 1, 1, 1, 3, 1, 1])).not.toBeNull();
    expect(failedCommit(before, [2, 1, 1, 1, 1, 1, 3, 1])).toBeNull();
    expect(failedCommit(before, [3, 1, 1, 1, 1, 1, 1, 1])).toBeNull();
  });
});
