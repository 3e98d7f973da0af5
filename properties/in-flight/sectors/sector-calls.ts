/** What a call does to what one sector may hold. */
import type { Call, Controls } from './control-state.ts';
import { CandidateSet } from './candidate-set.ts';
import { always, reachable } from './sector-candidates.ts';
import { readUntilNow } from './sector-pieces.ts';
import type { Candidate, Place } from './sector-pieces.ts';
import { applied, callEffect, patternOf, requestEffect, valueOf } from './sector-effects.ts';
import type { Effect, Sector } from './sector-effects.ts';
import { sameActiveCluster, sameCopyUnit } from './sector-relation.ts';

/** What writes outside of this sector may have done to its units before a call ends the isolation. */
export interface Neighbours {
  /** 0 where all is known, and there is nothing. */
  readonly code: number;
  readonly active: Allocation;
  readonly hidden: Allocation;
  /** Anything in the commit unit. */
  readonly unit: Allocation;
}
const allocations = ['no', 'maybe', 'surely'] as const;
export type Allocation = (typeof allocations)[number];

/** Each is one value, with a number of its own. */
const knownNeighbours: readonly Neighbours[] = allocations.flatMap((unit, third) =>
  allocations.flatMap((hidden, second) =>
    allocations.map((active, first) => ({ code: first + 3 * second + 9 * third, active, hidden, unit })),
  ),
);

/** By the places of what is known of each part in `allocations`. */
export function neighboursOfCodes(active: number, hidden: number, unit: number): Neighbours {
  const known = knownNeighbours[active + 3 * hidden + 9 * unit];
  if (known === undefined) throw new RangeError('there is no such allocation');
  return known;
}

export interface Calling {
  readonly call: Call;
  readonly controls: Controls;
  /** Of which no more than this sector's own pieces is known yet; null where all is. */
  readonly neighbours: Neighbours | null;
  /** Writes that have taken effect before the call, by the bits of their slots. */
  readonly drained: number;
  /** The commit has more units than it begins with: this one may be begun with, or not. */
  readonly mayWait: boolean;
  /** A commit that begins may read after what is in flight. */
  readonly readsLate: boolean;
}

/** A call takes effect: each piece in flight comes before it or after it. */
export function afterCall(
  place: Place,
  candidates: readonly Candidate[],
  calling: Calling,
): readonly Candidate[] {
  const { call, controls, drained, mayWait, readsLate, neighbours } = calling;
  const hasPieces = place.pieces.length > 0;
  const before = hasPieces ? reachable(place, candidates, place.pieces, always) : candidates;
  const found = new CandidateSet();
  for (const candidate of before) {
    if ((candidate.done & drained) !== drained) continue;
    const read = hasPieces ? readUntilNow(place, candidate) : candidate.read;
    if (call.operation.op === 'commitAdvance') {
      const isOfNode = (call.operation.node ?? 0) === place.node;
      for (const next of isOfNode ? advanced(candidate) : [candidate]) found.add({ ...next, read });
      continue;
    }
    for (const [sector, isNextAllocated] of filled(place, candidate, neighbours)) {
      const effect = callEffect(call, controls, place.node, patternOf(sector), isNextAllocated);
      const next = behind(call, effect, place.node, sector, candidate.done, read);
      found.add(next);
      if (readsLate && hasPieces && next.inFlight !== null && sector.inFlight === null)
        for (const late of readAfter({ ...place, control: call.next }, next)) found.add(late);
      if (mayWait && next.inFlight !== null && sector.inFlight === null)
        found.add({ ...next, inFlight: null, dirty: true });
    }
  }
  return found.all;
}

/** The same of one candidate where nothing is in flight and nothing is to be chosen. */
export function afterCallAlone(
  call: Call,
  controls: Controls,
  node: number,
  candidate: Candidate,
): Candidate {
  const { active, hidden, copied, done, read } = candidate;
  const effect = callEffect(call, controls, node, patternOf(candidate), false);
  const hasOverlay = active !== null || hidden !== null || copied;
  const isSame = !effect.changes && !(hasOverlay && call.next.nodes[node]?.overlaysUnseen === true);
  return isSame ? candidate : behind(call, effect, node, candidate, done, read);
}

function behind(
  call: Call,
  effect: Effect,
  node: number,
  sector: Sector,
  done: number,
  read: readonly number[],
): Candidate {
  const isUnseen = call.next.nodes[node]?.overlaysUnseen === true;
  return {
    active: isUnseen ? null : valueOf(effect.active, sector, 0),
    hidden: isUnseen ? null : valueOf(effect.hidden, sector, 0),
    secondary: valueOf(effect.secondary, sector, 0) ?? 0,
    copied: isUnseen ? false : effect.copied,
    dirty: effect.dirty,
    inFlight: valueOf(effect.inFlight, sector, 0),
    done,
    read,
  };
}

/**
 * What a step of a commit may have done to a sector: which unit it writes and reads next depends on all of them, and is
 * left open, so that sectors stay independent of each other.
 */
function advanced(candidate: Candidate): readonly Candidate[] {
  const { inFlight } = candidate;
  const written = inFlight === null ? [] : [{ ...candidate, secondary: inFlight, inFlight: null }];
  const all = [candidate, ...written];
  return [...all, ...all.flatMap((each) => (each.dirty && each.inFlight === null ? [readNext(each)] : []))];
}

function readNext(candidate: Candidate): Candidate {
  const { active, hidden, secondary } = candidate;
  return { ...candidate, inFlight: active ?? hidden ?? secondary, dirty: false };
}

/** The commit has begun, and reads after some of what is in flight: the stop of QEMU is not one instant for a disk. */
function readAfter(place: Place, begun: Candidate): readonly Candidate[] {
  const unread = { ...begun, inFlight: null, dirty: true };
  return reachable(place, [unread], place.pieces, always).map(readNext);
}

const guestNeighbour = { op: 'guestWriteZeroes', code: 2, count: 1 } as const;
const primaryNeighbour = { op: 'primaryWriteZeroes', code: 6, count: 1 } as const;

/** The sector with what neighbours have had allocated, and whether the unit then holds anything else. */
function filled(
  { control, node }: Place,
  sector: Sector,
  neighbours: Neighbours | null,
): readonly (readonly [sector: Sector, isNextAllocated: boolean])[] {
  if (neighbours === null) return [[sector, false]];
  const { active, hidden, unit } = neighbours;
  const copy = (from: Sector): Sector =>
    applied(requestEffect(control, primaryNeighbour, node, sameCopyUnit, patternOf(from)), from, 0);
  const fill = (from: Sector): Sector =>
    applied(requestEffect(control, guestNeighbour, node, sameActiveCluster, patternOf(from)), from, 0);
  const ways = either([sector], hidden, copy);
  return either(ways, active, fill).flatMap((way): (readonly [Sector, boolean])[] => {
    if (unit === 'maybe')
      return [
        [way, false],
        [way, true],
      ];
    return [[way, unit === 'surely']];
  });
}

function either(
  ways: readonly Sector[],
  allocation: Allocation,
  change: (way: Sector) => Sector,
): readonly Sector[] {
  if (allocation === 'no') return ways;
  const changed = ways.map(change);
  return allocation === 'surely' ? changed : [...ways, ...changed];
}
