/** The sectors of all nodes under each hypothesis: what answers and calls do to their candidates. */
import type { Geometry, Outcome, Setup, Tag } from '../../model/vocabulary.ts';
import { boardMark } from './board-marks.ts';
import { drainsNode } from './sectors/control-state.ts';
import type { Call, CallWay, Controls } from './sectors/control-state.ts';
import type { Flight, Request } from './flight.ts';
import type { JudgedRules } from './history.ts';
import type { Hypotheses, Hypothesis, PathEntry, SectorWays } from './hypothesis.ts';
import { afterCall, afterCallAlone } from './sectors/sector-calls.ts';
import type { Calling, Neighbours } from './sectors/sector-calls.ts';
import type { Candidate, Piece, Place } from './sectors/sector-pieces.ts';
import { sectorOrder } from './sector-order.ts';
import { neighboursOf } from './sectors/unit-touches.ts';
import type { TouchesThen } from './sectors/unit-touches.ts';
import { WrittenUnits } from './written-units.ts';

const NEIGHBOUR_CODES = 32;
const noPieces: readonly Piece[] = [];
const noTouches: PathEntry['touches'] = [];

export class SectorBoard {
  readonly #controls: Controls;
  readonly #flight: Flight;
  readonly #hypotheses: Hypotheses;
  readonly #rules: JudgedRules;
  readonly #order: ReturnType<typeof sectorOrder>;
  readonly #written: WrittenUnits;
  readonly #geometries: readonly Geometry[];
  /** Hypotheses mostly agree about a sector, and what a call does to it then is computed once. */
  readonly #afterCalls = new WeakMap<
    readonly Candidate[],
    { readonly call: Call; readonly key: string | number; readonly left: readonly Candidate[] }[]
  >();
  /** Of the nodes: whether a commit has more units than it begins with. */
  readonly #mayWait: readonly boolean[];
  #index = 0;

  constructor(setup: Setup, controls: Controls, flight: Flight, hypotheses: Hypotheses, rules: JudgedRules) {
    this.#controls = controls;
    this.#flight = flight;
    this.#hypotheses = hypotheses;
    this.#rules = rules;
    this.#order = sectorOrder(setup);
    this.#geometries = setup.nodes.map(({ geometry }) => geometry);
    this.#mayWait = setup.nodes.map(
      ({ geometry: { lengthSectors, commitUnitSectors }, commitRequestsMax }) =>
        Math.ceil(lengthSectors / commitUnitSectors) > commitRequestsMax,
    );
    this.#written = new WrittenUnits(setup.nodes.length, flight);
  }

  beginEvent(index: number): void {
    this.#index = index;
    this.#written.beginEvent();
  }

  /** What a sector may hold now. */
  upToDate(hypothesis: Hypothesis, place: number): SectorWays {
    const known = this.#hypotheses.get(hypothesis, place) ?? this.#order.initial(place);
    const { tip } = hypothesis;
    if (tip === null || known.length === tip.length) return known;
    if (known.length === tip.length - 1) {
      const left = this.#called(hypothesis, tip, place, known.candidates, noPieces);
      const ways = { length: tip.length, candidates: left };
      this.#hypotheses.set(hypothesis, place, ways);
      return ways;
    }
    const missed: PathEntry[] = [];
    for (
      let entry: PathEntry | null = tip;
      entry !== null && entry.length > known.length;
      entry = entry.before
    )
      missed.push(entry);
    let ways = known.candidates;
    for (const entry of missed.toReversed()) ways = this.#called(hypothesis, entry, place, ways, noPieces);
    const current = { length: tip.length, candidates: ways };
    this.#hypotheses.set(hypothesis, place, current);
    return current;
  }

  lengthOf(node: number): number {
    return this.#geometries[node]?.lengthSectors ?? 0;
  }

  /** Keeps the candidates that hold this; null where there are some, else what the others hold. */
  keepWhere(
    hypothesis: Hypothesis,
    node: number,
    sector: number,
    held: (candidate: Candidate) => Tag,
    tag: Tag,
  ): readonly Tag[] | null {
    const place = this.placeOf(node, sector);
    const { length, candidates: all } = this.upToDate(hypothesis, place);
    const [only] = all;
    if (only !== undefined && all.length === 1) return held(only) === tag ? null : [held(only)];
    const left = all.filter((candidate) => held(candidate) === tag);
    if (left.length === 0) return [...new Set(all.map(held))];
    if (left.length < all.length) this.#hypotheses.set(hypothesis, place, { length, candidates: left });
    return null;
  }

  /** What a sector holds for certain; null where there are several ways. */
  onlyCandidate(hypothesis: Hypothesis, node: number, sector: number): Candidate | null {
    const { candidates } = this.upToDate(hypothesis, this.placeOf(node, sector));
    return candidates.length === 1 ? (candidates[0] ?? null) : null;
  }

  /** Whether each candidate is such. */
  holdsEverywhere(
    hypothesis: Hypothesis,
    node: number,
    sector: number,
    isSuch: (candidate: Candidate) => boolean,
  ): boolean {
    return this.upToDate(hypothesis, this.placeOf(node, sector)).candidates.every(isSuch);
  }

  /** The place of a sector among those of all nodes. */
  placeOf(node: number, sector: number): number {
    return this.#order.place(node, sector);
  }

  /** A call takes effect where nothing else is in flight; what it answers. */
  applyAlone(hypothesis: Hypothesis, way: CallWay): Outcome {
    const entry = this.#entryOf(hypothesis, way);
    hypothesis.tip = entry;
    hypothesis.control = entry.call.next;
    return entry.call.outcome;
  }

  /** A call takes effect now; false where that leaves nothing. */
  apply(hypothesis: Hypothesis, request: Request, way: CallWay): boolean {
    const entry = this.#entryOf(hypothesis, way);
    const { before } = entry.call;
    const places = new Set<number>();
    if (this.#flight.calls < this.#flight.size)
      for (const { shape } of this.#flight.all) {
        const { data, node } = shape;
        if (data === null) continue;
        const range = before.nodes[node]?.isIsolated === true ? data : data.touched;
        for (let sector = range.sector; sector < range.sector + range.count; sector++)
          places.add(this.placeOf(node, sector));
      }
    // A step of a commit waits for what has begun, and not for all that was submitted before it.
    const drainsBefore = way.operation.op === request.operation.op ? request.submittedAt : 0;
    for (const place of places) {
      const ways = this.upToDate(hypothesis, place).candidates;
      const pieces = this.#flight.piecesAt(before, this.#order.node(place), this.#order.sector(place));
      if (pieces.length === 0) continue;
      const left = this.#called(hypothesis, entry, place, ways, pieces, drainsBefore);
      if (left.length === 0) return false;
      this.#hypotheses.set(hypothesis, place, { length: entry.length, candidates: left });
    }
    hypothesis.tip = entry;
    hypothesis.control = entry.call.next;
    hypothesis.called = new Map(hypothesis.called).set(request.slot, entry.call.outcome);
    return true;
  }

  #entryOf({ control, tip }: Hypothesis, { operation, key }: CallWay): PathEntry {
    const call = this.#controls.call(control, operation, key);
    const emptiedBefore = tip?.emptiedAt ?? control.nodes.map(() => -1);
    const { asks, asksAny } = call;
    return {
      call,
      index: this.#index,
      before: tip,
      length: (tip?.length ?? 0) + 1,
      emptiedBefore,
      emptiedAt: call.empties.includes(true)
        ? emptiedBefore.map((at, node) => (call.empties[node] === true ? this.#index : at))
        : emptiedBefore,
      touches: asksAny
        ? asks.map((isAsked, node) => (isAsked ? this.#written.now(control, node) : null))
        : noTouches,
    };
  }

  #called(
    { sectors }: Hypothesis,
    entry: PathEntry,
    at: number,
    ways: readonly Candidate[],
    pieces: readonly Piece[],
    submittedAt = 0,
  ): readonly Candidate[] {
    const { call, emptiedBefore, touches } = entry;
    const node = this.#order.node(at);
    const then = touches[node] ?? null;
    const neighbours = then === null ? null : this.#neighboursOf(then, at, emptiedBefore[node] ?? -1);
    const only = ways[0];
    const isStep = call.operation.op === 'commitAdvance';
    if (isStep && pieces.length === 0 && (call.operation.node ?? 0) !== node) return ways;
    const isFree = !isStep && pieces.length === 0 && (neighbours === null || neighbours.code === 0);
    if (only !== undefined && ways.length === 1 && isFree) {
      const next = afterCallAlone(call, this.#controls, node, only);
      const begins = next.inFlight !== null && only.inFlight === null;
      if (!begins || this.#mayWait[node] !== true) return next === only ? ways : [next];
    }
    const calling = this.#callingOf(call, node, pieces, neighbours, submittedAt);
    const here = { control: call.before, node, pieces };
    // Of one order alone nothing is asked twice.
    return sectors === null ? afterCall(here, ways, calling) : this.#calledOnce(here, ways, calling);
  }

  #callingOf(
    call: Call,
    node: number,
    pieces: readonly Piece[],
    neighbours: Neighbours | null,
    submittedAt: number,
  ): Calling {
    return {
      call,
      controls: this.#controls,
      neighbours,
      drained: this.#drained(call, node, pieces, submittedAt),
      readsLate: this.#rules.readsLate === true,
      mayWait: this.#mayWait[node] === true,
    };
  }

  #calledOnce(here: Place, ways: readonly Candidate[], calling: Calling): readonly Candidate[] {
    const { node, pieces } = here;
    const { call, neighbours, drained } = calling;
    const code = neighbours?.code ?? 0;
    const key =
      pieces.length === 0
        ? node * NEIGHBOUR_CODES + code
        : `${node} ${pieces.map(({ slot, relation }) => slot * 8 + relation).join()} ${code} ${drained}`;
    const known = this.#afterCalls.get(ways)?.find((each) => each.call === call && each.key === key);
    if (known !== undefined) return known.left;
    const left = afterCall(here, ways, calling);
    const all = this.#afterCalls.get(ways) ?? [];
    this.#afterCalls.set(ways, all);
    all.push({ call, key, left });
    return left;
  }

  #neighboursOf(then: TouchesThen, at: number, emptiedAt: number): Neighbours {
    const { geometry } = this.#flight.nodeSetup(this.#order.node(at));
    return neighboursOf(then, this.#order.sector(at), emptiedAt, geometry);
  }

  /** A stop drains where it ends a backup job: one that finds none waits for nothing. */
  #drained(call: Call, node: number, pieces: readonly Piece[], submittedAt: number): number {
    const { op } = call.operation;
    if (pieces.length === 0) return 0;
    const isIdleStop = (op === 'stop' || op === 'setReplication') && call.ends[node] !== true;
    if (isIdleStop || !this.#rules.drains.includes(op) || !drainsNode(call.operation, node)) return 0;
    let drained = 0;
    for (const { slot, data, relation } of pieces) {
      const isEarlier = (this.#flight.inSlot(slot)?.submittedAt ?? Infinity) < submittedAt;
      if (isEarlier && relation === 0 && !data.isGuest && !data.isRead) drained |= 1 << slot;
    }
    return drained;
  }

  /** A request is answered. */
  note(request: Request, outcome: Outcome, index: number): void {
    this.#written.note(this.#hypotheses.all, request, outcome, index);
  }

  /** What later calls depend on beside sectors. */
  markOf(hypothesis: Hypothesis): string {
    return boardMark(hypothesis, this.#flight, this.#written.ofNodes, this.#geometries);
  }
}
