/** The secondary disk: real bytes where something was written, zero bytes and no memory everywhere else. */
import type { Outcome } from '../../model/vocabulary.ts';
import { ClusterStore } from './cluster-store.ts';
import { EIO, OK } from './outcomes.ts';
import { copyWords, fillWords, putWords } from './word-copy.ts';

/** Grain in which memory is given; nothing that can be observed depends on it. */
const CHUNK_BYTES = 65_536;
const WORD_BYTES = 4;

export class SparseDisk extends ClusterStore {
  #badWrites: readonly number[] = [];

  constructor(lengthSectors: number, wordsPerSector: number) {
    const chunkSectors = Math.max(1, Math.floor(CHUNK_BYTES / (wordsPerSector * WORD_BYTES)));
    super(lengthSectors, Math.max(1, Math.min(chunkSectors, lengthSectors)), wordsPerSector);
  }

  /** A disk of zero bytes, on which writes that touch one of `badWrites` (sectors) fail. */
  load(badWrites: readonly number[]): void {
    this.clear();
    this.#badWrites = badWrites;
  }

  read(sector: number, countSectors: number, target: Uint32Array, targetAt: number): Outcome {
    const end = sector + countSectors;
    let from = sector;
    let to = targetAt;
    while (from < end) {
      const sectors = this.#readRun(from, end, target, to);
      from += sectors;
      to += sectors * this.wordsPerSector;
    }
    return OK;
  }

  /** Writes `source`, or zero bytes where it is null. EIO, with nothing written, if the range holds a bad sector. */
  write(sector: number, countSectors: number, source: Uint32Array | null, sourceAt: number): Outcome {
    if (this.refusesWrite(sector, countSectors)) return EIO;
    this.store(sector, countSectors, source, sourceAt);
    return OK;
  }

  /** Puts content on the medium, bad sectors or not: how a disk is filled before a case. */
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

  refusesWrite(sector: number, countSectors: number): boolean {
    for (const bad of this.#badWrites) {
      if (bad >= sector && bad < sector + countSectors) return true;
    }
    return false;
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
    copyWords(target, targetAt, this.segment(slot), from, sectors * this.wordsPerSector);
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
    const to = this.wordOffset(place, sector - cluster * this.clusterSectors);
    putWords(this.segment(place), to, source, sourceAt, sectors * this.wordsPerSector);
  }

  /** Memory for a chunk of which `sectors` sectors are about to be written; zeroed only if that leaves any out. */
  #zeroedSlot(cluster: number, sectors: number): number {
    const slot = this.reserve();
    if (sectors < this.clusterSectors) {
      const words = Math.min(this.clusterSectors, this.lengthSectors) * this.wordsPerSector;
      fillWords(this.segment(slot), this.wordOffset(slot, 0), 0, words);
    }
    this.publish(cluster, slot);
    return slot;
  }
}
