/** Bitmap, leaf table and cluster store against plain sets and maps, and what they hold of memory. */
import seedrandom from 'seedrandom';
import { describe, expect, test } from 'vitest';
import { ClusterStore } from './cluster-store.ts';
import { LeafTable } from './leaf-table.ts';
import { ReplicationNode } from './replication-node.ts';
import { SparseBitmap } from './sparse-bitmap.ts';

const SEED = 'sparse tables';

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
    { lengthSectors: 10, clusterSectors: 4, wipeAfterSerials: 3 },
    { lengthSectors: 5000, clusterSectors: 1, wipeAfterSerials: 2 ** 30 },
    { lengthSectors: 100_000, clusterSectors: 7, wipeAfterSerials: 500 },
  ])('remembers which cluster lies where, $lengthSectors sectors', (sizes) => {
    const random = seedrandom.alea(`${SEED} ${sizes.lengthSectors}`);
    const store = new ClusterStore(sizes.lengthSectors, sizes.clusterSectors, 1, sizes.wipeAfterSerials);
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

describe('memory', () => {
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
    node.load({ mode: 'secondary', defects: [], readOnly: [], badSectors: [], commitRequestsMax: 16 });
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
