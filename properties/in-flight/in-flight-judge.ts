/**
 * Judges histories of requests that overlap: whether an order exists in which `step` explains all that was answered.
 *
 * A request is a set of pieces of one sector each, and each takes effect once, at an instant between submission and
 * answer; so does what a write brings along in each other sector of its clusters and units. A request that is answered ok
 * has all of its pieces done; one that fails has met a state that refuses it, and any of its pieces may be done. A call
 * takes effect at one instant, for all sectors. Sectors are therefore independent but for the order of calls against
 * everything else: of each order of calls that is possible (a hypothesis) every sector's candidates are kept apart, and
 * hypotheses become one again where nothing tells them apart any more.
 *
 * Assumed: no faults, so that what a call answers and does to a sector does not depend on what others hold; a commit reads
 * what it begins with at the stop, or where the system says so after what is in flight then. Each step of it may write any
 * unit that has been read, and read any that is dirty; the step that ends it writes all that is left, as settling does.
 * Where it has more units than it begins with, each may be read at either time. What overlays hold is not looked at.
 */
import type { Follow } from '../../model/deviations.ts';
import { asQemu } from '../../model/deviations.ts';
import type { ShownNode } from '../../impl/shown.ts';
import type { Operation } from '../../model/operations.ts';
import type { Outcome, Setup } from '../../model/vocabulary.ts';
import { throughQmp } from '../comparison/shown-by-model.ts';
import type { OperationName } from '../../model/operations.ts';
import { controlsOf, drainsNode } from './sectors/control-state.ts';
import type { Call, Control, Controls } from './sectors/control-state.ts';
import { Flight } from './flight.ts';
import type { Request } from './flight.ts';
import type { HistoryEvent, JudgedRules, RequestId } from './history.ts';
import { Hypotheses, noneCalled } from './hypothesis.ts';
import type { Hypothesis } from './hypothesis.ts';
import { hasMet, outcomeKey, possibleOutcomes, same } from './possible-outcomes.ts';
import { RequestAnswers } from './request-answers.ts';
import type { Miss } from './request-answers.ts';
import { SectorBoard } from './sector-board.ts';
import { BoundMet } from './sectors/candidate-set.ts';
import { shownMiss } from './shown-sectors.ts';

/** More orders of calls than that are not followed; the verdict says so. */
export const HYPOTHESES_MAX = 1024;
const CONDENSED_SIZE_MIN = 256;
/** Hypotheses live until they are told apart: whether they are one again is looked at after so many events. */
const CONDENSED_EVERY = 64;

const noRequests: readonly Request[] = [];

export interface Refutation {
  /** What differs, by one of the orders that were possible until then. */
  readonly misses: readonly Miss[];
  readonly request: Request | null;
}

function sectorsOf({ nodes }: Setup): number {
  return nodes.reduce((sum, { geometry }) => sum + geometry.lengthSectors, 0);
}

export class InFlightJudge {
  readonly #flight: Flight;
  readonly #hypotheses: Hypotheses;
  readonly #board: SectorBoard;
  readonly #answers: RequestAnswers;
  readonly #controls: Controls;
  readonly #drains: readonly OperationName[];
  readonly #isSwallowed: boolean;
  readonly #settles: JudgedRules['settles'];
  readonly #nodes: readonly number[];
  /** Ends of commits that requests in flight may wait for, by their ids. */
  readonly #settling = new Map<RequestId, readonly string[]>();
  #index = 0;
  #condensedSize = CONDENSED_SIZE_MIN;
  #condensedAt = 0;
  #misses: Miss[] = [];

  constructor(setup: Setup, rules: JudgedRules, follow: Follow = asQemu) {
    const controls = controlsOf(setup, follow, rules.looksUpFirst === true);
    this.#controls = controls;
    this.#drains = rules.drains;
    this.#isSwallowed = rules.control === 'qmp';
    this.#settles = rules.settles;
    this.#nodes = setup.nodes.map((_, node) => node);
    this.#flight = new Flight(setup);
    this.#hypotheses = new Hypotheses(controls.initial, sectorsOf(setup));
    this.#board = new SectorBoard(setup, controls, this.#flight, this.#hypotheses, rules);
    this.#answers = new RequestAnswers(this.#board, this.#flight, this.#hypotheses);
  }

  /** How many orders of calls are followed. */
  get hypotheses(): number {
    return this.#hypotheses.all.length;
  }

  /** Takes the next event of a sound history; null as long as there is an order. Throws a `BoundMet`. */
  take(event: HistoryEvent): Refutation | null {
    if (event.kind === 'submit') {
      this.#flight.submit(event.id, event.operation, this.#index++, false);
      this.#beginSettling(event.id, event.operation);
      return null;
    }
    if (event.kind === 'answer' && this.#settling.size > 0) this.#endSettling(event.id);
    const index = this.#index++;
    if (this.#misses.length > 0) this.#misses = [];
    this.#board.beginEvent(index);
    this.#answers.beginEvent();
    if (event.kind === 'show') return this.#show(event.nodes);
    const request = this.#flight.of(event.id);
    if (request === undefined) throw new Error(`request ${event.id} is not in flight`);
    for (const hypothesis of this.#hypotheses.takeAll()) this.#answer(hypothesis, request, event.outcome);
    this.#flight.land(request);
    this.#board.note(request, event.outcome, index);
    if (this.#hypotheses.all.length === 0) return { misses: this.#misses, request };
    this.#condense(request.isCall);
    return null;
  }

  /** What may wait for a commit may be the end of that commit as well, at any instant before its answer. */
  #beginSettling(id: RequestId, { op }: Operation): void {
    if (this.#settles?.includes(op) !== true || !this.#mayCommit()) return;
    const ids = this.#nodes.map((node) => `${id} ends the commit of node ${node}`);
    this.#settling.set(id, ids);
    for (const node of this.#nodes)
      this.#flight.submit(ids[node] ?? '', { op: 'commitSettle', node }, this.#index++, true);
  }

  #endSettling(id: RequestId): void {
    for (const each of this.#settling.get(id) ?? [])
      this.take({ kind: 'answer', id: each, outcome: { kind: 'ok' } });
    this.#settling.delete(id);
  }

  #mayCommit(): boolean {
    const stops = this.#flight.all.some(({ operation: { op } }) => op === 'stop' || op === 'setReplication');
    return (
      stops ||
      this.#hypotheses.all.some(({ control }) =>
        control.host.nodes.some(({ commitJob }) => commitJob !== null),
      )
    );
  }

  #show(nodes: readonly ShownNode[]): Refutation | null {
    const { all } = this.#hypotheses;
    this.#hypotheses.all = all.filter((hypothesis) => {
      const miss = shownMiss(this.#board, hypothesis, nodes);
      if (miss !== null) this.#misses.push(miss);
      return miss === null;
    });
    return this.#hypotheses.all.length === 0 ? { misses: this.#misses, request: null } : null;
  }

  /** Keeps what of a hypothesis agrees with the answer, with the calls in flight at any place before it. */
  #answer(hypothesis: Hypothesis, request: Request, outcome: Outcome): void {
    const open = request.isCall && hypothesis.called.has(request.slot) ? [] : this.#openCalls(hypothesis);
    const isAlone = this.#flight.size === 1 && open.length > 0 && !request.isOptional;
    if (isAlone && (hypothesis.tip?.index ?? -1) <= request.submittedAt) {
      // Nothing else is there, or was, to come before it or after it.
      this.#answerAlone(hypothesis, request, outcome);
      return;
    }
    if (open.length === 0 || this.#answers.isUnmoved(hypothesis, request, outcome))
      this.#settleAndKeep(hypothesis, request, outcome);
    else this.#answerBehindCalls(hypothesis, request, outcome, open);
  }

  #answerBehindCalls(
    hypothesis: Hypothesis,
    request: Request,
    outcome: Outcome,
    open: readonly Request[],
  ): void {
    const branches = open.flatMap((call) =>
      call.ways.map((way) => ({ call, way, hypothesis: this.#hypotheses.branch(hypothesis) })),
    );
    this.#settleAndKeep(hypothesis, request, outcome);
    for (const branch of branches) {
      if (this.#board.apply(branch.hypothesis, branch.call, branch.way))
        this.#answer(branch.hypothesis, request, outcome);
    }
  }

  #settleAndKeep(hypothesis: Hypothesis, request: Request, outcome: Outcome): void {
    const miss = request.isCall
      ? this.#settleCall(hypothesis, request, outcome)
      : this.#answers.settle(hypothesis, request, outcome);
    if (miss === null) this.#keep(hypothesis);
    else this.#misses.push(miss);
  }

  #answerAlone(before: Hypothesis, { operation, ways }: Request, outcome: Outcome): void {
    const isOnly = ways.length === 1;
    for (const way of ways) {
      const hypothesis = isOnly ? before : this.#hypotheses.branch(before);
      const possible = this.#board.applyAlone(hypothesis, way);
      const expected = this.#isSwallowed ? throughQmp(operation, possible) : possible;
      if (same(expected, outcome)) this.#keep(hypothesis);
      else this.#misses.push({ kind: 'outcome', possible: [expected] });
    }
  }

  #keep(hypothesis: Hypothesis): void {
    if (!this.#hypotheses.keep(hypothesis, HYPOTHESES_MAX))
      throw new BoundMet(`more than ${HYPOTHESES_MAX} orders of calls are possible`);
  }

  /** Calls that would change something now: when the others took effect makes no difference to anything but their answer. */
  #openCalls({ called, control }: Hypothesis): readonly Request[] {
    if (this.#flight.calls === 0) return noRequests;
    let open: Request[] | null = null;
    for (const request of this.#flight.all) {
      if (!request.isCall || called.has(request.slot) || this.#isIdle(control, request)) continue;
      open ??= [];
      open.push(request);
    }
    return open ?? noRequests;
  }

  #isIdle(control: Control, request: Request): boolean {
    return this.#callOf(control, request).isIdle && !this.#isDraining(request);
  }

  #callOf(control: Control, { operation, ways }: Request): Call {
    return this.#controls.call(control, operation, ways[0]?.key);
  }

  /** What waits for others says that they are done, whatever else it does. */
  #isDraining({ operation, submittedAt }: Request): boolean {
    if (!this.#drains.includes(operation.op)) return false;
    for (const { shape, submittedAt: before } of this.#flight.all) {
      const { data, node } = shape;
      const isEarlierWrite = before < submittedAt && data !== null && !data.isGuest && !data.isRead;
      if (isEarlierWrite && drainsNode(operation, node)) return true;
    }
    return false;
  }

  /** What a call may have been answered by states in which it changes nothing. */
  #idleOutcomes(hypothesis: Hypothesis, request: Request): Outcome[] {
    const outcomes: Outcome[] = [];
    hasMet(hypothesis, request, (control) => {
      const { outcome } = this.#callOf(control, request);
      if (this.#isIdle(control, request) && !outcomes.some((known) => same(known, outcome)))
        outcomes.push(outcome);
      return false;
    });
    return outcomes;
  }

  #settleCall(hypothesis: Hypothesis, request: Request, outcome: Outcome): Miss | null {
    const done = hypothesis.called.get(request.slot);
    if (done === undefined && request.isOptional) return null;
    const possible = (done === undefined ? this.#idleOutcomes(hypothesis, request) : [done]).map((each) =>
      this.#isSwallowed ? throughQmp(request.operation, each) : each,
    );
    if (done !== undefined) {
      const called = new Map(hypothesis.called);
      called.delete(request.slot);
      hypothesis.called = called.size === 0 ? noneCalled : called;
    }
    return possible.some((each) => same(each, outcome)) ? null : { kind: 'outcome', possible };
  }

  #condense(isCall: boolean): void {
    const { all } = this.#hypotheses;
    if (all.length === 1 && all[0]?.sectors === null) return;
    const isDue =
      isCall ||
      this.#index >= this.#condensedAt + CONDENSED_EVERY ||
      this.#hypotheses.size >= this.#condensedSize;
    if (isDue) this.#condenseNow();
  }

  #condenseNow(): void {
    this.#condensedAt = this.#index;
    this.#hypotheses.condense(
      (hypothesis) => this.#markOf(hypothesis),
      (hypothesis, place) => this.#board.upToDate(hypothesis, place),
    );
    this.#condensedSize = Math.max(CONDENSED_SIZE_MIN, 2 * this.#hypotheses.size);
  }

  /** What tells hypotheses apart beside sectors: the control state, calls done, and what later answers may ask for. */
  #markOf(hypothesis: Hypothesis): string {
    const { control, called } = hypothesis;
    let mark = `${control.id};${this.#board.markOf(hypothesis)}`;
    for (const request of this.#flight.all) {
      const done = called.get(request.slot);
      mark += `;${request.slot} ${done === undefined ? '' : outcomeKey(done)}:`;
      if (done !== undefined) continue;
      const possible = request.isCall
        ? this.#idleOutcomes(hypothesis, request)
        : possibleOutcomes(hypothesis, request);
      for (const outcome of possible) mark += `${outcomeKey(outcome)} `;
    }
    return mark;
  }
}
