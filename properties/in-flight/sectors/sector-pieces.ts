/** What requests in flight do at one sector, and what those that read may have read there. */
import type { Tag } from '../../../model/vocabulary.ts';
import { includesRead, withRead } from './candidate-reads.ts';
import type { Control } from './control-state.ts';
import type { DataShape } from './request-shape.ts';
import { patternOf, requestEffect, valueOf } from './sector-effects.ts';
import type { Effect, Sector } from './sector-effects.ts';

/** One way in which it may have come to this. */
export interface Candidate extends Sector {
  /** Writes in flight whose piece of this sector has taken effect, by the bits of their slots. */
  readonly done: number;
  /** What reads in flight may have read here, other than what is there now: slot and tag in turn. */
  readonly read: readonly number[];
}

/** A request in flight that reaches this sector, or, by `relation`, a unit that this sector is in. */
export interface Piece {
  readonly slot: number;
  readonly data: DataShape;
  readonly relation: number;
}

/** Where a sector is, and in which state of the rest. */
export interface Place {
  readonly control: Control;
  readonly node: number;
  readonly pieces: readonly Piece[];
}

export function effectOn(control: Control, node: number, { data, relation }: Piece, sector: Sector): Effect {
  return requestEffect(control, data, node, relation, patternOf(sector));
}

/** What a read in flight would return now; null where it would fail. */
export function readNow(control: Control, node: number, piece: Piece, sector: Sector): Tag | null {
  const { outcome, read } = effectOn(control, node, piece, sector);
  return outcome.kind === 'data' ? valueOf(read, sector, 0) : null;
}

/** With what each read in flight may have read until now. */
export function readUntilNow({ control, node, pieces }: Place, candidate: Candidate): readonly number[] {
  let { read } = candidate;
  for (const piece of pieces) {
    if (!piece.data.isRead) continue;
    const tag = readNow(control, node, piece, candidate);
    if (tag !== null && !includesRead(read, piece.slot, tag)) read = withRead(read, piece.slot, tag);
    if (mayReadBelow(control, node, piece)) read = withBelow(read, piece.slot, candidate);
  }
  return read;
}

/** A read that found the sector in no overlay, and may read the secondary disk at any later instant. */
export const BELOW = -1;

/**
 * QEMU looks up where a sector lies before it reads it. While the backup job runs that makes no difference, as a copy waits
 * for the guest's reads of the unit.
 */
function mayReadBelow({ nodes, host, looksUpFirst }: Control, node: number, { data }: Piece): boolean {
  return (
    looksUpFirst && data.isGuest && nodes[node]?.isIsolated !== true && host.nodes[node]?.committed !== true
  );
}

function withBelow(read: readonly number[], slot: number, candidate: Candidate): readonly number[] {
  const { active, hidden, secondary } = candidate;
  const isBelow = includesRead(read, slot, BELOW);
  if (!isBelow) return active === null && hidden === null ? withRead(read, slot, BELOW) : read;
  return includesRead(read, slot, secondary) ? read : withRead(read, slot, secondary);
}

/** Whether a read that is answered now may have read this. */
export function canHaveRead({ control, node }: Place, piece: Piece, candidate: Candidate, tag: Tag): boolean {
  const { read, secondary } = candidate;
  if (readNow(control, node, piece, candidate) === tag || includesRead(read, piece.slot, tag)) return true;
  return secondary === tag && includesRead(read, piece.slot, BELOW);
}
