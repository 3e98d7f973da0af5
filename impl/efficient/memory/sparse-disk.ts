/** The secondary disk: real bytes where something was written, zero bytes and no memory everywhere else. */
import { ClusterStore } from './cluster-store.ts';
import { copyWords, fillWords, putWords } from './word-copy.ts';

/** Grain in which memory is given; nothing that can be observed depends on it. */
const CHUNK_BYTES = 65_536;
const WORD_BYTES = 4;

export class SparseDisk extends ClusterStore {
  constructor(lengthSectors: number, wordsPerSector: number) {
    const chunkSectors = Math.max(1, Math.floor(CHUNK_BYTES / (wordsPerSector * WORD_BYTES)));
    super(lengthSectors, Math.max(1, Math.min(chunkSectors, lengthSectors)), wordsPerSector);
  }

  /** From now on a disk of zero bytes. */
  load(): void {
    this.clear();
  }

  read(sector: number, countSectors: number, target: Uint32Array, targetAt: number): void {
    const end = sector + countSectors;
    let from = sector;
    let to = targetAt;
    while (from < end) {
      const sectors = this.#readRun(from, end, target, to);
      from += sectors;
      to += sectors * this.wordsPerSector;
    }
  }

  /** Writes `source`, or zero bytes where it is null. */
  store(sector: number, countSectors: number, source: Uint32Array | null, sourceAt: number): void {
    const end = sector + countSectors;
    let from = sector;
    let at = sourceAt;
    while (from < end) {
      const cluster = this.clusterOf(from);
      const sectors = Math.min(end, this.clusterEnd(cluster)) - from;
      this.#storeInChunk(cluster, from, sectors, source, at);
      from += sectors;
      at += sectors * this.wordsPerSector;
    }
  }

  #readRun(sector: number, end: number, target: Uint32Array, targetAt: number): number {
    const cluster = this.clusterOf(sector);
    const slot = this.slotOf(cluster);
    if (slot < 0) {
      const zeroes = this.unallocatedEnd(sector, end) - sector;
      fillWords(target, targetAt, 0, zeroes * this.wordsPerSector);
      return zeroes;
    }
    const sectors = Math.min(end, this.clusterEnd(cluster)) - sector;
    const from = this.wordOffset(slot, sector - cluster * this.clusterSectors);
    copyWords(target, targetAt, this.segmentToRead(slot), from, sectors * this.wordsPerSector);
    return sectors;
  }

  #storeInChunk(
    cluster: number,
    sector: number,
    sectors: number,
    source: Uint32Array | null,
    sourceAt: number,
  ): void {
    const slot = this.slotOf(cluster);
    if (slot < 0 && source === null) return;
    const place = slot < 0 ? this.#zeroedSlot(cluster, sectors) : slot;
    const first = sector - cluster * this.clusterSectors;
    const to = this.wordOffset(place, first);
    putWords(this.segment(place, first, sectors), to, source, sourceAt, sectors * this.wordsPerSector);
  }

  /** Memory for a chunk of which `sectors` sectors are about to be written; zeroed only if that leaves any out. */
  #zeroedSlot(cluster: number, sectors: number): number {
    const slot = this.reserve();
    if (sectors < this.clusterSectors) {
      fillWords(this.segment(slot), this.wordOffset(slot, 0), 0, this.clusterSectors * this.wordsPerSector);
    }
    this.publish(cluster, slot);
    return slot;
  }
}
