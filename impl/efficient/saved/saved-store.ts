/**
 * The content of an overlay or of the secondary disk as numbers, one a sector, and back. The numbers found last are
 * kept, and found anew only if the store says that it may have been written since.
 */
import { FOREIGN_CONTENT, NO_CONTENT } from '../../state-access.ts';
import type { ClusterStore } from '../memory/cluster-store.ts';
import { restoreSector } from '../compare/tag-words.ts';
import type { TagWords } from '../compare/tag-words.ts';

export class SavedStore {
  readonly #store: ClusterStore;
  readonly #tags: TagWords;
  readonly #absent: number;
  readonly #at: number;
  readonly #present: Int32Array;
  #version = -1;

  /** The numbers stand from `at` on; `absent` is that of a sector whose cluster is not allocated. */
  constructor(store: ClusterStore, tags: TagWords, absent: number, at: number) {
    this.#store = store;
    this.#tags = tags;
    this.#absent = absent;
    this.#at = at;
    this.#present = new Int32Array(store.lengthSectors);
  }

  save(into: Int32Array): void {
    if (this.#version !== this.#store.version) this.#look();
    const present = this.#present;
    for (let sector = 0; sector < present.length; sector++) into[this.#at + sector] = present[sector] ?? 0;
  }

  restore(from: Int32Array): void {
    if (this.#version === this.#store.version && this.#isPresent(from)) return;
    const { clusterCount, clusterSectors, lengthSectors } = this.#store;
    this.#store.clear();
    for (let cluster = 0; cluster < clusterCount; cluster++) {
      const first = cluster * clusterSectors;
      if (from[this.#at + first] === NO_CONTENT) continue;
      this.#restoreCluster(cluster, first, Math.min(first + clusterSectors, lengthSectors), from);
    }
    for (let sector = 0; sector < lengthSectors; sector++)
      this.#present[sector] = from[this.#at + sector] ?? 0;
    this.#version = this.#store.version;
  }

  #isPresent(from: Int32Array): boolean {
    const present = this.#present;
    for (let sector = 0; sector < present.length; sector++) {
      if (from[this.#at + sector] !== present[sector]) return false;
    }
    return true;
  }

  #restoreCluster(cluster: number, first: number, end: number, from: Int32Array): void {
    const slot = this.#store.reserve();
    const words = this.#store.segment(slot);
    let to = this.#store.wordOffset(slot, 0);
    for (let sector = first; sector < end; sector++) {
      restoreSector(this.#tags, from[this.#at + sector] ?? FOREIGN_CONTENT, sector, words, to);
      to += this.#store.wordsPerSector;
    }
    this.#store.publish(cluster, slot);
  }

  /** Finds the numbers; foreign content where the tables of the store contradict each other. */
  #look(): void {
    const { clusterCount, clusterSectors, lengthSectors, allocatedMask } = this.#store;
    for (let cluster = 0; cluster < clusterCount; cluster++) {
      const first = cluster * clusterSectors;
      const end = Math.min(first + clusterSectors, lengthSectors);
      const slot = this.#store.slotOf(cluster);
      const isSound = slot >= 0 === (((allocatedMask >>> cluster) & 1) === 1);
      if (slot >= 0 && isSound) {
        const at = this.#store.wordOffset(slot, 0);
        this.#tags.saveSectors(this.#store.segmentToRead(slot), at, first, end, this.#present, first);
      } else {
        const number = isSound ? this.#absent : FOREIGN_CONTENT;
        for (let sector = first; sector < end; sector++) this.#present[sector] = number;
      }
    }
    this.#version = this.#store.version;
  }
}
