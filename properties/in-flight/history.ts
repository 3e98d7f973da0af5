/** A history of requests that overlap: what was submitted and answered, in the order in which that was seen. */
import type { InFlightRules } from '../../impl/in-flight.ts';
import type { ShownNode } from '../../impl/shown.ts';
import { operationTable } from '../../model/operations.ts';
import type { Operation, OperationName } from '../../model/operations.ts';
import type { Outcome, Setup } from '../../model/vocabulary.ts';
import { operationProblem } from '../cases/setup-problem.ts';

/** Whoever writes the history chooses it; it may be used again once its request is answered. */
export type RequestId = number | string;

/**
 * One after the other. A request takes effect between its two events; what is shown is what could be seen while nothing
 * was in flight.
 */
export type HistoryEvent =
  | { readonly kind: 'submit'; readonly id: RequestId; readonly operation: Operation }
  | { readonly kind: 'answer'; readonly id: RequestId; readonly outcome: Outcome }
  | { readonly kind: 'show'; readonly nodes: readonly ShownNode[] };

export type History = readonly HistoryEvent[];

/** What of them decides what is right. */
export type JudgedRules = Pick<
  InFlightRules,
  'drains' | 'settles' | 'readsLate' | 'looksUpFirst' | 'control'
>;

/** Slots are bits of a number. */
export const REQUESTS_MAX = 31;

export const anyOverlap: InFlightRules = {
  requestsMax: REQUESTS_MAX,
  alone: [],
  drains: [],
  control: 'driver',
};

/** Says of each event in turn what makes the history none; null where nothing does. */
export class HistoryCheck {
  readonly #setup: Setup;
  readonly #rules: InFlightRules;
  readonly #inFlight = new Map<RequestId, Operation>();
  readonly #answered = new Set<RequestId>();

  constructor(setup: Setup, rules: InFlightRules) {
    this.#setup = setup;
    this.#rules = rules;
  }

  problem(event: HistoryEvent): string | null {
    switch (event.kind) {
      case 'submit':
        return this.#submitProblem(event.id, event.operation);
      case 'answer':
        return this.#answerProblem(event.id);
      case 'show':
        return this.#showProblem(event.nodes);
    }
  }

  /** At the end of the history. */
  endProblem(): string | null {
    const [first] = this.#inFlight.keys();
    return first === undefined ? null : `request ${first} is never answered: write what the system answered`;
  }

  #submitProblem(id: RequestId, operation: Operation): string | null {
    if (this.#inFlight.has(id)) return `request ${id} is submitted twice: it has not been answered yet`;
    const problem = operationProblem(operation, this.#setup) ?? unjudged(operation.op);
    if (problem !== null) return problem;
    const { requestsMax, alone } = this.#rules;
    const most = Math.min(requestsMax, REQUESTS_MAX);
    if (this.#inFlight.size >= most)
      return `request ${id} overlaps ${this.#inFlight.size} others: at most ${most} can be in flight`;
    const other = [...this.#inFlight].find(
      ([, each]) => alone.includes(each.op) || alone.includes(operation.op),
    );
    if (other !== undefined) {
      const lonely = alone.includes(operation.op) ? operation.op : other[1].op;
      return `request ${id} overlaps request ${other[0]}: the system says that nothing overlaps ${lonely}`;
    }
    this.#inFlight.set(id, operation);
    return null;
  }

  #answerProblem(id: RequestId): string | null {
    if (!this.#inFlight.has(id))
      return this.#answered.has(id)
        ? `request ${id} is answered twice`
        : `request ${id} is answered and was not submitted`;
    this.#inFlight.delete(id);
    this.#answered.add(id);
    return null;
  }

  #showProblem(nodes: readonly ShownNode[]): string | null {
    if (nodes.length > this.#setup.nodes.length)
      return `${nodes.length} nodes are shown: the setup has ${this.#setup.nodes.length}`;
    if (nodes.every((node) => Object.keys(node).length === 0)) return null;
    const [first] = this.#inFlight.keys();
    if (first !== undefined) return `something is shown while request ${first} is in flight`;
    const parts = nodes.flatMap((node) => Object.keys(node));
    const other = parts.find((part) => !shownParts.has(part));
    return other === undefined
      ? null
      : `${other} is shown: where requests overlap only ${shownList} are judged`;
  }
}

const shownParts: ReadonlySet<string> = new Set(['stage', 'errorFlag', 'view', 'hidden', 'secondary']);
const shownList = [...shownParts].join(', ');

/** Faults would make sectors depend on each other, but for the end of a job: a call like others. */
export function unjudged(op: OperationName): string | null {
  const isFault = operationTable[op].issuer === 'nature' && op !== 'endJob';
  return isFault ? `${op} is not judged where requests overlap` : null;
}

/** Why a setup cannot be judged where requests overlap; null where it can. */
export function overlapProblem({ nodes }: Setup): string | null {
  if (nodes.some(({ badSectors }) => badSectors.length > 0))
    return 'bad sectors are not judged where requests overlap';
  return nodes.some(({ geometry }) => geometry.gaps !== undefined)
    ? 'a disk with gaps is not judged where requests overlap'
    : null;
}
