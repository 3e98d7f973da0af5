/**
 * The backup job with sync mode `none` between the secondary disk and hidden (replication.c:582-589): before the
 * secondary disk changes, each touched unit is copied to hidden, once in every checkpoint interval.
 */
import type { Geometry, Outcome } from '../../model/vocabulary.ts';
import { LayeredDisk } from './layered-disk.ts';
import { OK } from './outcomes.ts';
import { SparseBitmap } from './sparse-bitmap.ts';

export class CopyBeforeWriteDisk extends LayeredDisk {
  /** Whether the job runs: from a start until a stop. */
  backupJobRuns = false;
  /** Units copied in this checkpoint interval; hidden's own allocation does not decide this. */
  readonly copiedUnits: SparseBitmap;

  constructor(geometry: Geometry) {
    super(geometry);
    this.copiedUnits = new SparseBitmap(Math.ceil(geometry.lengthSectors / geometry.copyUnitSectors));
  }

  /** Bytes of memory held by the layers and their tables, in use or kept for later. */
  get heldBytes(): number {
    return (
      this.active.heldBytes + this.hidden.heldBytes + this.secondary.heldBytes + this.copiedUnits.heldBytes
    );
  }

  /** Makes the range safe to change. Copies nothing where no job runs. */
  copyBeforeWrite(sector: number, count: number): Outcome {
    if (!this.backupJobRuns) return OK;
    // Both ends are rounded to units: an empty request within a unit copies it, one on a boundary copies nothing.
    const last = Math.ceil((sector + count) / this.geometry.copyUnitSectors) - 1;
    for (let unit = this.copyUnitOf(sector); unit <= last; unit++) {
      if (this.copiedUnits.has(unit)) continue;
      const outcome = this.copyUnit(unit);
      if (outcome !== OK) return outcome;
      this.copiedUnits.add(unit);
    }
    return OK;
  }

  copyUnitOf(sector: number): number {
    return Math.floor(sector / this.geometry.copyUnitSectors);
  }

  /** Copies one unit, clipped at the end of the disk; a unit is a whole number of hidden's clusters. */
  copyUnit(unit: number): Outcome {
    const { copyUnitSectors } = this.geometry;
    const end = Math.min((unit + 1) * copyUnitSectors, this.lengthSectors);
    const last = this.hidden.clusterOf(end - 1);
    for (let cluster = this.hidden.clusterOf(unit * copyUnitSectors); cluster <= last; cluster++) {
      const outcome = this.copyCluster(cluster);
      if (outcome !== OK) return outcome;
    }
    return OK;
  }

  /** Copies one cluster straight into hidden's memory; one that cannot be read stays as it was. */
  copyCluster(cluster: number): Outcome {
    const { hidden } = this;
    const known = hidden.slotOf(cluster);
    const slot = known >= 0 ? known : hidden.reserve();
    const first = cluster * hidden.clusterSectors;
    const outcome = this.readSecondary(
      first,
      hidden.clusterEnd(cluster) - first,
      hidden.segment(slot),
      hidden.wordOffset(slot, 0),
    );
    if (outcome === OK && known < 0) hidden.publish(cluster, slot);
    return outcome;
  }
}
