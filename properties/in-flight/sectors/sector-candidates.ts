/**
 * What one sector may hold, by all that was answered so far. An order is only decided where an answer or a call needs it
 * (just-in-time linearization): until then a piece in flight is simply one that has not taken effect.
 */
import type { Outcome, Tag } from '../../../model/vocabulary.ts';
import type { Control } from './control-state.ts';
import { hasReadBy, withoutReadBy } from './candidate-reads.ts';
import { CandidateSet } from './candidate-set.ts';
import { BELOW, canHaveRead, effectOn, readNow, readUntilNow } from './sector-pieces.ts';
import type { Candidate, Piece, Place } from './sector-pieces.ts';
import { mayDirtyAgain, mayFill, valueOf } from './sector-effects.ts';

function accepts({ kind }: Outcome): boolean {
  return kind === 'ok' || kind === 'data';
}

/** After the piece has taken effect; null where it is refused. */
function after(place: Place, candidate: Candidate, piece: Piece): Candidate | null {
  return afterLast(place, candidate, piece, candidate.done | (1 << piece.slot));
}

/** With `done` as it is to be then: where the piece is answered in the same moment nothing of it is noted. */
function afterLast(place: Place, candidate: Candidate, piece: Piece, done: number): Candidate | null {
  const effect = effectOn(place.control, place.node, piece, candidate);
  if (!accepts(effect.outcome)) return null;
  if (!effect.changes) return done === candidate.done ? candidate : withRest(candidate, done, candidate.read);
  const { tag } = piece.data;
  return {
    active: valueOf(effect.active, candidate, tag),
    hidden: valueOf(effect.hidden, candidate, tag),
    secondary: valueOf(effect.secondary, candidate, tag) ?? 0,
    copied: effect.copied,
    dirty: effect.dirty,
    inFlight: valueOf(effect.inFlight, candidate, tag),
    done,
    read: readUntilNow(place, candidate),
  };
}

function isDone({ done }: Candidate, slot: number): boolean {
  return (done & (1 << slot)) !== 0;
}

/** All that can become of a candidate by pieces in flight; `goesOn` says where to look further. */
export function reachable(
  place: Place,
  from: readonly Candidate[],
  pieces: readonly Piece[],
  goesOn: (candidate: Candidate) => boolean,
): readonly Candidate[] {
  const found = new CandidateSet();
  const open = from.filter((candidate) => found.add(candidate));
  for (const candidate of open) {
    if (!goesOn(candidate)) continue;
    for (const piece of pieces) {
      if (piece.data.isRead) continue;
      const beside = doneBeside(place, piece, candidate);
      if (beside !== null && found.add(beside)) open.push(beside);
      if (isDone(candidate, piece.slot)) continue;
      const next = after(place, candidate, piece);
      if (next !== null && found.add(next)) open.push(next);
    }
  }
  return found.all;
}

/** What the request may do here as it writes its other sectors, once or again; null where it does nothing so. */
function doneBeside(place: Place, { data, relation }: Piece, candidate: Candidate): Candidate | null {
  const { control, node } = place;
  const { active, hidden, secondary } = candidate;
  if (active === null && mayFill(control, data, node, relation))
    return { ...candidate, active: hidden ?? secondary, read: readUntilNow(place, candidate) };
  return !candidate.dirty && mayDirtyAgain(control, data, node) ? { ...candidate, dirty: true } : null;
}

function actsBeside({ control, node }: Place, { data, relation }: Piece): boolean {
  return mayFill(control, data, node, relation) || mayDirtyAgain(control, data, node);
}

export const always = (): boolean => true;

const noPieces: readonly Piece[] = [];

/** Pieces whose order with this one matters now: while the backup job runs, guest and primary do not see each other. */
function rivals(place: Place, piece: Piece): readonly Piece[] {
  const { pieces } = place;
  if (pieces.length === 0 || (pieces.length === 1 && pieces[0]?.slot === piece.slot)) return noPieces;
  return rivalsAmong(place, piece);
}

function rivalsAmong({ control, node, pieces }: Place, { slot, data }: Piece): readonly Piece[] {
  const isIsolated = control.nodes[node]?.isIsolated === true;
  return pieces.filter(
    (other) =>
      other.slot !== slot && !other.data.isRead && (!isIsolated || other.data.isGuest === data.isGuest),
  );
}

/** The write is answered: its piece has taken effect, or where `mayFail` perhaps not. */
export function afterWrite(
  place: Place,
  candidates: readonly Candidate[],
  piece: Piece,
  mayFail: boolean,
): readonly Candidate[] {
  const others = rivals(place, piece);
  if (actsBeside(place, piece)) return afterWriteBeside(place, candidates, piece, mayFail, others);
  const only = candidates[0];
  if (candidates.length === 1 && only !== undefined && others.length <= 1 && !mayFail) {
    if (isDone(only, piece.slot)) return [without(only, piece.slot)];
    const first = afterLast(place, only, piece, only.done);
    const other = others[0];
    if (other !== undefined && actsBeside(place, other))
      return afterWriteAmong(place, candidates, piece, mayFail, others);
    if (other !== undefined) return besideOne(place, only, piece, first, other);
    return first === only ? candidates : first === null ? [] : [first];
  }
  return afterWriteAmong(place, candidates, piece, mayFail, others);
}

function afterWriteBeside(
  place: Place,
  candidates: readonly Candidate[],
  piece: Piece,
  mayFail: boolean,
  others: readonly Piece[],
): readonly Candidate[] {
  const found = new CandidateSet();
  for (const candidate of reachable(place, candidates, [...others, piece], always))
    if (mayFail || isDone(candidate, piece.slot)) found.add(without(candidate, piece.slot));
  return found.all;
}

function afterWriteAmong(
  place: Place,
  candidates: readonly Candidate[],
  piece: Piece,
  mayFail: boolean,
  others: readonly Piece[],
): readonly Candidate[] {
  const found = new CandidateSet();
  const waiting = candidates.filter((candidate) => !isDone(candidate, piece.slot));
  for (const candidate of candidates)
    if (mayFail || isDone(candidate, piece.slot)) found.add(without(candidate, piece.slot));
  for (const candidate of reachable(place, waiting, others, always)) {
    const next = after(place, candidate, piece);
    if (next !== null) found.add(without(next, piece.slot));
  }
  return found.all;
}

/** The most frequent of overlaps: another write may have come before it, or has not taken effect. */
function besideOne(
  place: Place,
  only: Candidate,
  piece: Piece,
  first: Candidate | null,
  other: Piece,
): readonly Candidate[] {
  const behind = isDone(only, other.slot) ? null : after(place, only, other);
  const second = behind === null ? null : afterLast(place, behind, piece, behind.done);
  if (first === null) return second === null ? [] : [second];
  return second === null ? [first] : [first, second];
}

/** The read is answered, with this tag for this sector. */
export function afterRead(
  place: Place,
  candidates: readonly Candidate[],
  piece: Piece,
  tag: Tag,
): readonly Candidate[] {
  const { control, node } = place;
  if (readsNow(control, node, candidates, piece, tag)) return candidates;
  const hasRead = (candidate: Candidate): boolean => canHaveRead(place, piece, candidate, tag);
  const found = new CandidateSet();
  const possible = reachable(place, candidates, rivals(place, piece), (candidate) => !hasRead(candidate));
  for (const candidate of possible) if (hasRead(candidate)) found.add(without(candidate, piece.slot));
  return found.all;
}

/** Whether the sector holds the tag for certain, and nothing else that was read of it is known. */
export function readsNow(
  control: Control,
  node: number,
  candidates: readonly Candidate[],
  piece: Piece,
  tag: Tag,
): boolean {
  const only = candidates[0];
  if (candidates.length !== 1 || only === undefined || only.read.length > 0) return false;
  return readNow(control, node, piece, only) === tag;
}

/** Whether by every candidate the read has returned this tag already, or does so now. */
export function haveRead(place: Place, candidates: readonly Candidate[], piece: Piece, tag: Tag): boolean {
  return candidates.every((candidate) => canHaveRead(place, piece, candidate, tag));
}

/** A request that does not reach the sector any more. */
export function forgotten(candidates: readonly Candidate[], slot: number): readonly Candidate[] {
  const isKnown = candidates.some((candidate) => without(candidate, slot) !== candidate);
  if (!isKnown) return candidates;
  const found = new CandidateSet();
  for (const candidate of candidates) found.add(without(candidate, slot));
  return found.all;
}

/** What the read may have returned for this sector. */
export function possibleReads(place: Place, candidates: readonly Candidate[], piece: Piece): readonly Tag[] {
  const tags = new Set<Tag>();
  for (const candidate of reachable(place, candidates, rivals(place, piece), always)) {
    const now = readNow(place.control, place.node, piece, candidate);
    if (now !== null) tags.add(now);
    for (let at = 0; at < candidate.read.length; at += 2)
      if (candidate.read[at] === piece.slot) tags.add(candidate.read[at + 1] ?? 0);
    if (tags.delete(BELOW)) tags.add(candidate.secondary);
  }
  return [...tags].toSorted((one, other) => one - other);
}

/** The request is no more in flight. */
function without(candidate: Candidate, slot: number): Candidate {
  const { done, read } = candidate;
  const hasRead = read.length > 0 && hasReadBy(read, slot);
  if (!hasRead && (done & (1 << slot)) === 0) return candidate;
  return withRest(candidate, done & ~(1 << slot), hasRead ? withoutReadBy(read, slot) : read);
}

/** Each field is written out: the engine copies such a literal many times faster than a spread. */
function withRest(candidate: Candidate, done: number, read: readonly number[]): Candidate {
  const { active, hidden, secondary, copied, dirty, inFlight } = candidate;
  return { active, hidden, secondary, copied, dirty, inFlight, done, read };
}
