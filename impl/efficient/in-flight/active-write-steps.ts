/**
 * Writes to active, with requests in flight (block/qcow2-cluster.c). A cluster that active does not hold is reserved,
 * filled from below, and then written and linked; a request that touches a cluster which another one allocates waits
 * until that is done (handle_dependencies).
 */
import { copyWords } from '../memory/word-copy.ts';
import { OK } from '../node/outcomes.ts';
import { CopySteps } from './copy-steps.ts';
import { type Pause, STATION, type Steps, type Submitted } from './steps.ts';

/** A cluster of active is being allocated. */
export interface Allocation {
  readonly owner: Submitted;
  readonly cluster: number;
}

/** The part of a request that lies in one cluster. */
export interface ClusterWrite {
  readonly cluster: number;
  readonly from: number;
  readonly to: number;
  /** Null: zero bytes. */
  readonly source: Uint32Array | null;
  readonly sourceAt: number;
}

export class ActiveWriteSteps extends CopySteps {
  readonly allocations: Allocation[] = [];

  /** Cluster by cluster; where something is bad all at once, as it depends on the order what a failure leaves behind. */
  writeActive(
    owner: Submitted,
    sector: number,
    count: number,
    source: Uint32Array | null,
    sourceAt: number,
  ): Steps {
    const { node } = this;
    if (!node.bad.isEmpty) return this.writeAtOnce(sector, count, source, sourceAt);
    const end = sector + count;
    const first = node.active.clusterOf(sector);
    return count > 0 && end <= node.active.clusterEnd(first)
      ? this.writeCluster(owner, { cluster: first, from: sector, to: end, source, sourceAt })
      : this.writeClusters(owner, sector, end, source, sourceAt);
  }

  *writeAtOnce(sector: number, count: number, source: Uint32Array | null, sourceAt: number): Steps {
    yield STATION;
    const outcome = this.node.writeActive(sector, count, source, sourceAt);
    this.wroteActive(sector, count);
    return outcome;
  }

  *writeClusters(
    owner: Submitted,
    sector: number,
    end: number,
    source: Uint32Array | null,
    sourceAt: number,
  ): Steps {
    const { node } = this;
    for (let from = sector, to; from < end; from = to) {
      const cluster = node.active.clusterOf(from);
      to = Math.min(end, node.active.clusterEnd(cluster));
      const at = sourceAt + (from - sector) * node.wordsPerSector;
      yield* this.writeCluster(owner, { cluster, from, to, source, sourceAt: at });
    }
    return OK;
  }

  *writeCluster(owner: Submitted, write: ClusterWrite): Steps {
    const { node } = this;
    const { cluster, from, to, source, sourceAt } = write;
    if (this.allocations.length > 0) yield* this.waitForAllocation(cluster);
    if (node.active.slotOf(cluster) < 0) return yield* this.allocate(owner, write);
    yield STATION;
    const outcome = node.writeClusters(from, to - from, source, sourceAt);
    this.wroteActive(from, to - from);
    return outcome;
  }

  *waitForAllocation(cluster: number): Generator<Pause, void, undefined> {
    let others = this.allocatorsOf(cluster);
    while (others.length > 0) {
      yield others;
      others = this.allocatorsOf(cluster);
    }
  }

  *allocate(owner: Submitted, write: ClusterWrite): Steps {
    const { cluster, from, to } = write;
    const { active } = this.node;
    const allocation = this.beginAllocation(owner, cluster);
    yield STATION;
    const isWhole = from === cluster * active.clusterSectors && to === active.clusterEnd(cluster);
    if (isWhole) this.link(write, null);
    else {
      const filled = this.fill(write);
      const below = this.belowVersion();
      yield STATION;
      this.link(write, this.belowVersion() === below ? filled : null);
    }
    this.wroteActive(from, to - from);
    this.endAllocation(allocation);
    return OK;
  }

  /** Who allocates a cluster now. */
  allocatorsOf(cluster: number): Submitted[] {
    return this.allocations.filter((each) => each.cluster === cluster).map(({ owner }) => owner);
  }

  beginAllocation(owner: Submitted, cluster: number): Allocation {
    const allocation = { owner, cluster };
    this.allocations.push(allocation);
    return allocation;
  }

  endAllocation(allocation: Allocation): void {
    const index = this.allocations.indexOf(allocation);
    if (index >= 0) this.allocations.splice(index, 1);
  }

  /** The words of a cluster around what is written to it. */
  fill({ cluster, from, to }: ClusterWrite): Uint32Array {
    const { active } = this.node;
    const slot = active.reserve();
    this.node.fillAround(cluster, slot, from, to);
    const words = new Uint32Array(this.clusterWords(cluster));
    copyWords(words, 0, active.segmentToRead(slot), active.wordOffset(slot, 0), words.length);
    return words;
  }

  clusterWords(cluster: number): number {
    const { active } = this.node;
    return (active.clusterEnd(cluster) - cluster * active.clusterSectors) * active.wordsPerSector;
  }

  /**
   * Another number than before if what lies below active may have changed. Where no backup job keeps it, a primary write
   * may have come while a cluster was filled; it is then filled anew. QEMU links what it has read, and such a write is
   * not seen by the guest any more.
   */
  belowVersion(): number {
    return this.node.hidden.version + this.node.secondary.version;
  }

  /** Fills the cluster now where `filled` is null. */
  link({ cluster, from, to, source, sourceAt }: ClusterWrite, filled: Uint32Array | null): void {
    const { node } = this;
    if (filled === null) {
      node.allocateActive(cluster, from, to, source, sourceAt);
      return;
    }
    const slot = node.active.reserve();
    copyWords(node.active.segment(slot), node.active.wordOffset(slot, 0), filled, 0, filled.length);
    node.linkActive(cluster, slot, from, to, source, sourceAt);
  }

  /** A running commit has to write again what the guest has written (block/mirror.c; dirty bits are set after a write). */
  wroteActive(sector: number, count: number): void {
    if (this.node.stage === 'failover') this.node.commitJob.markDirty(sector, count);
  }
}
