/** Which cells (mode × operation × stage × outcome) a campaign has reached, and how often. */
import type { Mode, Operation, OperationName, Outcome, Stage } from '../model/vocabulary.ts';

export interface Cell {
  readonly mode: Mode;
  readonly operation: OperationName;
  readonly stage: Stage;
  /** `ok`, `data`, an errno, `abort`, or the error's text. */
  readonly outcome: string;
}

export interface CountedCell extends Cell {
  readonly count: number;
}

export class Coverage {
  // Nested maps, not joined strings: this runs once an operation.
  readonly #counts = new Map<Mode, Map<Stage, Map<OperationName, Map<string, number>>>>();
  operations = 0;
  cells = 0;

  count(mode: Mode, stage: Stage, { op }: Operation, outcome: Outcome): void {
    const outcomes = nested(nested(nested(this.#counts, mode), stage), op);
    const name = outcomeName(outcome);
    const count = outcomes.get(name) ?? 0;
    if (count === 0) this.cells++;
    outcomes.set(name, count + 1);
    this.operations++;
  }

  /** Every cell reached, in no particular order. */
  list(): CountedCell[] {
    const listed: CountedCell[] = [];
    for (const [mode, stages] of this.#counts) {
      for (const [stage, operations] of stages) {
        for (const [operation, outcomes] of operations) {
          for (const [outcome, count] of outcomes) listed.push({ mode, stage, operation, outcome, count });
        }
      }
    }
    return listed;
  }
}

export function cellName({ mode, operation, stage, outcome }: Cell): string {
  return `${mode} ${operation} in ${stage}: ${outcome}`;
}

export function outcomeName(outcome: Outcome): string {
  switch (outcome.kind) {
    case 'ok':
    case 'data':
    case 'abort':
      return outcome.kind;
    case 'error':
      return outcome.message;
    case 'errno':
      return outcome.errno;
  }
}

function nested<Key, InnerKey, Value>(map: Map<Key, Map<InnerKey, Value>>, key: Key): Map<InnerKey, Value> {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made = new Map<InnerKey, Value>();
  map.set(key, made);
  return made;
}
