/** Holds answers of requests against what sectors may hold under a hypothesis. */
import type { Outcome, Tag } from '../../model/vocabulary.ts';
import { wholeOutcome } from './sectors/control-state.ts';
import type { Control } from './sectors/control-state.ts';
import type { Flight, Request } from './flight.ts';
import type { Hypotheses, Hypothesis, SectorWays } from './hypothesis.ts';
import { hasMet, hasMetOne, mayAnswer, possibleOutcomes } from './possible-outcomes.ts';
import type { DataShape } from './sectors/request-shape.ts';
import type { SectorBoard } from './sector-board.ts';
import * as candidates from './sectors/sector-candidates.ts';
import type { Candidate, Piece, Place } from './sectors/sector-pieces.ts';
import { canChange, mayFill } from './sectors/sector-effects.ts';
import { sameActiveCluster, sameCopyUnit } from './sectors/sector-relation.ts';

/** Why a hypothesis does not explain what was seen. */
export type Miss =
  | { readonly kind: 'outcome'; readonly possible: readonly Outcome[] }
  | {
      readonly kind: 'sector';
      readonly node: number;
      readonly sector: number;
      readonly possible: readonly Tag[];
    }
  | { readonly kind: 'shown'; readonly node: number; readonly part: string };

type Settle = (place: Place, ways: readonly Candidate[], piece: Piece) => readonly Candidate[];
const noPieces: readonly Piece[] = [];

export class RequestAnswers {
  readonly #board: SectorBoard;
  readonly #flight: Flight;
  readonly #hypotheses: Hypotheses;
  /** What hypotheses that agree about a sector have in common, computed once: null where there is one only. */
  #shared: Map<SectorWays, { readonly control: number; readonly ways: SectorWays }> | null = null;

  constructor(board: SectorBoard, flight: Flight, hypotheses: Hypotheses) {
    this.#board = board;
    this.#flight = flight;
    this.#hypotheses = hypotheses;
  }

  beginEvent(): void {
    this.#shared = this.#hypotheses.all.length > 1 ? new Map() : null;
  }

  /** Whether the answer is explained and leaves all as it is: then calls may as well come later. */
  isUnmoved(hypothesis: Hypothesis, request: Request, outcome: Outcome): boolean {
    const { data, node } = request.shape;
    if (request.isCall) return false;
    const isData = outcome.kind === 'ok' || outcome.kind === 'data';
    if (data === null || (!isData && data.isRead)) return mayAnswer(hypothesis, request, outcome);
    const { control } = hypothesis;
    if (!data.isRead)
      return (
        outcome.kind === 'ok' &&
        wholeOutcome(control, request.shape).kind === 'ok' &&
        this.#isDropped(data, node) &&
        !canChange(control, data, node, 0)
      );
    if (outcome.kind !== 'data') return false;
    return outcome.tags.every((tag, at) => {
      const sector = data.sector + at;
      const ways = this.#board.upToDate(hypothesis, this.#board.placeOf(node, sector)).candidates;
      const piece = { slot: request.slot, data, relation: 0 };
      return candidates.haveRead({ control, node, pieces: [] }, ways, piece, tag);
    });
  }

  /** Whether a discard changes nothing, whatever calls come before it. */
  #isDropped({ op }: DataShape, node: number): boolean {
    if (op === 'guestDiscard') return true;
    return op === 'primaryDiscard' && !this.#flight.nodeSetup(node).defects.includes('secondaryUnmaps');
  }

  /** An answer of a request, under a hypothesis: null where it is explained. */
  settle(hypothesis: Hypothesis, request: Request, outcome: Outcome): Miss | null {
    const { data } = request.shape;
    const isFine = outcome.kind === (data?.isRead === true ? 'data' : 'ok');
    const asWhole = data === null || data.count === 0 || !isFine;
    if (asWhole && !mayAnswer(hypothesis, request, outcome))
      return { kind: 'outcome', possible: possibleOutcomes(hypothesis, request) };
    if (data === null) return null;
    if (data.isRead)
      return outcome.kind === 'data'
        ? this.#settleRead(hypothesis, request, data, outcome.tags)
        : this.#forget(hypothesis, request, data);
    const canBeDone = wasDoneUnseen(hypothesis, request, data);
    if (canBeDone && !mayChange(hypothesis, request, data)) return null;
    const range = this.#reachesNeighbours(hypothesis, request, data) ? data.touched : data;
    // What it brought along may have been emptied since.
    const isEmptied = (hypothesis.tip?.emptiedAt[request.shape.node] ?? -1) > request.submittedAt;
    const mayFail = !isFine || canBeDone;
    const settle: Settle = (place, ways, piece) =>
      candidates.afterWrite(place, ways, piece, mayFail || (isEmptied && piece.relation !== 0));
    for (let sector = range.sector; sector < range.sector + range.count; sector++) {
      const isLeft = this.#settleSector(hypothesis, request, data, sector, settle);
      if (!isLeft) return { kind: 'outcome', possible: possibleOutcomes(hypothesis, request) };
    }
    return null;
  }

  /** A read that has failed may have read anything. */
  #forget(hypothesis: Hypothesis, request: Request, data: DataShape): null {
    for (let sector = data.sector; sector < data.sector + data.count; sector++)
      this.#settleSector(hypothesis, request, data, sector, (_, ways) =>
        candidates.forgotten(ways, request.slot),
      );
    return null;
  }

  #settleRead(hypothesis: Hypothesis, request: Request, data: DataShape, tags: readonly Tag[]): Miss | null {
    const { node } = request.shape;
    if (tags.length !== data.count)
      return { kind: 'outcome', possible: possibleOutcomes(hypothesis, request) };
    const own = { slot: request.slot, data, relation: 0 };
    for (let at = 0; at < tags.length; at++) {
      const sector = data.sector + at;
      const tag = tags[at] ?? 0;
      const ways = this.#board.upToDate(hypothesis, this.#board.placeOf(node, sector)).candidates;
      if (candidates.readsNow(hypothesis.control, node, ways, own, tag)) continue;
      const possible = this.#settleReadOf(hypothesis, request, data, sector, tag);
      if (possible !== null) return { kind: 'sector', node, sector, possible };
    }
    return null;
  }

  /** Null where something is left, else what may have been read. */
  #settleReadOf(
    hypothesis: Hypothesis,
    request: Request,
    data: DataShape,
    sector: number,
    tag: Tag,
  ): readonly Tag[] | null {
    let possible: readonly Tag[] = [];
    const isLeft = this.#settleSector(hypothesis, request, data, sector, (place, ways, piece) => {
      const left = candidates.afterRead(place, ways, piece, tag);
      if (left.length === 0) possible = candidates.possibleReads(place, ways, piece);
      return left;
    });
    return isLeft ? null : possible;
  }

  /** Whether anything is left. */
  #settleSector(
    hypothesis: Hypothesis,
    { slot, shape: { node } }: Request,
    data: DataShape,
    sector: number,
    settle: Settle,
  ): boolean {
    const { control } = hypothesis;
    const at = this.#board.placeOf(node, sector);
    const before = this.#board.upToDate(hypothesis, at);
    const shared = this.#shared?.get(before);
    if (shared !== undefined && shared.control === control.id) {
      this.#hypotheses.set(hypothesis, at, shared.ways);
      return shared.ways.candidates.length > 0;
    }
    // By itself it needs no place among others.
    const isAlone = this.#flight.size === 1;
    const pieces = isAlone ? noPieces : this.#flight.piecesAt(control, node, sector);
    const piece = this.#flight.pieceOf(control, slot, node, data, sector);
    const left =
      piece === null
        ? candidates.forgotten(before.candidates, slot)
        : settle({ control, node, pieces }, before.candidates, piece);
    if (left === before.candidates) return true;
    const ways = { length: before.length, candidates: left };
    this.#hypotheses.set(hypothesis, at, ways);
    this.#shared?.set(before, { control: control.id, ways });
    return left.length > 0;
  }

  /** Whether it may have changed sectors beside its own, as nothing that is isolated does. */
  #reachesNeighbours(hypothesis: Hypothesis, request: Request, data: DataShape): boolean {
    const { node } = request.shape;
    if (data.touched.count === data.count) return false;
    if (reachesIn(hypothesis.control, node, data)) return true;
    return !hasMetOne(hypothesis, request) && hasMetSuch(hypothesis, request, data, reachesIn);
  }
}

function reachesIn(control: Control, node: number, data: DataShape): boolean {
  if (control.nodes[node]?.isIsolated === true) return false;
  return (
    canChange(control, data, node, 1) ||
    canChange(control, data, node, 2) ||
    canChange(control, data, node, 4) ||
    canChange(control, data, node, 5) ||
    mayFill(control, data, node, sameActiveCluster)
  );
}

/** Whether it has met a state in which it changes its own sectors. */
function mayChange(hypothesis: Hypothesis, request: Request, data: DataShape): boolean {
  const { node } = request.shape;
  return (
    canChange(hypothesis.control, data, node, 0) ||
    (!hasMetOne(hypothesis, request) && hasMetSuch(hypothesis, request, data, changesIn))
  );
}

type InControl = (control: Control, node: number, data: DataShape) => boolean;

/** By itself: a function with a closure pays for it at each call, also where it returns before. */
function hasMetSuch(hypothesis: Hypothesis, request: Request, data: DataShape, isSuch: InControl): boolean {
  return hasMet(hypothesis, request, (control) => isSuch(control, request.shape.node, data));
}

function changesIn(control: Control, node: number, data: DataShape): boolean {
  return canChange(control, data, node, 0);
}

/** Whether it has met a state in which it is answered ok and changes nothing, as a discard mostly does. */
function wasDoneUnseen(hypothesis: Hypothesis, request: Request, data: DataShape): boolean {
  if (isDoneIn(hypothesis.control, request, data)) return true;
  return !hasMetOne(hypothesis, request) && hasMetDone(hypothesis, request, data);
}

function hasMetDone(hypothesis: Hypothesis, request: Request, data: DataShape): boolean {
  return hasMet(hypothesis, request, (control) => isDoneIn(control, request, data));
}

function isDoneIn(control: Control, { shape }: Request, data: DataShape): boolean {
  const relation = data.count === 0 ? sameCopyUnit : 0;
  return !canChange(control, data, shape.node, relation) && wholeOutcome(control, shape).kind === 'ok';
}
