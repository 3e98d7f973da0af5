/**
 * Which renamings of a world's states lead from any run of it to another run of it: those under which its alphabet is
 * the same set. States that differ by such a renaming alone need to be looked at once.
 *
 * Content is only ever copied, never looked at, by model and system alike; so tags that are written by the same
 * operations can be exchanged: `[1 1|2 .]` and `[2 2|1 .]` are one state. Clusters can be exchanged where every unit is one cluster, nothing distinguishes one from
 * another, and no commit goes through them in order.
 */
import { mayFailOver } from '../../../impl/state-access.ts';
import type { Operation } from '../../../model/operations.ts';
import type { World } from '../worlds/world.ts';

/** Tags that can stand for each other: largest groups of tags that every operation with a tag knows alike. */
export function exchangeableTags({ alphabet }: World): readonly number[] {
  const writers = new Map<number, Set<string>>();
  for (const operation of alphabet) {
    if (!('tag' in operation)) continue;
    const { tag, ...rest } = operation;
    const known = writers.get(tag) ?? new Set();
    writers.set(tag, known.add(JSON.stringify(rest)));
  }
  // Write-zeroes writes tag 0 by another name.
  if (alphabet.some(({ op }) => op === 'guestWriteZeroes' || op === 'primaryWriteZeroes')) writers.delete(0);
  const groups = new Map<string, number[]>();
  for (const [tag, operations] of writers) {
    const key = [...operations].toSorted().join(' ');
    groups.set(key, [...(groups.get(key) ?? []), tag]);
  }
  const largest = [...groups.values()].toSorted((left, right) => right.length - left.length)[0] ?? [];
  return largest.length > 1 ? largest.toSorted((left, right) => left - right) : [];
}

/**
 * Permutations of the sectors that exchange whole clusters and keep the world as it is, the identity first; the identity
 * alone where there is no other. `permutation[sector]` is where a sector goes.
 */
export function sectorPermutations(world: World): readonly (readonly number[])[] {
  const [node, ...others] = world.setup.nodes;
  if (node === undefined) return [];
  const { lengthSectors, activeClusterSectors: size, ...units } = node.geometry;
  const identity = Array.from({ length: lengthSectors }, (_, sector) => sector);
  const isUniform =
    others.length === 0 &&
    units.hiddenClusterSectors === size &&
    units.copyUnitSectors === size &&
    units.commitUnitSectors === size &&
    lengthSectors % size === 0;
  // Bad sectors are kept as one number a disk, which is not renamed.
  const breaks = node.badSectors.length > 0 || world.alphabet.some(({ op }) => op === 'breakSector');
  if (!isUniform || mayFailOver(world.alphabet) || breaks) return [identity];
  const clusters = Array.from({ length: lengthSectors / size }, (_, cluster) => cluster);
  return permutations(clusters)
    .map((order) =>
      identity.map((sector) => (order[Math.floor(sector / size)] ?? 0) * size + (sector % size)),
    )
    .filter((moved) => keepsAlphabet(world.alphabet, moved));
}

/** All orders of the items, as they stand first. */
export function permutations(items: readonly number[]): number[][] {
  if (items.length === 0) return [[]];
  return items.flatMap((first) =>
    permutations(items.filter((item) => item !== first)).map((rest) => [first, ...rest]),
  );
}

function keepsAlphabet(alphabet: readonly Operation[], moved: readonly number[]): boolean {
  const known = new Set(alphabet.map((operation) => JSON.stringify(operation)));
  return alphabet.every((operation) => {
    if (!('count' in operation)) return true;
    // An empty range has a place, too: an empty write copies the unit that it stands within.
    const length = Math.max(operation.count, 1);
    const images = Array.from({ length }, (_, index) => moved[operation.sector + index] ?? -1);
    // What lies past the end goes nowhere, and the image of a range must be a range.
    if (images.includes(-1)) return true;
    const sector = Math.min(...images);
    return Math.max(...images) - sector === length - 1 && known.has(JSON.stringify({ ...operation, sector }));
  });
}
