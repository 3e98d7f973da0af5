/**
 * The backup job with sync mode `none` between the secondary disk and hidden (replication.c:582-589): before the
 * secondary disk changes, each touched unit is copied to hidden, once in every checkpoint interval. Units of 2, a write of tag 3 to sectors 1 and 2, and then one of 4 to sector 0:
 *
 *     hidden [. .|. .|. .]  secondary [1 1|1 1|1 1]
 *     hidden [1 1|1 1|. .]  secondary [1 3|3 1|1 1]    both units are copied before the write
 *     hidden [1 1|1 1|. .]  secondary [4 3|3 1|1 1]    nothing is copied again
 */
import type { Geometry, Outcome } from '../../../model/vocabulary.ts';
import { ActiveWriteDisk } from './active-writes.ts';
import { EIO, OK } from './outcomes.ts';
import { SparseBitmap } from '../memory/sparse-bitmap.ts';

/** A copy takes at most this much, or one unit where a unit is larger (BLOCK_COPY_MAX_BUFFER, block/block-copy.c). */
const COPY_BYTES_MAX = 2 ** 20;

export class CopyBeforeWriteDisk extends ActiveWriteDisk {
  /** Whether the job runs: from a start until a stop. */
  backupJobRuns = false;
  /** Units copied in this checkpoint interval; hidden's own allocation does not decide this. */
  readonly copiedUnits: SparseBitmap;
  /** The units that one copy takes at most. */
  readonly copyUnitsMax: number;

  constructor(geometry: Geometry) {
    super(geometry);
    const { lengthSectors, copyUnitSectors, sectorBytes } = geometry;
    this.copiedUnits = new SparseBitmap(Math.ceil(lengthSectors / copyUnitSectors));
    this.copyUnitsMax = Math.max(1, Math.floor(COPY_BYTES_MAX / (copyUnitSectors * sectorBytes)));
  }

  /** Bytes of memory held by the layers and their tables, in use or kept for later. */
  get heldBytes(): number {
    return (
      this.active.heldBytes + this.hidden.heldBytes + this.secondary.heldBytes + this.copiedUnits.heldBytes
    );
  }

  /**
   * Makes the range safe to change, run by run of units not yet copied, and a long run piece by piece: 40 units of 64 KiB
   * as 16, 16 and 8. A piece that meets a bad sector is not copied at all; the others still are, but the request
   * must not go on. Copies nothing where no job runs.
   */
  copyBeforeWrite(sector: number, count: number): Outcome {
    if (!this.backupJobRuns) return OK;
    let outcome = OK;
    // Both ends are rounded to units: an empty request within a unit copies it, one on a boundary copies nothing.
    const end = Math.ceil((sector + count) / this.geometry.copyUnitSectors);
    for (let unit = this.copyUnitOf(sector); unit < end; unit++) {
      if (this.copiedUnits.has(unit)) continue;
      const pieceEnd = this.copyPieceEnd(unit, end);
      if (this.copyPiece(unit, pieceEnd) !== OK) outcome = EIO;
      unit = pieceEnd - 1;
    }
    return outcome;
  }

  /** Where the piece ends that begins with a unit not yet copied; where nothing fails, pieces of one unit come to the same. */
  copyPieceEnd(unit: number, end: number): number {
    return this.bad.isEmpty ? unit + 1 : this.uncopiedRunEnd(unit, Math.min(end, unit + this.copyUnitsMax));
  }

  /** The first unit in (unit, end) that is copied already, or `end`. */
  uncopiedRunEnd(unit: number, end: number): number {
    let next = unit + 1;
    while (next < end && !this.copiedUnits.has(next)) next++;
    return next;
  }

  /** Copies the units of [unit, end), or fails and copies none. */
  copyPiece(unit: number, end: number): Outcome {
    const first = unit * this.geometry.copyUnitSectors;
    const count = Math.min(end * this.geometry.copyUnitSectors, this.lengthSectors) - first;
    if (this.fails('secondary', 'read', first, count) || this.fails('hidden', 'write', first, count))
      return EIO;
    for (let each = unit; each < end; each++) {
      this.copyUnit(each);
      this.copiedUnits.add(each);
    }
    return OK;
  }

  copyUnitOf(sector: number): number {
    return Math.floor(sector / this.geometry.copyUnitSectors);
  }

  /** Copies one unit, clipped at the end of the disk; a unit is a whole number of hidden's clusters. */
  copyUnit(unit: number): void {
    const { copyUnitSectors } = this.geometry;
    const end = Math.min((unit + 1) * copyUnitSectors, this.lengthSectors);
    const last = this.hidden.clusterOf(end - 1);
    for (let cluster = this.hidden.clusterOf(unit * copyUnitSectors); cluster <= last; cluster++) {
      this.copyCluster(cluster);
    }
  }

  /** Copies one cluster straight into hidden's memory. */
  copyCluster(cluster: number): void {
    const { hidden } = this;
    const known = hidden.slotOf(cluster);
    const slot = known >= 0 ? known : hidden.reserve();
    const first = cluster * hidden.clusterSectors;
    const target = hidden.segment(slot);
    this.secondary.read(first, hidden.clusterEnd(cluster) - first, target, hidden.wordOffset(slot, 0));
    if (known < 0) hidden.publish(cluster, slot);
  }
}
