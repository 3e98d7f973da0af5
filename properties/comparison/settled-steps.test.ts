/** Commits that were settled beneath an operation: in which order it is explained, and what is still a finding. */
import { describe, expect, test } from 'vitest';
import type { ShownNode } from '../../impl/shown.ts';
import { initialState } from '../../model/node.ts';
import { step } from '../../model/step.ts';
import type { Host } from '../../model/node.ts';
import type { Operation } from '../../model/operations.ts';
import { JudgedRun } from '../lockstep/async-lockstep.ts';
import { explain } from './explain.ts';
import { smallGeometry } from '../cases/geometries.ts';
import { ProfileRun } from '../lockstep/profile-run.ts';

const node = {
  mode: 'secondary',
  geometry: smallGeometry,
  initialContent: [{ sector: 0, count: 8, tag: 1 }],
  readOnly: [],
  badSectors: [],
  defects: [],
  commitRequestsMax: 16,
} as const;
const setup = { nodes: [node] };
const free = { control: 'driver', commit: 'free' } as const;

const beginning: readonly Operation[] = [
  { op: 'open' },
  { op: 'start', mode: 'secondary' },
  { op: 'guestWrite', sector: 0, count: 1, tag: 2 },
];
const failOver: Operation = { op: 'stop', failover: true };
const writtenAgain: Operation = { op: 'guestWrite', sector: 0, count: 1, tag: 3 };

function after(operations: readonly Operation[]): Host {
  return operations.reduce<Host>((host, operation) => step(host, operation).host, initialState(setup));
}

const ok = { kind: 'ok' } as const;
const settled = [0];

describe('a failover whose commit could not be held', () => {
  const host = after(beginning);
  const shown = (secondary: ShownNode['secondary'] = [2, 1, 1, 1, 1, 1, 1, 1]) => ({
    nodes: [{ commitRuns: false, secondary }],
    settled,
  });

  test('is explained by the stop and the settling after it', () => {
    expect(explain(host, failOver, ok, shown(), free)?.host.nodes[0]?.stage).toBe('done');
  });

  test('is a finding where the commit has left something out', () => {
    expect(explain(host, failOver, ok, shown([1, 1, 1, 1, 1, 1, 1, 1]), free)).toBeNull();
  });

  test('is a finding where the system says nothing of a settling', () => {
    const { nodes } = shown();
    expect(explain(host, failOver, ok, { nodes }, free)).toBeNull();
  });
});

describe('a close that the commit of its node held up, of a unit that was written again', () => {
  const host = after([...beginning, failOver, writtenAgain]);
  const close: Operation = { op: 'close' };
  const secondaryFrom = (tag: number) => ({ nodes: [{ secondary: [tag, 1, 1, 1, 1, 1, 1, 1] }], settled });

  test.each([2, 3])('may leave the content %i', (tag) => {
    expect(explain(host, close, ok, secondaryFrom(tag), free)).not.toBeNull();
  });

  test('may not leave any other', () => {
    expect(explain(host, close, ok, secondaryFrom(1), free)).toBeNull();
  });
});

describe('a flush that the commit held up breaks no law', () => {
  const operations = [...beginning, failOver];
  const shown = { nodes: [{ secondary: [2, 1, 1, 1, 1, 1, 1, 1] }], settled };
  const flush: Operation = { op: 'guestFlush' };

  test('by what the binary does', () => {
    const run = new JudgedRun({ capabilities: free }, { setup });
    for (const [index, operation] of operations.entries()) {
      expect(run.judge(index, operation, step(run.host, operation), ok, { nodes: [] })).toBeNull();
    }
    expect(run.judge(4, flush, step(run.host, flush), ok, shown)).toBeNull();
    expect(run.host.nodes[0]?.stage).toBe('done');
  });

  test('by a profile', () => {
    const run = new ProfileRun(free, setup, 'qemu-11.1');
    for (const [index, operation] of operations.entries()) {
      const seen = { operation, actual: ok, shown: { nodes: [] }, differs: () => null };
      expect(run.judge(index, seen)).toBeNull();
    }
    expect(run.judge(4, { operation: flush, actual: ok, shown, differs: () => null })).toBeNull();
    expect(run.host?.nodes[0]?.stage).toBe('done');
  });
});

test('a call to all nodes may be through with a node before it waits for its commit at another', () => {
  const bad = { ...node, badSectors: [{ disk: 'secondary', access: 'write', sector: 7 } as const] };
  const open: Operation[] = [
    { op: 'open', node: 0 },
    { op: 'open', node: 1 },
  ];
  const start: Operation = { op: 'start', mode: 'secondary' };
  const failed: Operation[] = [
    ...open,
    { op: 'close', node: 0 },
    start,
    { ...failOver },
    { op: 'open', node: 0 },
  ];
  const host = failed.reduce<Host>(
    (before, operation) => step(before, operation).host,
    initialState({ nodes: [node, bad] }),
  );
  const written = step(host, { op: 'guestWrite', node: 1, sector: 7, count: 1, tag: 2 }).host;
  // First node 0 starts, then node 1, whose commit must fail: as long as it runs a start is ignored, later it is refused.
  const shown = { nodes: [{ stage: 'running' }, { stage: 'failoverFailed' }], settled: [1] } as const;
  expect(explain(written, start, ok, shown, free)).not.toBeNull();
});
