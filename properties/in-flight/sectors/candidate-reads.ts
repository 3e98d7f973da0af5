/** What reads in flight may have read of one sector: slot and tag in turn, in order, so that equal sets are equal lists. */
import type { Tag } from '../../../model/vocabulary.ts';

type Reads = readonly number[];

export function includesAll(all: Reads, some: Reads): boolean {
  for (let place = 0; place < some.length; place += 2)
    if (!includesRead(all, some[place] ?? 0, some[place + 1] ?? 0)) return false;
  return true;
}

export function includesRead(read: Reads, slot: number, tag: Tag): boolean {
  for (let place = 0; place < read.length; place += 2)
    if (read[place] === slot && read[place + 1] === tag) return true;
  return false;
}

export function withRead(read: Reads, slot: number, tag: Tag): Reads {
  let place = 0;
  while (
    place < read.length &&
    ((read[place] ?? 0) < slot || (read[place] === slot && (read[place + 1] ?? 0) < tag))
  )
    place += 2;
  return read.toSpliced(place, 0, slot, tag);
}

export function hasReadBy(read: Reads, slot: number): boolean {
  for (let place = 0; place < read.length; place += 2) if (read[place] === slot) return true;
  return false;
}

export function withoutReadBy(read: Reads, slot: number): Reads {
  return read.filter((_, place) => read[place - (place % 2)] !== slot);
}
