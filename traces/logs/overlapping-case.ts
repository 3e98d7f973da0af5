/** A case of a log in which requests overlap: held against the judge of such histories, event by event. */
import type { ShownNode } from '../../impl/shown.ts';
import type { Operation } from '../../model/operations.ts';
import type { Outcome, Setup } from '../../model/vocabulary.ts';
import { describeOutcome } from '../../properties/comparison/comparison.ts';
import { wayOf } from '../../properties/cases/comparison-mode.ts';
import type { ComparisonMode } from '../../properties/cases/comparison-mode.ts';
import { anyOverlap, HistoryCheck, overlapProblem } from '../../properties/in-flight/history.ts';
import type { HistoryEvent, RequestId } from '../../properties/in-flight/history.ts';
import type { InFlightRules } from '../../impl/in-flight.ts';
import { InFlightJudge } from '../../properties/in-flight/in-flight-judge.ts';
import { describeMisses } from '../../properties/in-flight/miss-text.ts';
import { nearestExplanation } from '../../properties/in-flight/nearest-explanation.ts';
import type { Miss } from '../../properties/in-flight/request-answers.ts';
import { BoundMet } from '../../properties/in-flight/sectors/candidate-set.ts';
import { LineProblem } from './log-line.ts';
import type { LogHead } from './log-schema.ts';

/** What no order explains, or a bound that ends the judging. */
export interface Found {
  readonly sentence: string;
  readonly signature: string;
}

const REMEDY = 'Edit the log or record it again.';

/** Its methods throw a `LineProblem` where the log is none. */
export class OverlappingCase {
  readonly #setup: Setup;
  readonly #rules: InFlightRules;
  readonly #comparison: ComparisonMode;
  readonly #check: HistoryCheck;
  readonly #judge: InFlightJudge;
  readonly #events: HistoryEvent[] = [];
  readonly #operations = new Map<RequestId, Operation>();
  #isOver = false;

  constructor(setup: Setup, { overlapping = {}, control }: LogHead, comparison: ComparisonMode) {
    const problem = overlapProblem(setup) ?? (comparison === 'document' ? DOCUMENT : null);
    if (problem !== null) throw new LineProblem(`${problem}. ${REMEDY}`);
    this.#setup = setup;
    this.#rules = { ...anyOverlap, ...overlapping, control };
    this.#comparison = comparison;
    this.#check = new HistoryCheck(setup, this.#rules);
    this.#judge = new InFlightJudge(setup, this.#rules, wayOf(comparison));
  }

  /** Something was not explained: from then on only the form is looked at. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** What was asked. */
  operationOf(id: RequestId | undefined): Operation | null {
    return id === undefined ? null : (this.#operations.get(id) ?? null);
  }

  ask(operation: Operation, id: RequestId | undefined): void {
    this.#take({ kind: 'submit', id: requireId(id, 'operation'), operation });
    this.#operations.set(requireId(id, 'operation'), operation);
  }

  /** Null where some order explains it. */
  answer(
    system: string,
    id: RequestId | undefined,
    outcome: Outcome,
    nodes: readonly ShownNode[],
  ): Found | null {
    const misses = this.#take({ kind: 'answer', id: requireId(id, 'answer'), outcome });
    if (misses !== null) return this.#found(misses, `${system} answered ${describeOutcome(outcome)}`);
    const unshown = nodes.length === 0 ? null : this.#take({ kind: 'show', nodes });
    return unshown === null ? null : this.#found(unshown, `${system} showed what it did`);
  }

  /** The case has come to its end. */
  end(): void {
    const problem = this.#check.endProblem();
    if (problem !== null) throw new LineProblem(`${problem}. ${REMEDY}`);
  }

  /** Null where all is explained, and once something was not; a text where a bound is met. */
  #take(event: HistoryEvent): readonly Miss[] | string | null {
    const problem = this.#check.problem(event);
    if (problem !== null) throw new LineProblem(`${problem}. ${REMEDY}`);
    if (this.#isOver) return null;
    this.#events.push(event);
    try {
      const refuted = this.#judge.take(event);
      this.#isOver = refuted !== null;
      return refuted === null ? null : refuted.misses;
    } catch (error) {
      if (!(error instanceof BoundMet)) throw error;
      this.#isOver = true;
      return error.message;
    }
  }

  #found(misses: readonly Miss[] | string, what: string): Found {
    if (typeof misses === 'string')
      return { sentence: `not judged from here on: ${misses}`, signature: 'in flight: undecided' };
    const nearest = nearestExplanation(
      this.#setup,
      this.#events,
      misses,
      this.#rules,
      wayOf(this.#comparison),
    );
    const possible = describeMisses(misses);
    const sentence = `${what}, which no order of what was in flight explains${possible === '' ? '' : ` (${possible})`}`;
    return { sentence: nearest === null ? sentence : `${sentence}: ${nearest}`, signature: 'in flight' };
  }
}

const DOCUMENT = 'requests that overlap are judged as a version of QEMU does them, not by `document`';

function requireId(id: RequestId | undefined, kind: string): RequestId {
  if (id !== undefined) return id;
  throw new LineProblem(
    `the ${kind} has no "id": where requests overlap each line says which it is. ${REMEDY}`,
  );
}
