/** What requests have written to the units of each node, for the calls that it matters to. */
import type { Outcome } from '../../model/vocabulary.ts';
import type { Control } from './sectors/control-state.ts';
import type { Flight, Request } from './flight.ts';
import type { Hypothesis } from './hypothesis.ts';
import { hasMet, hasMetOne } from './possible-outcomes.ts';
import type { DataShape } from './sectors/request-shape.ts';
import { allocatesIn } from './sectors/sector-effects.ts';
import { UnitTouches } from './sectors/unit-touches.ts';
import type { TouchesThen } from './sectors/unit-touches.ts';

export class WrittenUnits {
  readonly ofNodes: readonly UnitTouches[];
  readonly #flight: Flight;
  /** By node, and whether its backup job runs. */
  #now: (TouchesThen | undefined)[] = [];

  constructor(nodes: number, flight: Flight) {
    this.ofNodes = Array.from({ length: nodes }, () => new UnitTouches());
    this.#flight = flight;
  }

  beginEvent(): void {
    if (this.#now.length > 0) this.#now = [];
  }

  /** As it is at a call of this event, with what is in flight. */
  now(control: Control, node: number): TouchesThen | null {
    const isIsolated = control.nodes[node]?.isIsolated === true;
    const place = 2 * node + Number(isIsolated);
    const now = (this.#now[place] ??= this.ofNodes[node]?.now(isIsolated, this.#writesTo(control, node)));
    return now ?? null;
  }

  #writesTo(control: Control, node: number): DataShape[] {
    const writes: DataShape[] = [];
    for (const { shape } of this.#flight.all)
      if (shape.node === node && shape.data !== null && allocatesIn(control, node, shape.data))
        writes.push(shape.data);
    return writes;
  }

  /** A write is answered at the event `index`. */
  note(hypotheses: readonly Hypothesis[], request: Request, outcome: Outcome, index: number): void {
    const {
      shape: { data, node },
      submittedAt,
    } = request;
    if (data === null || data.isRead) return;
    let allocates = false;
    let isSure = outcome.kind === 'ok';
    for (const hypothesis of hypotheses) {
      allocates ||= mayAllocate(hypothesis, request, data);
      // A call that came before it may have left nothing to copy for.
      isSure &&= allocatesIn(hypothesis.control, node, data);
    }
    if (allocates) this.ofNodes[node]?.note(data, submittedAt, index, isSure);
  }
}

function mayAllocate(hypothesis: Hypothesis, request: Request, data: DataShape): boolean {
  if (allocatesIn(hypothesis.control, request.shape.node, data)) return true;
  return !hasMetOne(hypothesis, request) && hasMetAllocation(hypothesis, request, data);
}

function hasMetAllocation(hypothesis: Hypothesis, request: Request, data: DataShape): boolean {
  return hasMet(hypothesis, request, (control) => allocatesIn(control, request.shape.node, data));
}
