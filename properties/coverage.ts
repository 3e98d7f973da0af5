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

const modeNumbers: Record<Mode, number> = { secondary: 0, primary: 1 };

const stageNumbers: Record<Stage, number> = {
  closed: 0,
  none: 1,
  running: 2,
  failover: 3,
  failoverFailed: 4,
  done: 5,
  aborted: 6,
};

const operationNumbers: Record<OperationName, number> = {
  open: 0,
  start: 1,
  checkpoint: 2,
  getError: 3,
  stop: 4,
  close: 5,
  guestRead: 6,
  guestWrite: 7,
  guestWriteZeroes: 8,
  guestDiscard: 9,
  guestFlush: 10,
  primaryRead: 11,
  primaryWrite: 12,
  primaryWriteZeroes: 13,
  primaryDiscard: 14,
  primaryFlush: 15,
  commitAdvance: 16,
  commitSettle: 17,
};

const modes = namesOf(modeNumbers);
const stages = namesOf(stageNumbers);
const operationNames = namesOf(operationNumbers);

/** The keys of a table of numbers, which are written in the order of their numbers. */
function namesOf<Name extends string>(numbers: Record<Name, number>): Name[] {
  const names: Name[] = [];
  for (const name in numbers) names.push(name);
  return names;
}

/** Outcomes get numbers as they are met; there are fewer than thirty. */
const OUTCOMES_MAX = 64;

export class Coverage {
  // One flat array, not nested maps: this runs once an operation.
  readonly #counts = new Float64Array(modes.length * stages.length * operationNames.length * OUTCOMES_MAX);
  readonly #outcomeNames = ['ok', 'data'];
  readonly #outcomeNumbers = new Map<string, number>();
  // Most steps stay in their stage: the place of its row is kept.
  #rowMode: Mode = 'secondary';
  #rowStage: Stage = 'closed';
  #row = 0;
  operations = 0;
  cells = 0;

  count(mode: Mode, stage: Stage, { op }: Operation, outcome: Outcome): void {
    if (mode !== this.#rowMode || stage !== this.#rowStage) this.#turnTo(mode, stage);
    const index = (this.#row + operationNumbers[op]) * OUTCOMES_MAX + this.#numberOf(outcome);
    const count = this.#counts[index] ?? 0;
    if (count === 0) this.cells++;
    this.#counts[index] = count + 1;
    this.operations++;
  }

  /** Every cell reached, in a fixed order. */
  list(): CountedCell[] {
    return modes.flatMap((mode) =>
      stages.flatMap((stage) => operationNames.flatMap((operation) => this.#listRow(mode, stage, operation))),
    );
  }

  #listRow(mode: Mode, stage: Stage, operation: OperationName): CountedCell[] {
    const row = (modeNumbers[mode] * stages.length + stageNumbers[stage]) * operationNames.length;
    const first = (row + operationNumbers[operation]) * OUTCOMES_MAX;
    return this.#outcomeNames
      .map((outcome, number) => ({
        mode,
        stage,
        operation,
        outcome,
        count: this.#counts[first + number] ?? 0,
      }))
      .filter(({ count }) => count > 0);
  }

  #turnTo(mode: Mode, stage: Stage): void {
    this.#rowMode = mode;
    this.#rowStage = stage;
    this.#row = (modeNumbers[mode] * stages.length + stageNumbers[stage]) * operationNames.length;
  }

  #numberOf(outcome: Outcome): number {
    if (outcome.kind === 'ok') return 0;
    return outcome.kind === 'data' ? 1 : this.#outcomeNumber(outcomeName(outcome));
  }

  #outcomeNumber(name: string): number {
    const known = this.#outcomeNumbers.get(name);
    if (known !== undefined) return known;
    const number = this.#outcomeNames.length;
    if (number === OUTCOMES_MAX)
      throw new Error(`more than ${OUTCOMES_MAX} different outcomes; the last is ${name}`);
    this.#outcomeNumbers.set(name, number);
    this.#outcomeNames.push(name);
    return number;
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
