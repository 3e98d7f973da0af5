/** What is not asked for again after an operation, and that a change which nothing led to is found at the end. */
import { expect, test } from 'vitest';
import type { Operation } from '../../model/operations.ts';
import type { Outcome } from '../../model/vocabulary.ts';
import { CaseObserver, lookAfter } from './case-observer.ts';
import { smallNode } from './testing/qemu-fixture.ts';

const ok: Outcome = { kind: 'ok' };
const failed: Outcome = { kind: 'errno', errno: 'EIO' };

test.each<[Operation, Outcome, string]>([
  [{ op: 'getError' }, ok, 'nothing'],
  [{ op: 'guestRead', sector: 0, count: 1 }, { kind: 'data', tags: [1] }, 'nothing'],
  [{ op: 'guestRead', sector: 0, count: 1 }, failed, 'contents'],
  [{ op: 'primaryFlush' }, ok, 'nothing'],
  [{ op: 'primaryWrite', sector: 0, count: 1, tag: 2 }, ok, 'written'],
  [{ op: 'primaryWrite', sector: 0, count: 1, tag: 2 }, failed, 'contents'],
  [{ op: 'breakSector', disk: 'secondary', access: 'read', sector: 0 }, ok, 'contents'],
  [{ op: 'checkpoint' }, failed, 'everything'],
  [{ op: 'cutLink' }, ok, 'everything'],
])('after %j, answered %j, it looks at %s', (operation, outcome, kind) => {
  expect(lookAfter(operation, outcome).kind).toBe(kind);
});

/** A node of three sectors, whose view can be changed behind its back. */
function fakeNode() {
  const view = [1, 1, 1];
  const looks: (string | null)[] = [];
  const observe = (range: { sector: number; count: number } | null) => {
    looks.push(range === null ? null : `${range.sector}+${range.count}`);
    return Promise.resolve({ view: { kind: 'data' as const, tags: [...view] }, secondary: [0, 0, 0] });
  };
  return {
    view,
    looks,
    setup: smallNode(),
    suffix: '',
    link: { isRestored: false },
    storage: { hasEjected: false },
    isTakenForAbsent: false,
    observe,
    lookAnew: () => observe(null),
  };
}

function observerOf(node: ReturnType<typeof fakeNode>): CaseObserver {
  return new CaseObserver({
    process: { qmp: { execute: () => Promise.reject(new Error('nothing is asked')) } },
    nodes: [node],
    otherMode: null,
    lookAtGraph: () => Promise.resolve(),
    getError: () => Promise.resolve(ok),
    start: () => Promise.resolve(ok),
  });
}

test('after a read nothing is asked, after a write its range, and nothing is found to have changed', async () => {
  const node = fakeNode();
  const observer = observerOf(node);
  await observer.observe({ kind: 'everything' });
  expect(await observer.observe({ kind: 'nothing' })).toEqual({ nodes: [{}] });
  node.view[1] = 7;
  await observer.observe({ kind: 'written', node: 0, range: { sector: 1, count: 1 } });
  expect(node.looks).toEqual([null, '1+1']);
  expect(await observer.changedUnseen()).toBeNull();
});

test('a sector that a read changes is found when the case ends', async () => {
  const node = fakeNode();
  const observer = observerOf(node);
  await observer.observe({ kind: 'everything' });
  node.view[2] = 9;
  await observer.observe({ kind: 'nothing' });
  expect(await observer.changedUnseen()).toMatchObject({
    promise: 'requests-change-only-what-they-write',
    detail: expect.stringContaining('the view of node 0 was'),
  });
  // Of a primary whose peer is back QEMU finds that out by itself.
  node.link.isRestored = true;
  expect(await observer.changedUnseen()).toBeNull();
});

test('an export that is taken for absent is looked for when the case ends', async () => {
  const node = fakeNode();
  const observer = observerOf(node);
  await observer.observe({ kind: 'everything' });
  node.view[2] = 9;
  expect(await observer.changedUnseen()).toBeNull();
  node.isTakenForAbsent = true;
  expect(await observer.changedUnseen()).toMatchObject({ promise: 'requests-change-only-what-they-write' });
});

test('the first look is at everything, whatever the operation was', async () => {
  const node = fakeNode();
  await observerOf(node).observe({ kind: 'nothing' });
  expect(node.looks).toEqual([null]);
});
