/** An overlay in the place of a qcow2 image: it holds whole clusters or nothing, and never looks at what lies below. */
import { ClusterStore } from './cluster-store.ts';
import { copyWords, putWords } from './word-copy.ts';

export class Overlay extends ClusterStore {
  /** `bdrv_make_empty`: constant time, whatever was allocated. */
  makeEmpty(): void {
    this.clear();
  }

  isAllocated(sector: number): boolean {
    return this.slotOf(this.clusterOf(sector)) >= 0;
  }

  /** Reads sectors that lie in one cluster, which has a slot. */
  readInSlot(
    slot: number,
    sectorInCluster: number,
    countSectors: number,
    target: Uint32Array,
    targetAt: number,
  ): void {
    const from = this.wordOffset(slot, sectorInCluster);
    copyWords(target, targetAt, this.segmentToRead(slot), from, countSectors * this.wordsPerSector);
  }

  /** Writes sectors that lie in one cluster, which has a slot (allocated or reserved). Zero bytes for a null source. */
  writeInSlot(
    slot: number,
    sectorInCluster: number,
    countSectors: number,
    source: Uint32Array | null,
    sourceAt: number,
  ): void {
    const to = this.wordOffset(slot, sectorInCluster);
    const words = this.segment(slot, sectorInCluster, countSectors);
    putWords(words, to, source, sourceAt, countSectors * this.wordsPerSector);
  }
}
