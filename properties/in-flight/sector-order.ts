/** The sectors of all nodes in one row, and what they hold before the first event. */
import type { Setup, Tag } from '../../model/vocabulary.ts';
import type { SectorWays } from './hypothesis.ts';

export function sectorOrder({ nodes }: Setup) {
  const starts: number[] = [];
  const contents: Tag[] = [];
  for (const { geometry, initialContent } of nodes) {
    const start = contents.length;
    starts.push(start);
    for (let sector = 0; sector < geometry.lengthSectors; sector++) contents.push(0);
    for (const { sector, count, tag } of initialContent)
      contents.fill(tag, start + sector, start + sector + count);
  }
  const isOne = nodes.length === 1;
  const node = (place: number): number => (isOne ? 0 : starts.findLastIndex((start) => start <= place));
  return {
    place: (index: number, sector: number): number => (starts[index] ?? 0) + sector,
    node,
    sector: (place: number): number => place - (starts[node(place)] ?? 0),
    initial: (place: number): SectorWays => ({ length: 0, candidates: [holding(contents[place] ?? 0)] }),
  };
}

function holding(secondary: Tag) {
  return {
    active: null,
    hidden: null,
    secondary,
    copied: false,
    dirty: false,
    inFlight: null,
    done: 0,
    read: [],
  };
}
