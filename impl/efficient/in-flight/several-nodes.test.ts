/** Requests in flight on a host of two nodes: calls to the host wait for those to either. */
import { beforeEach, expect, test } from 'vitest';
import type { Operation } from '../../../model/operations.ts';
import type { NodeSetup } from '../../../model/vocabulary.ts';
import { createEfficientSystem } from '../efficient-system.ts';
import { TINY } from '../testing/scenario.ts';

const node: NodeSetup = {
  mode: 'secondary',
  geometry: TINY,
  initialContent: [],
  readOnly: [],
  badSectors: [],
  defects: [],
  commitRequestsMax: 1,
};

const system = createEfficientSystem();

function submit(request: number, operation: Operation): void {
  expect(system.inFlight?.submit(request, operation)).toEqual([]);
}

function awaited(request: number): unknown[] | undefined {
  return system.inFlight?.await(request).map((each) => [each.request, each.outcome.kind]);
}

/** A failover of the second node cannot be started, and its close then kills the process. */
beforeEach(() => {
  system.load({ nodes: [node, { ...node, defects: ['hiddenExported'] }] });
  for (const index of [0, 1]) system.apply({ op: 'open', node: index });
  system.apply({ op: 'start', mode: 'secondary' });
});

test('a checkpoint waits for a request to the second node', () => {
  submit(1, { op: 'primaryWrite', sector: 0, count: 1, tag: 3, node: 1 });
  submit(2, { op: 'checkpoint' });
  expect(awaited(2)).toEqual([
    [1, 'ok'],
    [2, 'ok'],
  ]);
});

test('requests to different nodes do not wait for each other, nor a commit of one for those of the other', () => {
  submit(1, { op: 'primaryWrite', sector: 0, count: 1, tag: 3, node: 0 });
  submit(2, { op: 'primaryWrite', sector: 0, count: 1, tag: 4, node: 1 });
  submit(3, { op: 'commitSettle', node: 1 });
  expect(awaited(3)).toEqual([
    [2, 'ok'],
    [3, 'ok'],
  ]);
  expect(awaited(1)).toEqual([[1, 'ok']]);
});

test('a close that kills the process waits for the requests to the other node', () => {
  system.apply({ op: 'stop', failover: true });
  submit(1, { op: 'guestWrite', sector: 0, count: 1, tag: 3, node: 0 });
  submit(2, { op: 'close', node: 1 });
  submit(3, { op: 'guestRead', sector: 0, count: 1, node: 0 });
  expect(awaited(3)).toEqual([
    [1, 'ok'],
    [2, 'abort'],
    [3, 'abort'],
  ]);
});
