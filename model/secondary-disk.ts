/** Writes that reach the secondary disk: copy-before-write above it (backup job), bad sectors below it. */
import { hasBadSector } from './bad-sector.ts';
import { roundOut, unitRange } from './geometry.ts';
import { eio, ok } from './outcome.ts';
import { saveToHidden } from './overlay.ts';
import { withDisks, withSecondary } from './state.ts';
import type { State, Step } from './state.ts';
import type { Extent, Range } from './vocabulary.ts';

/** Writes to the disk itself; a bad sector in the range fails the whole request, which then writes nothing. */
export function writeSecondary(state: State, extent: Extent): Step {
  if (hasBadSector(state, 'secondary', 'write', extent)) return { state, outcome: eio };
  const secondary = state.disks.secondary.slice();
  secondary.fill(extent.tag, extent.sector, extent.sector + extent.count);
  return { state: withSecondary(state, secondary), outcome: ok };
}

/**
 * Saves every unit that `range` touches, at most once in a checkpoint interval (MIRROR_SYNC_MODE_NONE,
 * replication.c:582-588); also the unit that an empty request stands within, whose ends are rounded like any other's.
 * Done before the request goes on, and kept if the request then fails.
 *
 * Consecutive units not yet copied are one copy, which fails as a whole where a sector of it cannot be read or written
 * (QEMU may cut it into more, see resolve.ts). All copies are tried; if one fails so does the request, and nothing else happens: the job lives, the status stays
 * (BLOCKDEV_ON_ERROR_REPORT concerns the job's own copying, of which sync mode none has none).
 */
export function copyBeforeWrite(state: State, range: Range): Step {
  if (!state.node.backupJob) return { state, outcome: ok };
  const runs = uncopiedRuns(state, range);
  if (runs.length === 0) return { state, outcome: ok };
  const { copyUnitSectors } = state.setup.geometry;
  const { active, secondary } = state.disks;
  let { hidden, copied } = state.disks;
  let outcome = ok;
  for (const run of runs) {
    if (hasBadSector(state, 'secondary', 'read', run) || hasBadSector(state, 'hidden', 'write', run)) {
      outcome = eio;
      continue;
    }
    hidden = saveToHidden(hidden, secondary, run);
    copied = marked(
      copied,
      run.sector / copyUnitSectors,
      Math.ceil((run.sector + run.count) / copyUnitSectors),
    );
  }
  return { state: withDisks(state, { active, hidden, secondary, copied }), outcome };
}

/** The maximal runs of consecutive uncopied units that `range` touches, in sectors. */
function uncopiedRuns({ disks, setup }: State, range: Range): Range[] {
  const { copyUnitSectors, lengthSectors } = setup.geometry;
  const units = roundOut(range, copyUnitSectors, lengthSectors);
  const runs: Range[] = [];
  for (let sector = units.sector; sector < units.sector + units.count; sector += copyUnitSectors) {
    const unit = sector / copyUnitSectors;
    if (disks.copied[unit] === true) continue;
    const { count } = unitRange(unit, copyUnitSectors, lengthSectors);
    const last = runs.at(-1);
    if (last === undefined || last.sector + last.count < sector) runs.push({ sector, count });
    else runs[runs.length - 1] = { sector: last.sector, count: last.count + count };
  }
  return runs;
}

function marked(units: readonly boolean[], first: number, end: number): readonly boolean[] {
  const changed = units.slice();
  changed.fill(true, first, end);
  return changed;
}
