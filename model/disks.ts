/** The layers, active over hidden over secondary (block.c, qcow2): what they hold, and what of it cannot be read. */
import type { Node } from './node.ts';
import type { BadSector, Layer, OverlayName, Range, Tag } from './vocabulary.ts';

export function endOf({ sector, count }: Range): number {
  return sector + count;
}

export function contains(range: Range, sector: number): boolean {
  return sector >= range.sector && sector < range.sector + range.count;
}

/** Neighbouring units as one range each, as long as it goes on with the next. */
export function joined(units: readonly Range[], goesOn: (run: Range, unit: Range) => boolean): Range[] {
  const runs: Range[] = [];
  for (const unit of units) {
    const last = runs.at(-1);
    if (last !== undefined && endOf(last) === unit.sector && goesOn(last, unit))
      runs[runs.length - 1] = { sector: last.sector, count: last.count + unit.count };
    else runs.push(unit);
  }
  return runs;
}

/** `value` so many times. */
export function repeated<Value>(value: Value, count: number): Value[] {
  const all: Value[] = [];
  for (let place = 0; place < count; place++) all.push(value);
  return all;
}

/** The same but for [from, end); the engine's own `fill` takes longer where that is short. */
export function filled<Value>(values: readonly Value[], from: number, end: number, value: Value): Value[] {
  const all = values.slice();
  for (let place = from; place < end; place++) all[place] = value;
  return all;
}

export function replaced(tags: readonly Tag[], { sector, count }: Range, content: readonly Tag[]): Tag[] {
  const all = tags.slice();
  for (let place = 0; place < count; place++) all[sector + place] = content[place] ?? 0;
  return all;
}

/**
 * The whole units that `range` touches, the last one clipped at the end of the disk. Units of 2, sectors 1 to 4:
 * `[. 1|1 1|1 .]`. An empty range touches the unit that it stands within, and none where it stands between two.
 */
export function unitsOf({ sector: first, count }: Range, unitSectors: number, lengthSectors: number): Range[] {
  const units: Range[] = [];
  for (let sector = first - (first % unitSectors); sector < first + count; sector += unitSectors)
    units.push({ sector, count: Math.min(unitSectors, lengthSectors - sector) });
  return units;
}

/** The layer that holds a sector, as `bdrv_is_allocated_above` finds it. */
export function layerOf({ active, hidden }: Node, sector: number): Layer {
  if (active[sector] !== null) return 'active';
  return hidden[sector] === null ? 'secondary' : 'hidden';
}

/** What a read through active over hidden over secondary returns. */
export function tagAt({ active, hidden, secondary }: Node, sector: number): Tag {
  return active[sector] ?? hidden[sector] ?? secondary[sector] ?? 0;
}

/** What `bs->file` holds in a range: the chain, or after a successful commit the secondary disk (replication.c:198-203). */
export function guestView(node: Node, { sector, count }: Range): Tag[] {
  const tags = count === 0 ? [] : node.secondary.slice(sector, sector + count);
  for (let place = 0; !node.committed && place < tags.length; place++) tags[place] = tagAt(node, sector + place);
  return tags;
}

export function isBad({ badSectors }: Node, disk: Layer, access: BadSector['access'], range: Range): boolean {
  return badSectors.some((bad) => bad.disk === disk && bad.access === access && contains(range, bad.sector));
}

/** Whether a read of `range` from `bs->file` meets a sector that the layer which holds it cannot read. */
export function isUnreadable(node: Node, range: Range): boolean {
  return node.badSectors.some(
    ({ disk, access, sector }) =>
      access === 'read' && contains(range, sector) && disk === (node.committed ? 'secondary' : layerOf(node, sector)),
  );
}

/**
 * Where an overlay's answer on the allocation of `sector` ends at the latest: with the L2 slice, which is as large as a
 * cluster and has 8 bytes for each (qcow2_get_host_offset). Toy sectors, smaller than QEMU's, are all in one.
 */
export function sliceEnd({ setup: { geometry } }: Node, disk: OverlayName, sector: number): number {
  const isActive = disk === 'active';
  const clusterSectors = isActive ? geometry.activeClusterSectors : geometry.hiddenClusterSectors;
  const clusters = geometry.sectorBytes < 512 ? Infinity : Math.floor((clusterSectors * geometry.sectorBytes) / 8);
  const given = isActive ? geometry.activeSliceSectors : geometry.hiddenSliceSectors;
  const slice = given ?? clusterSectors * clusters;
  return (Math.floor(sector / slice) + 1) * slice;
}

/** Where the next gap lies: what is before and behind it are no neighbours. */
export function gapAfter({ setup }: Node, sector: number): number {
  return setup.geometry.gaps?.find((gap) => gap.sector > sector)?.sector ?? Infinity;
}

/**
 * How far one answer on the allocation of `sector` goes (bdrv_is_allocated_above, bdrv_block_status_above): to where another
 * layer holds the sectors, or a gap is, and where an L2 slice of active ends, or of hidden if that was asked as well. Slices
 * of 4: `[a a a a|a a h h|h . . .]` is answered as 4, 2, 2, 1 and 3.
 */
export function answerEnd(node: Node, sector: number, end: number): number {
  const layer = layerOf(node, sector);
  const hiddenEnd = layer === 'active' ? Infinity : sliceEnd(node, 'hidden', sector);
  const last = Math.min(end, gapAfter(node, sector), sliceEnd(node, 'active', sector), hiddenEnd);
  let next = sector + 1;
  while (next < last && layerOf(node, next) === layer) next++;
  return next;
}
