/** The active commit, stepwise and failing, and the split write path after it. */
import { describe, expect, test } from 'vitest';
import { guestView } from './disks.ts';
import { predicted } from './choices.ts';
import type { Choices } from './choices.ts';
import * as s from './testing/scenario.ts';
import { fourClusters, lastOutcome, runHost, runModel, started } from './testing/scenario.ts';
import { step } from './step.ts';
import type { Node } from './node.ts';
import type { Outcome, NodeSetup } from './vocabulary.ts';

const data = (...tags: number[]): Outcome => ({ kind: 'data', tags });
const eio: Outcome = { kind: 'errno', errno: 'EIO' };

describe('a commit', () => {
  test('rolls the secondary disk back to what the guest saw', () => {
    const { node } = runModel(fourClusters, ...started, s.primaryWrite(0, 2), s.guestWrite(4, 3), s.failover, s.settle);
    expect(node.secondary).toEqual([1, 1, 1, 1, 3, 1, 1, 1]);
    expect(node).toMatchObject({ stage: 'done', error: false });
  });

  test('writes one unit a step, in ascending order', () => {
    const begun = [...started, s.guestWrite(0, 2), s.guestWrite(6, 3), s.failover];
    expect(runModel(fourClusters, ...begun).node.secondary).toEqual([1, 1, 1, 1, 1, 1, 1, 1]);
    expect(runModel(fourClusters, ...begun, s.advance).node.secondary).toEqual([2, 1, 1, 1, 1, 1, 1, 1]);
    const last = runModel(fourClusters, ...begun, s.advance, s.advance).node;
    expect(last.secondary).toEqual([2, 1, 1, 1, 1, 1, 3, 1]);
    expect(last.stage).toBe('done');
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
    const lost = [...started, s.guestWrite(0, 2), s.failover, s.primaryWrite(1, 6), s.primaryWrite(4, 7), s.settle];
    expect(runModel(wide, ...lost).node.secondary).toEqual([2, 1, 1, 1, 7, 1, 1, 1]);
  });

  test('with nothing to copy ends at the next step, not before', () => {
    expect(runModel(fourClusters, ...started, s.failover).node.stage).toBe('failover');
    expect(runModel(fourClusters, ...started, s.failover, s.advance).node.stage).toBe('done');
  });
});

const whole = { sector: 0, count: 8 };

describe('a failed commit', () => {
  const bad: NodeSetup = { ...fourClusters, badSectors: [{ disk: 'secondary', access: 'write', sector: 4 }] };
  const failed = [...started, s.primaryWrite(2, 8), s.guestWrite(0, 2), s.guestWrite(5, 3), s.failover, s.settle];

  test('keeps the view and everything written before the bad sector', () => {
    const { node } = runModel(bad, ...failed);
    expect(node).toMatchObject({ stage: 'failoverFailed', error: true });
    expect(node.secondary).toEqual([2, 1, 1, 1, 1, 1, 1, 1]);
    expect(guestView(node, whole)).toEqual([2, 1, 1, 1, 1, 3, 1, 1]);
  });

  test('splits guest writes by the layer that holds the sectors', () => {
    const { node, outcomes } = runModel(bad, ...failed, s.guestWrite(1, 9, 6));
    expect(outcomes.at(-1)).toEqual({ kind: 'ok' });
    expect(node.active).toEqual([2, 9, 9, 9, 9, 9, null, null]);
    expect(node.secondary.slice(6)).toEqual([9, 1]);
  });

  test('stops a split write at the first error and keeps the pieces before', () => {
    const early: NodeSetup = {
      ...bad,
      badSectors: [
        { disk: 'secondary', access: 'write', sector: 1 },
        { disk: 'secondary', access: 'write', sector: 7 },
      ],
    };
    const { node, outcomes } = runModel(
      early,
      ...started,
      s.guestWrite(0, 2),
      s.failover,
      s.settle,
      s.guestWrite(1, 9, 7),
    );
    expect(outcomes.at(-1)).toEqual(eio);
    expect(node.active.slice(0, 2)).toEqual([2, 9]);
    expect(node.secondary.slice(2)).toEqual([1, 1, 1, 1, 1, 1]);
  });

  test('has written what is in flight apart from the bad unit, and may have written what is dirty', () => {
    const { host } = runHost([bad], ...failed.slice(0, -1));
    const asked: number[] = [];
    const settledWith = (leaves: Choices['leaves']) => step(host, s.settle, { ...predicted, leaves }).host.nodes;
    const [untouched] = settledWith((_node, unit, possible) => {
      asked.push(unit.sector);
      return possible[0] ?? [];
    });
    const [written] = settledWith((_node, _unit, possible) => possible.at(-1) ?? []);
    expect(asked).toEqual([2]);
    expect(untouched?.secondary).toEqual([2, 1, 8, 1, 1, 1, 1, 1]);
    expect(written?.secondary).toEqual([2, 1, 1, 1, 1, 1, 1, 1]);
  });
});

describe('a commit whose requests join units', () => {
  const joining: NodeSetup = { ...fourClusters, commitJoinsUnits: 3 };
  const requests = ({ commitJob }: Node) => commitJob?.inFlight.map(({ unit, joined }) => (joined ? `+${unit}` : unit));

  test('takes no more than it may, and only of one layer', () => {
    const all = [...started, s.guestWrite(0, 2, 8), s.failover];
    expect(requests(runModel(joining, ...all).node)).toEqual([0, '+1', '+2']);
    expect(requests(runModel(joining, ...all, s.advance).node)).toEqual([3]);
    const mixed = [...started, s.guestWrite(0, 2, 4), s.primaryWrite(4, 3), s.failover];
    expect(requests(runModel({ ...joining, commitRequestsMax: 2 }, ...mixed).node)).toEqual([0, '+1', 2]);
  });

  test('leaves a unit that an answer has in part to the next request', () => {
    const geometry = { ...joining.geometry, lengthSectors: 7 };
    const cut = { ...joining, geometry, initialContent: [], commitRequestsMax: 2, commitJoinsUnits: 4 };
    const all = [...started, s.guestWrite(0, 2, 7), s.failover];
    expect(requests(runModel(cut, ...all).node)).toEqual([0, '+1', '+2', 3]);
  });

  test('loses what the primary writes to units in flight, and keeps it in others where no overlay has anything', () => {
    const geometry = { ...joining.geometry, activeClusterSectors: 1 };
    const writes = [0, 2, 4, 6].map((sector) => s.guestWrite(sector, 2));
    const operations = [...started, ...writes, s.failover, s.primaryWrite(0, 9, 8), s.settle];
    const { node } = runModel({ ...joining, geometry, commitRequestsMax: 3 }, ...operations);
    expect(node.secondary).toEqual([2, 1, 2, 1, 2, 1, 2, 9]);
  });

  test('writes none of the units that are joined with a bad one', () => {
    const bad: NodeSetup = { ...joining, badSectors: [{ disk: 'secondary', access: 'write', sector: 3 }] };
    const { node } = runModel(bad, ...started, s.guestWrite(0, 2, 8), s.failover, s.settle);
    expect(node.secondary).toEqual([1, 1, 1, 1, 1, 1, 1, 1]);
    expect(node.stage).toBe('failoverFailed');
  });
});
