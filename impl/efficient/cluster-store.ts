/** Which clusters of a disk have memory, and where: the common ground of overlays and of the sparse secondary disk. */
import { ClusterArena } from './cluster-arena.ts';
import { SparseBitmap } from './sparse-bitmap.ts';

const LEAF_SHIFT = 9;
const LEAF_CLUSTERS = 1 << LEAF_SHIFT;
const SERIAL_MAX = 0x7fffffff;
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
  readonly #leaves: (Int32Array | undefined)[] = [];
  readonly #leafLength: number;
  #firstSerial = 1;

  constructor(lengthSectors: number, clusterSectors: number, wordsPerSector: number) {
    this.lengthSectors = lengthSectors;
    this.clusterSectors = clusterSectors;
    this.wordsPerSector = wordsPerSector;
    this.clusterCount = Math.ceil(lengthSectors / clusterSectors);
    const shift = Math.log2(clusterSectors);
    this.#clusterShift = Number.isInteger(shift) && lengthSectors <= SECTORS_SHIFTED_MAX ? shift : -1;
    this.#allocated = new SparseBitmap(this.clusterCount);
    this.#leafLength = Math.min(LEAF_CLUSTERS, this.clusterCount);
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
    this.#firstSerial += this.#allocated.count;
    if (this.#firstSerial > SERIAL_MAX - this.clusterCount) this.#wipeSerials();
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
    const leaf = this.#leaves[cluster >>> LEAF_SHIFT];
    return leaf === undefined ? -1 : (leaf[cluster & (LEAF_CLUSTERS - 1)] ?? 0) - this.#firstSerial;
  }

  /** Memory for one more cluster, which is allocated only by `publish`: a fill that fails leaves nothing behind. */
  reserve(): number {
    return this.#arena.next();
  }

  /** Makes `cluster`, which is not allocated yet, allocated in the slot that `reserve` gave last. */
  publish(cluster: number, slot: number): void {
    this.#leafFor(cluster)[cluster & (LEAF_CLUSTERS - 1)] = this.#firstSerial + slot;
    this.#allocated.add(cluster);
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
    this.#allocated.forEach(visit);
  }

  #wipeSerials(): void {
    for (const leaf of this.#leaves) leaf?.fill(0);
    this.#firstSerial = 1;
  }

  #leafFor(cluster: number): Int32Array {
    const number = cluster >>> LEAF_SHIFT;
    const known = this.#leaves[number];
    if (known !== undefined) return known;
    const made = new Int32Array(this.#leafLength);
    this.#leaves[number] = made;
    return made;
  }
}
