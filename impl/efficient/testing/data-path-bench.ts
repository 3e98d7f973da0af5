/**
 * What the node does with real bytes, against what this machine can copy at best: 64 KiB clusters on a disk of 256 MiB,
 * places drawn at random, bound and operation measured in turns in the same run. The only file here that reads a clock.
 */
import seedrandom from 'seedrandom';
import type { Geometry } from '../../../model/vocabulary.ts';
import { ReplicationNode } from '../node/replication-node.ts';

const SECTOR_BYTES = 512;
const CLUSTER_BYTES = 65_536;
const CLUSTER_SECTORS = CLUSTER_BYTES / SECTOR_BYTES;
const DISK_CLUSTERS = 4096;
const ROUNDS = 5;

/** Nanoseconds of CPU an operation, and the share of the copy bound that it reaches (1 is as fast as bare copies). */
export interface DataPathFigures {
  readonly copy64KiBNs: number;
  /** Two copies: secondary disk to hidden, request to secondary disk. */
  readonly primaryWrite64KiBCopyingNs: number;
  readonly primaryWrite64KiBCopyingOfBound: number;
  readonly guestWrite64KiBNs: number;
  readonly guestWrite64KiBOfBound: number;
  readonly guestRead64KiBNs: number;
  readonly guestRead64KiBOfBound: number;
  readonly copy4KiBNs: number;
  readonly primaryWrite4KiBNs: number;
  readonly primaryWrite4KiBOfBound: number;
  readonly guestWrite4KiBNs: number;
  readonly guestWrite4KiBOfBound: number;
  readonly guestRead4KiBNs: number;
  readonly guestRead4KiBOfBound: number;
}

/** Needs about 1 GiB of memory for some seconds. */
export function measureDataPath(): DataPathFigures {
  const bench = new DataPathBench();
  const best = { copy64: Infinity, primary64: Infinity, write64: Infinity, read64: Infinity };
  const small = { copy4: Infinity, primary4: Infinity, write4: Infinity, read4: Infinity };
  for (let round = 0; round < ROUNDS; round++) {
    bench.checkpoint();
    best.copy64 = Math.min(best.copy64, bench.copies(CLUSTER_SECTORS));
    best.primary64 = Math.min(best.primary64, bench.primaryWrites(CLUSTER_SECTORS));
    best.write64 = Math.min(best.write64, bench.guestWrites(CLUSTER_SECTORS));
    best.read64 = Math.min(best.read64, bench.guestReads(CLUSTER_SECTORS));
    small.copy4 = Math.min(small.copy4, bench.copies(8));
    small.primary4 = Math.min(small.primary4, bench.primaryWrites(8));
    small.write4 = Math.min(small.write4, bench.guestWrites(8));
    small.read4 = Math.min(small.read4, bench.guestReads(8));
  }
  return {
    copy64KiBNs: best.copy64,
    primaryWrite64KiBCopyingNs: best.primary64,
    primaryWrite64KiBCopyingOfBound: (2 * best.copy64) / best.primary64,
    guestWrite64KiBNs: best.write64,
    guestWrite64KiBOfBound: best.copy64 / best.write64,
    guestRead64KiBNs: best.read64,
    guestRead64KiBOfBound: best.copy64 / best.read64,
    copy4KiBNs: small.copy4,
    primaryWrite4KiBNs: small.primary4,
    primaryWrite4KiBOfBound: small.copy4 / small.primary4,
    guestWrite4KiBNs: small.write4,
    guestWrite4KiBOfBound: small.copy4 / small.write4,
    guestRead4KiBNs: small.read4,
    guestRead4KiBOfBound: small.copy4 / small.read4,
  };
}

/** Milliseconds a checkpoint of 10,000 dirty clusters of 64 KiB, and what a day of checkpoints leaves behind. */
export interface CheckpointFigures {
  readonly checkpoint1GiBMs: number;
  readonly checkpoint1TiBMs: number;
  /** Memory held by layers and tables with 10,000 clusters of 64 KiB dirty on a disk of 1 TiB. */
  readonly held1TiBBytes: number;
  /** Of memory held, from the 1,000th to the 100,000th of the checkpoints with 100 dirty clusters each. */
  readonly dayOfCheckpointsGrowthBytes: number;
}

/** Needs about 2 GiB of memory for some seconds. */
export function measureCheckpoints(): CheckpointFigures {
  const gibibyte = 2 ** 30 / SECTOR_BYTES;
  const small = measureCheckpoint(gibibyte);
  const large = measureCheckpoint(1024 * gibibyte);
  return {
    checkpoint1GiBMs: small.ms,
    checkpoint1TiBMs: large.ms,
    held1TiBBytes: large.heldBytes,
    dayOfCheckpointsGrowthBytes: measureDayOfCheckpoints(1024 * gibibyte),
  };
}

class DataPathBench {
  readonly #node = runningNode(DISK_CLUSTERS * CLUSTER_SECTORS, CLUSTER_SECTORS);
  readonly #random = seedrandom.alea('data path');
  /** What requests are written from and read into, and where the bound copies. */
  readonly #arena = new Uint32Array((DISK_CLUSTERS * CLUSTER_BYTES) / 4);
  readonly #order = Uint32Array.from({ length: DISK_CLUSTERS }, (_, index) => index);
  readonly #places = new Uint32Array(DISK_CLUSTERS);

  /** Every page of every layer is touched before anything is measured. */
  constructor() {
    const { secondary, lengthSectors } = this.#node;
    this.#arena.fill(0x5eed);
    secondary.store(0, lengthSectors, this.#arena, 0);
    this.guestWrites(CLUSTER_SECTORS);
    this.primaryWrites(CLUSTER_SECTORS);
  }

  checkpoint(): void {
    this.#node.checkpoint();
  }

  copies(sectors: number): number {
    const arena = this.#arena;
    const words = (sectors * SECTOR_BYTES) / 4;
    return this.#nanoseconds(sectors, (sector, place) => {
      const from = (sector * SECTOR_BYTES) / 4;
      arena.copyWithin(place, from, from + words);
    });
  }

  primaryWrites(sectors: number): number {
    return this.#nanoseconds(sectors, (sector, place) => {
      this.#node.primaryWrite(sector, sectors, this.#arena, place);
    });
  }

  guestWrites(sectors: number): number {
    return this.#nanoseconds(sectors, (sector, place) => {
      this.#node.guestWrite(sector, sectors, this.#arena, place);
    });
  }

  guestReads(sectors: number): number {
    return this.#nanoseconds(sectors, (sector, place) => {
      this.#node.guestRead(sector, sectors, this.#arena, place);
    });
  }

  /** Nanoseconds of CPU a call: one for each cluster of the disk in random order, and a random place in the arena. */
  #nanoseconds(sectors: number, run: (sector: number, place: number) => void): number {
    shuffle(this.#order, this.#random);
    const slots = CLUSTER_SECTORS / sectors;
    const wordsPerSector = SECTOR_BYTES / 4;
    for (let index = 0; index < DISK_CLUSTERS; index++) {
      const cluster = this.#order[index] ?? 0;
      this.#order[index] = cluster;
      const sector = Math.floor(this.#random() * DISK_CLUSTERS * slots) * sectors;
      this.#places[index] = sector * wordsPerSector;
    }
    const before = process.cpuUsage();
    for (let index = 0; index < DISK_CLUSTERS; index++) {
      const cluster = this.#order[index] ?? 0;
      run(cluster * CLUSTER_SECTORS + (index % slots) * sectors, this.#places[index] ?? 0);
    }
    const { user, system } = process.cpuUsage(before);
    return ((user + system) * 1000) / DISK_CLUSTERS;
  }
}

function measureCheckpoint(lengthSectors: number): { ms: number; heldBytes: number } {
  const dirtyClusters = 10_000;
  const node = runningNode(lengthSectors, CLUSTER_SECTORS);
  const random = seedrandom.alea('checkpoint');
  const page = new Uint32Array(SECTOR_BYTES / 4).fill(1);
  const times: number[] = [];
  let heldBytes = 0;
  for (let round = 0; round < 2 * ROUNDS; round++) {
    while (node.active.allocatedCount + node.hidden.allocatedCount < dirtyClusters) {
      const sector = Math.floor(random() * lengthSectors);
      if (random() < 0.5) node.guestWrite(sector, 1, page, 0);
      else node.primaryWrite(sector, 1, null, 0);
    }
    heldBytes = node.heldBytes;
    const before = performance.now();
    node.checkpoint();
    times.push(performance.now() - before);
  }
  return { ms: median(times), heldBytes };
}

/** Clusters of 4 KiB, because what is looked for is in the tables and the reuse, not in the bytes. */
function measureDayOfCheckpoints(lengthSectors: number): number {
  const clusterSectors = 8;
  const node = runningNode(lengthSectors, clusterSectors);
  const random = seedrandom.alea('day');
  const page = new Uint32Array(SECTOR_BYTES / 4).fill(1);
  let heldBefore = 0;
  for (let checkpoint = 0; checkpoint < 100_000; checkpoint++) {
    if (checkpoint === 1000) heldBefore = node.heldBytes;
    for (let write = 0; write < 50; write++) {
      node.guestWrite(Math.floor(random() * lengthSectors), 1, page, 0);
      node.primaryWrite(Math.floor(random() * lengthSectors), 1, null, 0);
    }
    node.checkpoint();
  }
  return node.heldBytes - heldBefore;
}

function runningNode(lengthSectors: number, clusterSectors: number): ReplicationNode {
  const geometry: Geometry = {
    lengthSectors,
    sectorBytes: SECTOR_BYTES,
    activeClusterSectors: clusterSectors,
    hiddenClusterSectors: clusterSectors,
    copyUnitSectors: clusterSectors,
    commitUnitSectors: CLUSTER_SECTORS,
  };
  const node = new ReplicationNode(geometry);
  node.load({ mode: 'secondary', defects: [], readOnly: [], badSectors: [], commitRequestsMax: 16 });
  node.open();
  node.start('secondary');
  return node;
}

function shuffle(order: Uint32Array, random: () => number): void {
  for (let index = order.length - 1; index > 0; index--) {
    const other = Math.floor(random() * (index + 1));
    const kept = order[index] ?? 0;
    order[index] = order[other] ?? 0;
    order[other] = kept;
  }
}

function median(values: number[]): number {
  const sorted = values.toSorted((left, right) => left - right);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}
