/**
 * Active over hidden over secondary disk: reading through the chain, and the question which layer answers. Sectors
 * throughout; buffers are 32-bit words, and a place in one is counted in words.
 *
 *     active [2 . . .]  hidden [1 1 . .]  secondary [3 3 3 1]    a read returns 2 1 3 1
 */
import type { BadSector, Geometry, Layer, Outcome } from '../../../model/vocabulary.ts';
import { ownSliceSectors } from '../../own-slice.ts';
import { BadSectors } from './bad-sectors.ts';
import { EIO, OK } from './outcomes.ts';
import { Overlay } from '../memory/overlay.ts';
import { SparseDisk } from '../memory/sparse-disk.ts';

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

  /** Whether hidden over secondary disk can be read from `sector` to `end`; past the disk there is nothing to fail. */
  canReadBelowActive(sector: number, end: number): boolean {
    const { hidden } = this;
    const diskEnd = Math.min(end, this.lengthSectors);
    for (let from = sector, to; from < diskEnd; from = to) {
      const layer = hidden.isAllocated(from) ? 'hidden' : 'secondary';
      to = layer === 'hidden' ? hidden.allocatedEnd(from, diskEnd) : hidden.unallocatedEnd(from, diskEnd);
      if (this.fails(layer, 'read', from, to - from)) return false;
    }
    return true;
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

  answeredEnd(sector: number, end: number): number {
    return this.answeringRunEnd(this.answeringLayer(sector), sector, end);
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
