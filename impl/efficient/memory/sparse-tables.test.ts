/** Bitmap, leaf table and cluster store against plain sets and maps, and what they hold of memory. */
import seedrandom from 'seedrandom';
import { describe, expect, test } from 'vitest';
import { ClusterStore } from './cluster-store.ts';
import { LeafTable } from './leaf-table.ts';
import { ReplicationNode } from '../node/replication-node.ts';
import { SparseBitmap } from './sparse-bitmap.ts';
import { SparseDisk } from './sparse-disk.ts';
import type { Geometry } from '../../../model/vocabulary.ts';

const SEED = 'sparse tables';

const SMALL: Geometry = {
  lengthSectors: 64,
  sectorBytes: 512,
  activeClusterSectors: 8,
  hiddenClusterSectors: 8,
  copyUnitSectors: 8,
  commitUnitSectors: 8,
};

const SECONDARY = {
  mode: 'secondary',
  defects: [],
  readOnly: [],
  badSectors: [],
  commitRequestsMax: 16,
} as const;

describe(`sparse bitmap (seed: ${SEED})`, () => {
  test.each([1, 31, 32, 33, 100, 40_000])('answers as a set does, %i bits', (length) => {
    const random = seedrandom.alea(`${SEED} ${length}`);
    const bitmap = new SparseBitmap(length);
    const bits = new Set<number>();
    for (let step = 0; step < 3000; step++) {
      const bit = Math.floor(random() * length);
      const choice = random();
      if (choice < 0.6) {
        bitmap.add(bit);
        bits.add(bit);
      } else if (choice < 0.995) {
        bitmap.delete(bit);
        bits.delete(bit);
      } else {
        bitmap.clear();
        bits.clear();
      }
      expect(bitmap.has(bit)).toBe(bits.has(bit));
      expect(bitmap.count).toBe(bits.size);
      if (step % 50 === 0) compareRuns(bitmap, bits, bit, length);
    }
  });

  function compareRuns(bitmap: SparseBitmap, bits: Set<number>, from: number, end: number): void {
    const range = Array.from({ length: end - from }, (_, index) => from + index);
    expect(bitmap.nextSet(from, end)).toBe(range.find((bit) => bits.has(bit)) ?? end);
    expect(bitmap.nextClear(from, end)).toBe(range.find((bit) => !bits.has(bit)) ?? end);
    const visited: number[] = [];
    bitmap.forEach((bit) => visited.push(bit));
    expect(new Set(visited)).toEqual(bits);
    expect(visited).toHaveLength(bits.size);
  }

  test('runs go on from leaf to leaf, past those without memory', () => {
    const bitmap = new SparseBitmap(100_000);
    expect(bitmap.nextSet(7, 100_000)).toBe(100_000);
    bitmap.add(90_000);
    expect(bitmap.nextSet(7, 100_000)).toBe(90_000);
    expect(bitmap.nextSet(90_001, 100_000)).toBe(100_000);
    expect(bitmap.nextClear(90_000, 100_000)).toBe(90_001);
    expect(bitmap.nextClear(7, 100_000)).toBe(7);
  });

  test('the last bit of a full word and of a full bitmap are found', () => {
    const bitmap = new SparseBitmap(64);
    for (let bit = 0; bit < 64; bit++) bitmap.add(bit);
    expect(bitmap.nextClear(0, 64)).toBe(64);
    bitmap.delete(31);
    expect(bitmap.nextClear(0, 64)).toBe(31);
    expect(bitmap.nextSet(31, 64)).toBe(32);
  });
});

describe('leaf table', () => {
  test('stale leaves serve other places before memory is added', () => {
    const table = new LeafTable(1_000_000);
    for (let interval = 0; interval < 50; interval++) {
      table.empty();
      for (let leaf = 0; leaf < 3; leaf++) table.put((interval * 31 + leaf * 7) * 512, interval);
      expect(table.heldBytes).toBe(3 * 512 * 4);
    }
  });

  test('a leaf in use is never taken', () => {
    const table = new LeafTable(1_000_000);
    table.put(0, 1);
    table.put(512, 2);
    table.empty();
    table.put(1, 3);
    table.put(1024, 4);
    table.put(2048, 5);
    expect([table.leaves[0]?.[1], table.leaves[2]?.[0], table.leaves[4]?.[0]]).toEqual([3, 4, 5]);
    expect(table.leaves[1]).toBeUndefined();
  });
});

describe(`cluster store (seed: ${SEED})`, () => {
  test.each([
    { lengthSectors: 10, clusterSectors: 4, firstSerial: 2 ** 31 - 3 },
    { lengthSectors: 5000, clusterSectors: 1, firstSerial: 1 },
    { lengthSectors: 100_000, clusterSectors: 7, firstSerial: 2 ** 30 - 500 },
  ])('remembers which cluster lies where, $lengthSectors sectors', (sizes) => {
    const random = seedrandom.alea(`${SEED} ${sizes.lengthSectors}`);
    const store = new ClusterStore(sizes.lengthSectors, sizes.clusterSectors, 1, sizes.firstSerial);
    for (let interval = 0; interval < 20; interval++) {
      const slots = new Map<number, number>();
      for (let step = 0; step < 200; step++) {
        const cluster = Math.floor(random() * store.clusterCount);
        const known = slots.get(cluster);
        expect(store.slotOf(cluster) >= 0 ? store.slotOf(cluster) : undefined).toBe(known);
        if (known !== undefined) continue;
        const slot = store.reserve();
        store.publish(cluster, slot);
        slots.set(cluster, slot);
      }
      expect(store.allocatedCount).toBe(slots.size);
      expect(new Set(slots.values()).size).toBe(slots.size);
      store.clear();
    }
  });

  test('slots do not overlap and lie within their segment', () => {
    const store = new ClusterStore(40, 5, 3);
    const places = Array.from({ length: 8 }, (_, cluster) => {
      const slot = store.reserve();
      store.publish(cluster, slot);
      const at = store.wordOffset(slot, 0);
      expect(at + 15).toBeLessThanOrEqual(store.segment(slot).length);
      return at;
    });
    expect(places.toSorted((left, right) => left - right)).toEqual([0, 15, 30, 45, 60, 75, 90, 105]);
  });
});

describe('sector numbers', () => {
  test.each([2 ** 33, 2 ** 32 - 1])('of a disk of %i sectors', (lengthSectors) => {
    const store = new ClusterStore(lengthSectors, 2 ** 20, 1);
    expect(store.clusterOf(lengthSectors - 1)).toBe(Math.ceil(lengthSectors / 2 ** 20) - 1);
    expect(store.clusterOf(2 ** 31 + 2 ** 20)).toBe(2049);
  });

  test('of clusters that are no power of two', () => {
    const store = new ClusterStore(100, 7, 1);
    expect([6, 7, 13, 14, 99].map((sector) => store.clusterOf(sector))).toEqual([0, 1, 1, 2, 14]);
  });
});

describe('sparse disk', () => {
  test('reads across chunks with and without memory, from the middle of each', () => {
    // Chunks of 128 sectors.
    const disk = new SparseDisk(400, 128);
    const written = new Uint32Array(20 * 128).fill(7);
    disk.store(246, 20, written, 0);
    for (const [from, count] of [
      [100, 300],
      [250, 150],
      [0, 246],
      [266, 134],
      [130, 10],
    ] as const) {
      const target = new Uint32Array(401 * 128).fill(1);
      disk.read(from, count, target, 0);
      const sectors = Array.from({ length: count }, (_, index) => target[index * 128]);
      const expected = sectors.map((_, index) => (from + index >= 246 && from + index < 266 ? 7 : 0));
      expect(sectors).toEqual(expected);
      expect(target.subarray(count * 128).every((word) => word === 1)).toBe(true);
    }
  });
});

describe('memory', () => {
  test('is counted to the byte: what the parts hold, each of them', () => {
    const bitmap = new SparseBitmap(40_000);
    expect(bitmap.heldBytes).toBe(2 * 4 * 4);
    for (let bit = 0; bit < 5 * 32; bit += 32) bitmap.add(bit);
    expect(bitmap.heldBytes).toBe(2 * 8 * 4 + 512 * 4);
    const store = new ClusterStore(1000, 2, 3);
    const empty = store.heldBytes;
    store.publish(0, store.reserve());
    // Slots for a power of two of clusters, a leaf of 500 numbers, and one of the bitmap's 16 words.
    expect(store.heldBytes - empty).toBe(512 * 6 * 4 + 500 * 4 + 16 * 4);
  });

  test('of a node is that of its disks and of what it remembers of them', () => {
    const node = new ReplicationNode({ ...SMALL, lengthSectors: 4096 });
    node.load(SECONDARY);
    node.open();
    node.start('secondary');
    const parts = () => [node.active, node.hidden, node.secondary, node.copiedUnits];
    const sum = () => parts().reduce((bytes, { heldBytes }) => bytes + heldBytes, 0);
    expect(node.heldBytes).toBe(sum());
    node.guestWriteZeroes(0, 100);
    node.primaryWriteZeroes(0, 3000);
    for (const { heldBytes } of parts()) expect(heldBytes).toBeGreaterThan(0);
    expect(node.heldBytes).toBe(sum());
  });

  test('a cluster that hidden still holds from a failed make_empty is copied into the same memory', () => {
    const node = new ReplicationNode(SMALL);
    node.load(SECONDARY);
    node.open();
    node.start('secondary');
    node.primaryWriteZeroes(0, 1);
    const slot = node.hidden.slotOf(0);
    const free = node.hidden.reserve();
    node.copiedUnits.clear();
    node.primaryWriteZeroes(0, 1);
    expect([node.hidden.slotOf(0), node.hidden.reserve()]).toEqual([slot, free]);
  });

  test('a disk of 1 TiB with a hundred dirty clusters in each interval holds little, and no more after many', () => {
    const lengthSectors = 2 ** 31;
    const node = new ReplicationNode({
      lengthSectors,
      sectorBytes: 512,
      activeClusterSectors: 8,
      hiddenClusterSectors: 8,
      copyUnitSectors: 8,
      commitUnitSectors: 128,
    });
    node.load(SECONDARY);
    node.open();
    node.start('secondary');
    const random = seedrandom.alea(SEED);
    const held: number[] = [];
    for (let interval = 0; interval < 200; interval++) {
      for (let write = 0; write < 50; write++) {
        node.guestWriteZeroes(Math.floor(random() * lengthSectors), 1);
        node.primaryWriteZeroes(Math.floor(random() * lengthSectors), 1);
      }
      node.checkpoint();
      held.push(node.heldBytes);
    }
    expect(held[199]).toBe(held[20]);
    // Two arenas with one segment of 4 MiB each, and a leaf of 2 KiB for each cluster of three tables and three bitmaps.
    expect(held[199]).toBeLessThan(10_000_000);
  });
});
