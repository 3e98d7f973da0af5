/**
 * Writing to active: the first write of a cluster copies the rest of it from hidden and the secondary disk. Where nothing
 * is bad each cluster is written by itself; else in QEMU's order, on which it depends what a write that fails leaves behind
 * (block/qcow2.c, qcow2_co_pwritev_part; block/qcow2-cluster.c, perform_cow).
 */
import type { Outcome } from '../../../model/vocabulary.ts';
import { LayeredDisk } from './layered-disk.ts';
import { EIO, OK } from './outcomes.ts';

/** Head and tail of a run are read in one request if at most this much lies between them (perform_cow). */
const JOINED_READ_BYTES_MAX = 16_384;

/**
 * Neighbouring clusters that a request touches and active does not hold, up to the end of an L2 slice: active gets all of
 * them or none. In clusters of 4 sectors a write to sectors 1 to 5 has the head 0 and the tail 6, 7:
 *
 *     first=0 | from=1 ... to=6 | end=8
 */
export interface NewRun {
  readonly first: number;
  /** The part of the request in it. */
  readonly from: number;
  readonly to: number;
  /** Of its last cluster, even where the disk ends before. */
  readonly end: number;
}

export class ActiveWriteDisk extends LayeredDisk {
  /** Writes `source`, or zero bytes where it is null, to active. */
  writeActive(sector: number, count: number, source: Uint32Array | null, sourceAt: number): Outcome {
    if (this.bad.isEmpty) return this.writeClusters(sector, count, source, sourceAt);
    // A run that is the whole request is written together with its head and tail, which comes to the same.
    if (this.fails('active', 'write', sector, count)) return EIO;
    const runs = this.newRuns(sector, sector + count);
    this.writeHeldClusters(sector, sector + count, source, sourceAt);
    return this.finishNewRuns(runs, source, sourceAt - sector * this.wordsPerSector);
  }

  newRuns(sector: number, end: number): NewRun[] {
    const { active } = this;
    const runs: NewRun[] = [];
    for (let from = sector, to; from < end; from = to) {
      if (active.isAllocated(from)) {
        to = active.allocatedEnd(from, end);
        continue;
      }
      to = active.unallocatedEnd(from, Math.min(end, this.activeSliceEnd(from)));
      const first = active.clusterOf(from) * active.clusterSectors;
      runs.push({ first, from, to, end: (active.clusterOf(to - 1) + 1) * active.clusterSectors });
    }
    return runs;
  }

  /** Writes the part of the request that lies in clusters which active holds already. */
  writeHeldClusters(sector: number, end: number, source: Uint32Array | null, sourceAt: number): void {
    const { active } = this;
    for (let from = sector, to; from < end; from = to) {
      if (active.isAllocated(from)) {
        to = active.allocatedEnd(from, end);
        this.writeClusters(from, to - from, source, sourceAt + (from - sector) * this.wordsPerSector);
      } else {
        to = active.unallocatedEnd(from, end);
      }
    }
  }

  /**
   * From the last to the first; one that cannot be finished leaves itself and those before it unallocated. `originAt` is
   * where sector 0 would lie in `source`.
   */
  finishNewRuns(runs: readonly NewRun[], source: Uint32Array | null, originAt: number): Outcome {
    for (const run of runs.toReversed()) {
      if (!this.canFinish(run)) return EIO;
      const { from, to } = run;
      const outcome = this.writeClusters(from, to - from, source, originAt + from * this.wordsPerSector);
      if (outcome !== OK) return outcome;
    }
    return OK;
  }

  /** Whether head and tail can be read from below and written. */
  canFinish(run: NewRun): boolean {
    return this.canReadAround(run) && !this.fails('active', 'write', run.first, run.end - run.first);
  }

  /** A joined read reads what lies between head and tail, too, although it is replaced. */
  canReadAround(run: NewRun): boolean {
    const { first, from, to, end } = run;
    if (this.isReadJoined(run)) return this.canReadBelowActive(first, end);
    return this.canReadBelowActive(first, from) && this.canReadBelowActive(to, end);
  }

  isReadJoined({ first, from, to, end }: NewRun): boolean {
    return first < from && to < end && (to - from) * this.geometry.sectorBytes <= JOINED_READ_BYTES_MAX;
  }

  /** Writes cluster by cluster. */
  writeClusters(sector: number, count: number, source: Uint32Array | null, sourceAt: number): Outcome {
    const { active, wordsPerSector } = this;
    const end = sector + count;
    let from = sector;
    let at = sourceAt;
    while (from < end) {
      const cluster = active.clusterOf(from);
      const to = Math.min(end, active.clusterEnd(cluster));
      const slot = active.slotOf(cluster);
      if (slot >= 0) {
        active.writeInSlot(slot, from - cluster * active.clusterSectors, to - from, source, at);
      } else {
        const outcome = this.allocateActive(cluster, from, to, source, at);
        if (outcome !== OK) return outcome;
      }
      at += (to - from) * wordsPerSector;
      from = to;
    }
    return OK;
  }

  /** Allocates a cluster of active by writing [from, to) of it; allocates nothing if its other sectors cannot be read. */
  allocateActive(
    cluster: number,
    from: number,
    to: number,
    source: Uint32Array | null,
    sourceAt: number,
  ): Outcome {
    const { active } = this;
    const slot = active.reserve();
    const outcome = this.fillAround(cluster, slot, from, to);
    if (outcome === OK) this.linkActive(cluster, slot, from, to, source, sourceAt);
    return outcome;
  }

  /** Writes [from, to) of a cluster to a slot that holds the rest of it, and makes it the cluster's. */
  linkActive(
    cluster: number,
    slot: number,
    from: number,
    to: number,
    source: Uint32Array | null,
    sourceAt: number,
  ): void {
    const { active } = this;
    active.writeInSlot(slot, from - cluster * active.clusterSectors, to - from, source, sourceAt);
    active.publish(cluster, slot);
  }

  /** Copies the sectors of a cluster of active before `from` and from `to` on, from hidden and the secondary disk. */
  fillAround(cluster: number, slot: number, from: number, to: number): Outcome {
    const { active } = this;
    const first = cluster * active.clusterSectors;
    const end = active.clusterEnd(cluster);
    const words = active.segment(slot);
    if (first < from) {
      const outcome = this.readBelowActive(first, from - first, words, active.wordOffset(slot, 0));
      if (outcome !== OK) return outcome;
    }
    if (to === end) return OK;
    return this.readBelowActive(to, end - to, words, active.wordOffset(slot, to - first));
  }
}
