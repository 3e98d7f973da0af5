/** Which clusters of a disk have memory, and where: the common ground of overlays and of the sparse secondary disk. */
import { ClusterArena } from './cluster-arena.ts';
import { LeafTable, leafOf, placeInLeaf } from './leaf-table.ts';
import { SparseBitmap } from './sparse-bitmap.ts';

/** Half of what an entry holds: the other half is left for one interval, more than any memory has slots for. */
const WIPE_AFTER_SERIALS = 2 ** 30;
/** Sector numbers up to here survive a shift of 32 bits. */
const SECTORS_SHIFTED_MAX = 0xffffffff;

export class ClusterStore {
  readonly lengthSectors: number;
  readonly clusterSectors: number;
  readonly wordsPerSector: number;
  readonly clusterCount: number;
  readonly #clusterShift: number;
  readonly #arena: ClusterArena;
  /** Says the same as the serials, for questions about runs, which it answers 32 clusters at a time. */
  readonly #allocated: SparseBitmap;
  /**
   * The serial number of each cluster's allocation. Numbers rise, and clearing makes the next one the first that counts:
   * all older entries are void without being touched, until the numbers run out and the table is wiped once.
   */
  readonly #serials: LeafTable;
  #firstSerial: number;
  #version = 0;
  #clearings = 0;
  /** The cluster of each slot that was handed out; entries of slots that were taken back are stale. */
  readonly #clusterOfSlot: number[] = [];
  #touchedFrom = 0;
  #touchedEnd: number;
  /** No sector outside is allocated. */
  #heldFrom: number;
  #heldEnd = 0;

  constructor(lengthSectors: number, clusterSectors: number, wordsPerSector: number, firstSerial = 1) {
    this.#firstSerial = firstSerial;
    this.lengthSectors = lengthSectors;
    this.#touchedEnd = lengthSectors;
    this.#heldFrom = lengthSectors;
    this.clusterSectors = clusterSectors;
    this.wordsPerSector = wordsPerSector;
    this.clusterCount = Math.ceil(lengthSectors / clusterSectors);
    const shift = Math.log2(clusterSectors);
    this.#clusterShift = Number.isInteger(shift) && lengthSectors <= SECTORS_SHIFTED_MAX ? shift : -1;
    this.#allocated = new SparseBitmap(this.clusterCount);
    this.#serials = new LeafTable(this.clusterCount);
    const slotSectors = Math.max(1, Math.min(clusterSectors, lengthSectors));
    this.#arena = new ClusterArena(slotSectors * wordsPerSector, this.clusterCount);
  }

  /** How many clusters are allocated. */
  get allocatedCount(): number {
    return this.#allocated.count;
  }

  /** Another number than before if anything may have been written or allocated since. */
  get version(): number {
    return this.#version;
  }

  /** How often all clusters were forgotten. */
  get clearings(): number {
    return this.#clearings;
  }

  /** No sector outside [touchedFrom, touchedEnd) may have been written or allocated since `forgetTouched`. */
  get touchedFrom(): number {
    return this.#touchedFrom;
  }

  get touchedEnd(): number {
    return this.#touchedEnd;
  }

  forgetTouched(): void {
    this.#touchedFrom = this.lengthSectors;
    this.#touchedEnd = 0;
  }

  #touch(from: number, end: number): void {
    if (from < this.#touchedFrom) this.#touchedFrom = from;
    if (end > this.#touchedEnd) this.#touchedEnd = end;
  }

  /** Bytes of memory held for clusters and tables, in use or kept for later. */
  get heldBytes(): number {
    return this.#arena.heldBytes + this.#allocated.heldBytes + this.#serials.heldBytes;
  }

  /** Forgets every cluster in constant time; the memory is kept. */
  clear(): void {
    this.#version++;
    this.#clearings++;
    this.#touch(this.#heldFrom, this.#heldEnd);
    this.#heldFrom = this.lengthSectors;
    this.#heldEnd = 0;
    this.#firstSerial += this.#allocated.count;
    if (this.#firstSerial > WIPE_AFTER_SERIALS) {
      this.#serials.wipe(0);
      this.#firstSerial = 1;
    }
    this.#serials.empty();
    this.#allocated.clear();
    this.#arena.reset();
  }

  clusterOf(sector: number): number {
    // Clusters are powers of two but in made-up geometries, and a shift costs a fraction of a division.
    return this.#clusterShift < 0 ? Math.floor(sector / this.clusterSectors) : sector >>> this.#clusterShift;
  }

  /** The first sector after the cluster, clipped at the end of the disk. */
  clusterEnd(cluster: number): number {
    return Math.min((cluster + 1) * this.clusterSectors, this.lengthSectors);
  }

  /** The slot of an allocated cluster, or a negative number. */
  slotOf(cluster: number): number {
    const leaf = this.#serials.leaves[leafOf(cluster)];
    return leaf === undefined ? -1 : (leaf[placeInLeaf(cluster)] ?? 0) - this.#firstSerial;
  }

  /** A bit for each of the first 32 clusters: whether it is allocated, as the questions about runs see it. */
  get allocatedMask(): number {
    return this.#allocated.word(0);
  }

  /** Memory for one more cluster, which is allocated only by `publish`: a fill that fails leaves nothing behind. */
  reserve(): number {
    return this.#arena.next();
  }

  /** Makes `cluster`, which is not allocated yet, allocated in the slot that `reserve` gave last. */
  publish(cluster: number, slot: number): void {
    this.#version++;
    this.#clusterOfSlot[slot] = cluster;
    const first = cluster * this.clusterSectors;
    const end = this.clusterEnd(cluster);
    this.#touch(first, end);
    if (first < this.#heldFrom) this.#heldFrom = first;
    if (end > this.#heldEnd) this.#heldEnd = end;
    this.#serials.put(cluster, this.#firstSerial + slot);
    this.#allocated.add(cluster);
    this.#arena.take();
  }

  /** Forgets the clusters that were allocated last, until so many are left. */
  forgetNewest(allocatedCount: number): void {
    while (this.#arena.used > allocatedCount) {
      this.#version++;
      const cluster = this.#clusterOfSlot[this.#arena.used - 1] ?? 0;
      this.#touch(cluster * this.clusterSectors, this.clusterEnd(cluster));
      this.#serials.put(cluster, 0);
      this.#allocated.delete(cluster);
      this.#arena.takeBack();
    }
  }

  /** The memory in which a slot lies; `count` sectors of its cluster, all if left out, may be written to. */
  segment(slot: number, sectorInCluster = 0, count = this.clusterSectors): Uint32Array {
    this.#version++;
    // A slot that is only reserved is nobody's yet.
    if (slot < this.#arena.used) {
      const first = (this.#clusterOfSlot[slot] ?? 0) * this.clusterSectors + sectorInCluster;
      this.#touch(first, first + count);
    }
    return this.#arena.segment(slot);
  }

  /** The same memory, only to be read. */
  segmentToRead(slot: number): Uint32Array {
    return this.#arena.segment(slot);
  }

  /** Where in `segment(slot)` a sector of the slot's cluster begins, in words. */
  wordOffset(slot: number, sectorInCluster: number): number {
    return this.#arena.offset(slot) + sectorInCluster * this.wordsPerSector;
  }

  /** The first sector in (sector, end) whose cluster is not allocated, or `end`; that of `sector` itself is. */
  allocatedEnd(sector: number, end: number): number {
    const next = this.clusterOf(sector) + 1;
    if (next * this.clusterSectors >= end) return end;
    return Math.min(this.#allocated.nextClear(next, this.clusterOf(end - 1) + 1) * this.clusterSectors, end);
  }

  /** The first sector in (sector, end) whose cluster is allocated, or `end`; that of `sector` itself is not. */
  unallocatedEnd(sector: number, end: number): number {
    const next = this.clusterOf(sector) + 1;
    if (next * this.clusterSectors >= end) return end;
    return Math.min(this.#allocated.nextSet(next, this.clusterOf(end - 1) + 1) * this.clusterSectors, end);
  }

  /** Calls `visit` with each allocated cluster, in no particular order; costs by the allocated clusters alone. */
  forEachAllocated(visit: (cluster: number) => void): void {
    this.#allocated.forEach(visit);
  }
}
