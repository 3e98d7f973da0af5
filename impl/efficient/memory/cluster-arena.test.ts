/** Slots of memory: how large the segments are, when one is added, and what asking for too much says. */
import { expect, test } from 'vitest';
import { ClusterArena } from './cluster-arena.ts';

const MIB = 2 ** 20;

test.each([
  ['clusters of 1 MiB lie four to a segment', 2 ** 18, 100, [0, 4, 4, 4, 4, 8]],
  ['a small disk has a segment for just its clusters', 2 ** 18, 2, [0, 2, 2, 4, 4, 6]],
  ['a cluster larger than a segment has one of its own', 2 ** 21, 100, [0, 8, 16, 24, 32, 40]],
])('%s', (_title, clusterWords, clustersMax, mebibytes) => {
  const arena = new ClusterArena(clusterWords, clustersMax);
  const held = [arena.heldBytes];
  for (let slot = 0; slot < 5; slot++) {
    expect(arena.next()).toBe(slot);
    expect(arena.next()).toBe(slot);
    arena.take();
    held.push(arena.heldBytes);
  }
  expect(held.map((bytes) => bytes / MIB)).toEqual(mebibytes);
});

test('slots taken back are handed out again in the same memory', () => {
  const arena = new ClusterArena(2 ** 18, 100);
  const first = Array.from({ length: 5 }, () => {
    const slot = arena.next();
    arena.take();
    return [slot, arena.segment(slot), arena.offset(slot)] as const;
  });
  expect(first.map(([, , offset]) => offset)).toEqual([0, 2 ** 18, 2 ** 19, 3 * 2 ** 18, 0]);
  expect(new Set(first.map(([, segment]) => segment)).size).toBe(2);
  arena.reset();
  expect(arena.next()).toBe(0);
  expect(arena.segment(4)).toBe(first[4]?.[1]);
  expect(arena.heldBytes).toBe(8 * MIB);
});

test('a slot that was never handed out has no memory', () => {
  expect(() => new ClusterArena(4, 4).segment(0)).toThrow(
    new RangeError('slot 0 was never handed out: call next() first'),
  );
});
