/**
 * The content of an overlay or of the secondary disk as numbers, one a sector, and back. The numbers are found anew only
 * if the store says that it may have been written since, and written back only where they are others.
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
  /** The version of the store of which the present numbers are. */
  #version = -1;
  /** As the store was when its clusters were allocated in their order. */
  #clearings = -1;
  #allocatedCount = 0;

  /** The numbers stand from `at` on; `absent` is that of a sector whose cluster is not allocated. */
  constructor(store: ClusterStore, tags: TagWords, absent: number, at: number) {
    this.#store = store;
    this.#tags = tags;
    this.#absent = absent;
    this.#at = at;
  }

  /** Brings the numbers, which nobody else writes to, up to date. */
  look(into: Int32Array): void {
    if (this.#version !== this.#store.version) this.#lookAtAll(into);
  }

  /** `present` are the numbers that `look` has found last. */
  restore(from: Int32Array, present: Int32Array): void {
    const isKnown = this.#version === this.#store.version;
    if (isKnown && this.#isPresent(from, present)) return;
    if (this.#isAllocated(from)) this.#writeBack(from, isKnown ? present : null);
    else this.#allocate(from);
    const end = this.#at + this.#store.lengthSectors;
    for (let index = this.#at; index < end; index++) present[index] = from[index] ?? 0;
    this.#version = this.#store.version;
  }

  #isPresent(from: Int32Array, present: Int32Array): boolean {
    const end = this.#at + this.#store.lengthSectors;
    for (let index = this.#at; index < end; index++) if (from[index] !== present[index]) return false;
    return true;
  }

  /** Whether the clusters are those that were allocated in their order last, once the ones since are forgotten. */
  #isAllocated(from: Int32Array): boolean {
    const store = this.#store;
    if (store.clearings !== this.#clearings) return false;
    store.forgetNewest(this.#allocatedCount);
    const { clusterCount, clusterSectors } = store;
    for (let cluster = 0; cluster < clusterCount; cluster++) {
      const isWanted = from[this.#at + cluster * clusterSectors] !== NO_CONTENT;
      if (store.slotOf(cluster) >= 0 !== isWanted) return false;
    }
    return true;
  }

  /** Writes the sectors that do not hold already what they should. */
  #writeBack(from: Int32Array, present: Int32Array | null): void {
    const store = this.#store;
    const { lengthSectors, clusterSectors } = store;
    for (let sector = 0; sector < lengthSectors; sector++) {
      const number = from[this.#at + sector] ?? FOREIGN_CONTENT;
      const isThere = present !== null && number > NO_CONTENT && present[this.#at + sector] === number;
      if (isThere || number === NO_CONTENT) continue;
      const cluster = store.clusterOf(sector);
      const slot = store.slotOf(cluster);
      const place = sector - cluster * clusterSectors;
      restoreSector(this.#tags, number, sector, store.segment(slot, place, 1), store.wordOffset(slot, place));
    }
  }

  #allocate(from: Int32Array): void {
    const store = this.#store;
    const { clusterCount, clusterSectors, lengthSectors } = store;
    store.clear();
    for (let cluster = 0; cluster < clusterCount; cluster++) {
      const first = cluster * clusterSectors;
      if (from[this.#at + first] === NO_CONTENT) continue;
      this.#allocateCluster(cluster, first, Math.min(first + clusterSectors, lengthSectors), from);
    }
    this.#clearings = store.clearings;
    this.#allocatedCount = store.allocatedCount;
  }

  #allocateCluster(cluster: number, first: number, end: number, from: Int32Array): void {
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
  #lookAtAll(into: Int32Array): void {
    const { clusterCount, clusterSectors, lengthSectors, allocatedMask } = this.#store;
    for (let cluster = 0; cluster < clusterCount; cluster++) {
      const first = cluster * clusterSectors;
      const end = Math.min(first + clusterSectors, lengthSectors);
      const slot = this.#store.slotOf(cluster);
      const isSound = slot >= 0 === (((allocatedMask >>> cluster) & 1) === 1);
      if (slot >= 0 && isSound) {
        const at = this.#store.wordOffset(slot, 0);
        this.#tags.saveSectors(this.#store.segmentToRead(slot), at, first, end, into, this.#at + first);
      } else {
        const number = isSound ? this.#absent : FOREIGN_CONTENT;
        for (let sector = first; sector < end; sector++) into[this.#at + sector] = number;
      }
    }
    this.#version = this.#store.version;
  }
}
