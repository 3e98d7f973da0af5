/**
 * Active over hidden over secondary disk: reading through the chain, writing to active with copy-on-write, and the
 * question which layer answers. Sectors throughout; buffers are 32-bit words, and a place in one is counted in words.
 */
import type { BadSector, Geometry, Layer, Outcome } from '../../model/vocabulary.ts';
import { ownSliceSectors } from '../own-slice.ts';
import { BadSectors } from './bad-sectors.ts';
import { EIO, OK } from './outcomes.ts';
import { Overlay } from './overlay.ts';
import { SparseDisk } from './sparse-disk.ts';

const WORD_BYTES = 4;

export class LayeredDisk {
  readonly geometry: Geometry;
  readonly lengthSectors: number;
  readonly wordsPerSector: number;
  readonly active: Overlay;
  readonly hidden: Overlay;
  readonly secondary: SparseDisk;
  readonly bad = new BadSectors();
  readonly activeSliceSectors: number;
  readonly hiddenSliceSectors: number;

  constructor(geometry: Geometry) {
    this.geometry = geometry;
    this.lengthSectors = geometry.lengthSectors;
    this.wordsPerSector = geometry.sectorBytes / WORD_BYTES;
    this.active = new Overlay(this.lengthSectors, geometry.activeClusterSectors, this.wordsPerSector);
    this.hidden = new Overlay(this.lengthSectors, geometry.hiddenClusterSectors, this.wordsPerSector);
    this.secondary = new SparseDisk(this.lengthSectors, this.wordsPerSector);
    const { activeSliceSectors, hiddenSliceSectors } = geometry;
    this.activeSliceSectors = activeSliceSectors ?? ownSliceSectors(geometry, geometry.activeClusterSectors);
    this.hiddenSliceSectors = hiddenSliceSectors ?? ownSliceSectors(geometry, geometry.hiddenClusterSectors);
  }

  /** Active over hidden over secondary disk. */
  readActiveChain(sector: number, count: number, target: Uint32Array, targetAt: number): Outcome {
    const { active, wordsPerSector } = this;
    if (active.allocatedCount === 0) return this.readBelowActive(sector, count, target, targetAt);
    const end = sector + count;
    let at = targetAt;
    for (let from = sector; from < end;) {
      const cluster = active.clusterOf(from);
      const slot = active.slotOf(cluster);
      let to;
      if (slot >= 0) {
        to = Math.min(end, active.clusterEnd(cluster));
        if (this.fails('active', 'read', from, to - from)) return EIO;
        active.readInSlot(slot, from - cluster * active.clusterSectors, to - from, target, at);
      } else {
        to = active.unallocatedEnd(from, end);
        const outcome = this.readBelowActive(from, to - from, target, at);
        if (outcome !== OK) return outcome;
      }
      at += (to - from) * wordsPerSector;
      from = to;
    }
    return OK;
  }

  /** Hidden over secondary disk. */
  readBelowActive(sector: number, count: number, target: Uint32Array, targetAt: number): Outcome {
    const { hidden, wordsPerSector } = this;
    if (hidden.allocatedCount === 0) return this.readSecondary(sector, count, target, targetAt);
    const end = sector + count;
    let at = targetAt;
    for (let from = sector; from < end;) {
      const cluster = hidden.clusterOf(from);
      const slot = hidden.slotOf(cluster);
      let to;
      if (slot >= 0) {
        to = Math.min(end, hidden.clusterEnd(cluster));
        if (this.fails('hidden', 'read', from, to - from)) return EIO;
        hidden.readInSlot(slot, from - cluster * hidden.clusterSectors, to - from, target, at);
      } else {
        to = hidden.unallocatedEnd(from, end);
        const outcome = this.readSecondary(from, to - from, target, at);
        if (outcome !== OK) return outcome;
      }
      at += (to - from) * wordsPerSector;
      from = to;
    }
    return OK;
  }

  readSecondary(sector: number, count: number, target: Uint32Array, targetAt: number): Outcome {
    if (this.fails('secondary', 'read', sector, count)) return EIO;
    this.secondary.read(sector, count, target, targetAt);
    return OK;
  }

  /** Whether a request to one of the disks meets a bad sector of it. */
  fails(disk: Layer, access: BadSector['access'], sector: number, count: number): boolean {
    return !this.bad.isEmpty && this.bad.meet(disk, access, sector, count);
  }

  /** Writes `source`, or zero bytes where it is null, to the secondary disk; a request that meets a bad sector writes nothing. */
  writeSecondary(sector: number, count: number, source: Uint32Array | null, sourceAt: number): Outcome {
    if (this.fails('secondary', 'write', sector, count)) return EIO;
    this.secondary.store(sector, count, source, sourceAt);
    return OK;
  }

  /** Writes to active; the first write of a cluster copies from below what it does not overwrite of it. */
  writeActive(sector: number, count: number, source: Uint32Array | null, sourceAt: number): Outcome {
    const { active, wordsPerSector } = this;
    const end = sector + count;
    let from = sector;
    let at = sourceAt;
    while (from < end) {
      const cluster = active.clusterOf(from);
      const to = Math.min(end, active.clusterEnd(cluster));
      const slot = active.slotOf(cluster);
      if (slot >= 0) {
        if (this.fails('active', 'write', from, to - from)) return EIO;
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
    const first = cluster * active.clusterSectors;
    // Whatever the request is given of the cluster, all of it is written.
    if (this.fails('active', 'write', first, active.clusterEnd(cluster) - first)) return EIO;
    const slot = active.reserve();
    const outcome = this.fillAround(cluster, slot, from, to);
    if (outcome !== OK) return outcome;
    active.writeInSlot(slot, from - first, to - from, source, sourceAt);
    active.publish(cluster, slot);
    return OK;
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

  /** The topmost layer that holds a sector: `bdrv_is_allocated_above` down to the secondary disk. */
  answeringLayer(sector: number): Layer {
    if (this.active.isAllocated(sector)) return 'active';
    return this.hidden.isAllocated(sector) ? 'hidden' : 'secondary';
  }

  /**
   * Where the answer of `layer` for `sector` ends, at most at `end`: where another layer answers, or where a slice ends of
   * any overlay that was asked. What active holds it answers alone: with slices of 4 sectors in active and of 2 in
   * hidden the answers for sectors 0 to 7 end at 4 and 8 where active holds them, else at 2, 4, 6 and 8.
   */
  answeringRunEnd(layer: Layer, sector: number, end: number): number {
    const activeEnd = Math.min(end, this.activeSliceEnd(sector));
    if (layer === 'active') return this.active.allocatedEnd(sector, activeEnd);
    const unheldEnd = this.active.unallocatedEnd(sector, activeEnd);
    const hiddenEnd = Math.min(unheldEnd, this.hiddenSliceEnd(sector));
    return layer === 'hidden'
      ? this.hidden.allocatedEnd(sector, hiddenEnd)
      : this.hidden.unallocatedEnd(sector, hiddenEnd);
  }

  activeSliceEnd(sector: number): number {
    return sliceEnd(sector, this.activeSliceSectors);
  }

  hiddenSliceEnd(sector: number): number {
    return sliceEnd(sector, this.hiddenSliceSectors);
  }
}

function sliceEnd(sector: number, sliceSectors: number): number {
  return (Math.floor(sector / sliceSectors) + 1) * sliceSectors;
}
