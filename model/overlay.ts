/** Copy-on-write layers: content and allocation of active over hidden over secondary (block.c, io.c, qcow2). */
import type { Disks } from './state.ts';
import type { Layer, OverlayContent, Range, Tag } from './vocabulary.ts';

/** What a read through the chain returns for every sector. */
export function chainView(disks: Disks): readonly Tag[] {
  const { active, hidden, secondary } = disks;
  return secondary.map((tag, sector) => active[sector] ?? hidden[sector] ?? tag);
}

export function chainTag({ active, hidden, secondary }: Disks, sector: number): Tag {
  return active[sector] ?? hidden[sector] ?? secondary[sector] ?? 0;
}

/** The layer that holds a sector, as `bdrv_is_allocated_above` finds it. */
export function answeringLayer(disks: Disks, sector: number): Layer {
  if (disks.active[sector] !== null) return 'active';
  if (disks.hidden[sector] !== null) return 'hidden';
  return 'secondary';
}

/** Saves the present content of `range`, which is whole clusters or reaches the end, from secondary to hidden. */
export function saveToHidden(
  hidden: OverlayContent,
  secondary: readonly Tag[],
  range: Range,
): OverlayContent {
  const saved = hidden.slice();
  for (let sector = range.sector; sector < range.sector + range.count; sector++) {
    saved[sector] = secondary[sector] ?? null;
  }
  return saved;
}
