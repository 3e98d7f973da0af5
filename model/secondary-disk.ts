/** Writes that reach the secondary disk: copy-before-write above it (backup job), bad sectors below it. */
import { contains, roundOut, unitRange } from './geometry.ts';
import { saveToHidden } from './overlay.ts';
import { withDisks, withSecondary } from './state.ts';
import type { Disks, State, Step } from './state.ts';
import { eio, ok } from './outcome.ts';
import type { Extent, Geometry, Range, Setup } from './vocabulary.ts';

/** Writes to the disk itself; a bad sector in the range fails the whole request, which then writes nothing. */
export function writeSecondary(state: State, extent: Extent): Step {
  if (hasBadSector(state.setup, extent)) return { state, outcome: eio };
  const secondary = state.disks.secondary.slice();
  secondary.fill(extent.tag, extent.sector, extent.sector + extent.count);
  return { state: withSecondary(state, secondary), outcome: ok };
}

export function hasBadSector(setup: Setup, range: Range): boolean {
  return setup.badSectors.some((bad) => contains(range, bad.sector));
}

/**
 * Saves every unit that `range` touches, at most once in a checkpoint interval (MIRROR_SYNC_MODE_NONE,
 * replication.c:582-588); also the unit that an empty request stands within, whose ends are rounded like any other's.
 * Done before the request goes on, and kept if the request then fails.
 */
export function copyBeforeWrite(state: State, range: Range): State {
  if (!state.node.backupJob) return state;
  return withDisks(state, copyUnits(state.disks, state.setup.geometry, range));
}

function copyUnits(disks: Disks, geometry: Geometry, range: Range): Disks {
  const { copyUnitSectors, lengthSectors } = geometry;
  const units = roundOut(range, copyUnitSectors, lengthSectors);
  let { hidden, copied } = disks;
  for (let sector = units.sector; sector < units.sector + units.count; sector += copyUnitSectors) {
    const unit = sector / copyUnitSectors;
    if (copied[unit]) continue;
    copied = copied.with(unit, true);
    hidden = saveToHidden(hidden, disks.secondary, unitRange(unit, copyUnitSectors, lengthSectors));
  }
  return { active: disks.active, hidden, secondary: disks.secondary, copied };
}
