/** Which clusters of a disk have memory, and where: the common ground of overlays and of the sparse secondary disk. */
import { ClusterArena } from './cluster-arena.ts';
import { SparseBitmap, WORD_BITS, doubled, trailingZeros } from './sparse-bitmap.ts';

export class ClusterStore {
  readonly lengthSectors: number;
  readonly clusterSectors: number;
  readonly wordsPerSector: number;
  readonly clusterCount: number;
  readonly #allocated: SparseBitmap;
  readonly #arena: ClusterArena;
  /** 32 slots for each word of the bitmap, by its dense index. */
  #slots = new Uint32Array(4 * WORD_BITS);

  constructor(lengthSectors: number, clusterSectors: number, wordsPerSector: number) {
    this.lengthSectors = lengthSectors;
    this.clusterSectors = clusterSectors;
    this.wordsPerSector = wordsPerSector;
    this.clusterCount = Math.ceil(lengthSectors / clusterSectors);
    this.#allocated = new SparseBitmap(this.clusterCount);
    const slotSectors = Math.max(1, Math.min(clusterSectors, lengthSectors));
    this.#arena = new ClusterArena(slotSectors * wordsPerSector, this.clusterCount);
  }

  /** How many clusters are allocated. */
  get allocatedCount(): number {
    return this.#allocated.count;
  }

  /** Bytes of cluster memory held, in use or kept for later. */
  get heldBytes(): number {
    return this.#arena.heldBytes;
  }

  /** Forgets every cluster in constant time; the memory is kept. */
  clear(): void {
    this.#allocated.clear();
    this.#arena.reset();
  }

  clusterOf(sector: number): number {
    return Math.floor(sector / this.clusterSectors);
  }

  /** The first sector after the cluster, clipped at the end of the disk. */
  clusterEnd(cluster: number): number {
    return Math.min((cluster + 1) * this.clusterSectors, this.lengthSectors);
  }

  /** The slot of an allocated cluster, or -1. */
  slotOf(cluster: number): number {
    const index = this.#allocated.indexOf(cluster >>> 5);
    if (index < 0) return -1;
    const bit = cluster & 31;
    if (((this.#allocated.wordAt(index) >>> bit) & 1) === 0) return -1;
    return this.#slots[index * WORD_BITS + bit] ?? -1;
  }

  /** Memory for one more cluster, which is allocated only by `publish`: a fill that fails leaves nothing behind. */
  reserve(): number {
    return this.#arena.next();
  }

  /** Makes `cluster` allocated in the slot that `reserve` gave last. */
  publish(cluster: number, slot: number): void {
    const index = this.#allocated.add(cluster);
    while ((index + 1) * WORD_BITS > this.#slots.length) this.#slots = doubled(this.#slots);
    this.#slots[index * WORD_BITS + (cluster & 31)] = slot;
    this.#arena.take();
  }

  /** The memory in which a slot lies. */
  segment(slot: number): Uint32Array {
    return this.#arena.segment(slot);
  }

  /** Where in `segment(slot)` a sector of the slot's cluster begins, in words. */
  wordOffset(slot: number, sectorInCluster: number): number {
    return this.#arena.offset(slot) + sectorInCluster * this.wordsPerSector;
  }

  /** The first sector in [sector, end) whose cluster is not allocated, or `end`. */
  allocatedEnd(sector: number, end: number): number {
    const cluster = this.#allocated.nextClear(this.clusterOf(sector), this.clusterOf(end - 1) + 1);
    return Math.max(sector, Math.min(cluster * this.clusterSectors, end));
  }

  /** The first sector in [sector, end) whose cluster is allocated, or `end`. */
  unallocatedEnd(sector: number, end: number): number {
    const cluster = this.#allocated.nextSet(this.clusterOf(sector), this.clusterOf(end - 1) + 1);
    return Math.max(sector, Math.min(cluster * this.clusterSectors, end));
  }

  /** Calls `visit` with each allocated cluster, in no particular order; costs by the allocated clusters alone. */
  forEachAllocated(visit: (cluster: number) => void): void {
    for (let index = 0; index < this.#allocated.usedWords; index++) {
      const first = this.#allocated.firstBitAt(index);
      for (let rest = this.#allocated.wordAt(index); rest !== 0; rest &= rest - 1) {
        visit(first + trailingZeros(rest));
      }
    }
  }
}
