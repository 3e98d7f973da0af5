/** What a campaign has reached and how often: cells (mode × operation × stage × outcome), branches of the seed, situations. */
import { modes, stages } from '../../model/vocabulary.ts';
import { operationNames } from '../../impl/operation-lists.ts';
import { ok } from '../../model/answers.ts';
import type { Host, HostStep } from '../../model/node.ts';
import type { Mode, Outcome, Stage } from '../../model/vocabulary.ts';
import type { Operation, OperationName } from '../../model/operations.ts';
import { nodeMet } from '../cases/case.ts';
import { placeIn, PLACES, rowOf } from './cell-place.ts';
import { gainOf, nothingGiven } from './coverage-gain.ts';
import type { CoverageGain, Given, Look } from './coverage-gain.ts';
import type { Adopted } from '../comparison/divergence.ts';
import { branchName } from '../seed-branches/seed-branch.ts';
import { branchesTaken, seedBranches } from '../seed-branches/seed-branches.ts';
import { SituationCounter } from './situations.ts';

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

/** Outcomes get numbers as they are met; there are fewer than sixty. */
const OUTCOMES_MAX = 128;

/** The first steps of each cell are looked at for their branches, and of all steps of a batch one in so many. */
export const LOOKED_AT_CLOSELY = 4;
const LOOKED_AT_EVERY = 256;
const LOOKS_AT_DEFECTS = 16;
/** Shorter batches than that are not looked at in the same places each time. */
const LOOK_SHIFT = 61;

const branchNames = new Map(seedBranches.map((branch) => [branch, branchName(branch)]));

/** Receives every step on which system and model agreed. */
export type StepCounter = Pick<Coverage, 'count' | 'countDocumented' | 'operations'>;

export class Coverage {
  // One flat array, not nested maps: this runs once an operation. A row for each outcome: most are ok, and so lie together.
  readonly #counts = new Float64Array(PLACES * OUTCOMES_MAX);
  readonly #outcomeNames = ['ok', 'data'];
  readonly #outcomeNumbers = new Map<string, number>();
  // The model refuses with the same few values again and again: the last one at each place, and its number.
  readonly #lastOutcomes: (Outcome | null)[] = Array.from({ length: PLACES }, () => null);
  readonly #lastNumbers = new Int32Array(PLACES);
  // Most steps stay in their stage: the place of its row is kept.
  #rowMode: Mode = 'secondary';
  #rowStage: Stage = 'closed';
  #row = 0;
  #place = 0;
  readonly #situations = new SituationCounter();
  readonly #branches = new Set<string>();
  readonly #firstLooks: Look[] = [];
  /** How many of those that were added are of a cell. */
  readonly #looksOf = new Map<string, number>();
  #batch = 0;
  #untilLook = LOOKED_AT_EVERY;
  /** How often a system has followed the design document where QEMU deviates from it, by the deviation. */
  readonly documented = new Map<string, number>();
  operations = 0;
  cells = 0;
  #given: Given | null = null;

  /** Where later steps are looked at depends on their batch alone: not on what a shard has run before. */
  beginBatch(batch: number): void {
    this.#batch = batch;
    this.#untilLook = LOOKED_AT_EVERY - ((batch * LOOK_SHIFT) % LOOKED_AT_EVERY);
  }

  /** Counts a step; it also notes the branches of the seed that the step takes, not of every step but often enough. */
  count(host: Host, operation: Operation, step: HostStep): void {
    const { nodes } = host;
    const met = nodes.length === 1 ? nodes[0] : nodes[nodeMet(host, operation)];
    if (met === undefined) return;
    const { stage } = met;
    const count = this.#countCell(met.setup.mode, stage, operation, step.outcome);
    this.#situations.count(this.#place, host, operation, step);
    const isFirst = count <= LOOKED_AT_CLOSELY;
    // Few nodes are wired unusually: their steps are looked at more often.
    this.#untilLook -= met.setup.defects.length === 0 ? 1 : LOOKS_AT_DEFECTS;
    if (!isFirst && this.#untilLook > 0) return;
    const branches = branchesTaken(host, operation, step).map((branch) => branchNames.get(branch) ?? '');
    if (isFirst) {
      const cell = { mode: met.setup.mode, operation: operation.op, stage };
      const name = cellName({ ...cell, outcome: outcomeName(step.outcome, stage) });
      this.#firstLooks.push({ cell: name, batch: this.#batch, branches });
    }
    if (this.#untilLook > 0) return;
    this.#untilLook = LOOKED_AT_EVERY;
    for (const name of branches) this.#branches.add(name);
  }

  countDocumented(adopted: readonly Adopted[]): void {
    for (const { name } of adopted) this.documented.set(name, (this.documented.get(name) ?? 0) + 1);
  }

  /** The names of the branches that were seen to be taken. */
  get branches(): ReadonlySet<string> {
    return new Set([...this.#branches, ...this.#firstLooks.flatMap(({ branches }) => branches)]);
  }

  /** The branches seen in steps that were chosen by their place in their batch. */
  get sampledBranches(): ReadonlySet<string> {
    return this.#branches;
  }

  /** In the order in which they were taken. */
  get firstLooks(): readonly Look[] {
    return this.#firstLooks;
  }

  /** How often each situation was met, up to `MET_MAX`. */
  get situations(): ReadonlyMap<string, number> {
    return this.#situations.counts;
  }

  #countCell(mode: Mode, stage: Stage, { op }: Operation, outcome: Outcome): number {
    if (mode !== this.#rowMode || stage !== this.#rowStage) this.#turnTo(mode, stage);
    const place = placeIn(this.#row, op);
    this.#place = place;
    const index = this.#numberOf(place, outcome, stage) * PLACES + place;
    const count = this.#counts[index] ?? 0;
    if (count === 0) this.cells++;
    this.#counts[index] = count + 1;
    this.operations++;
    return count + 1;
  }

  /** What was counted since this was last called. */
  takeGain(): CoverageGain {
    const given = (this.#given ??= nothingGiven(this.#counts.length));
    const counts: number[] = [];
    for (let place = 0; place < PLACES; place++) {
      for (let number = 0; number < this.#outcomeNames.length; number++) {
        const index = number * PLACES + place;
        const gained = (this.#counts[index] ?? 0) - (given.counts[index] ?? 0);
        if (gained > 0) counts.push(place, number, gained);
        given.counts[index] = this.#counts[index] ?? 0;
      }
    }
    const gain = {
      outcomes: [...this.#outcomeNames],
      counts,
      operations: this.operations - given.operations,
      situations: gainOf(this.#situations.counts, given.situations),
      sampledBranches: [...this.#branches].slice(given.branches),
      firstLooks: this.#firstLooks.slice(given.looks),
      documented: gainOf(this.documented, given.documented),
    };
    given.operations = this.operations;
    given.branches = this.#branches.size;
    given.looks = this.#firstLooks.length;
    return gain;
  }

  /** Gains are to be added in the order of their batches: only the first looks at a cell are kept. */
  add(gain: CoverageGain): void {
    const numbers = gain.outcomes.map((name) => this.#numberNamed(name));
    for (let at = 0; at < gain.counts.length; at += 3) {
      const [place = 0, number = 0, count = 0] = gain.counts.slice(at, at + 3);
      const index = (numbers[number] ?? 0) * PLACES + place;
      if (this.#counts[index] === 0) this.cells++;
      this.#counts[index] = (this.#counts[index] ?? 0) + count;
    }
    this.operations += gain.operations;
    for (const [name, count] of gain.situations) this.#situations.add(name, count);
    for (const name of gain.sampledBranches) this.#branches.add(name);
    for (const look of gain.firstLooks) {
      const looks = this.#looksOf.get(look.cell) ?? 0;
      if (looks >= LOOKED_AT_CLOSELY) continue;
      this.#looksOf.set(look.cell, looks + 1);
      this.#firstLooks.push(look);
    }
    for (const [name, count] of gain.documented)
      this.documented.set(name, (this.documented.get(name) ?? 0) + count);
  }

  /** Every cell reached, in a fixed order. */
  list(): CountedCell[] {
    return modes.flatMap((mode) =>
      stages.flatMap((stage) => operationNames.flatMap((operation) => this.#listRow(mode, stage, operation))),
    );
  }

  #listRow(mode: Mode, stage: Stage, operation: OperationName): CountedCell[] {
    const place = placeIn(rowOf(mode, stage), operation);
    return (
      this.#outcomeNames
        .map((outcome, number) => ({
          mode,
          stage,
          operation,
          outcome,
          count: this.#counts[number * PLACES + place] ?? 0,
        }))
        .filter(({ count }) => count > 0)
        // Numbers are given as outcomes are met.
        .toSorted((left, right) => (left.outcome < right.outcome ? -1 : 1))
    );
  }

  #turnTo(mode: Mode, stage: Stage): void {
    this.#rowMode = mode;
    this.#rowStage = stage;
    this.#row = rowOf(mode, stage);
  }

  #numberOf(place: number, outcome: Outcome, stage: Stage): number {
    if (outcome === ok) return 0;
    if (outcome.kind === 'data') return 1;
    if (this.#lastOutcomes[place] !== outcome) {
      this.#lastOutcomes[place] = outcome;
      this.#lastNumbers[place] = this.#numberOfText(outcomeText(outcome, stage), outcome, stage);
    }
    return this.#lastNumbers[place] ?? 0;
  }

  #numberOfText(text: string, outcome: Outcome, stage: Stage): number {
    const known = this.#outcomeNumbers.get(text);
    if (known !== undefined) return known;
    const number = this.#numberNamed(outcomeName(outcome, stage));
    this.#outcomeNumbers.set(text, number);
    return number;
  }

  #numberNamed(name: string): number {
    const known = this.#outcomeNames.indexOf(name);
    if (known !== -1) return known;
    this.#outcomeNames.push(name);
    if (this.#outcomeNames.length > OUTCOMES_MAX)
      throw new Error(`more than ${OUTCOMES_MAX} different outcomes; the last is ${name}`);
    return this.#outcomeNames.length - 1;
  }
}

/** Tells outcomes apart at little cost. */
export function outcomeText(outcome: Exclude<Outcome, { kind: 'data' }>, stage: Stage): string {
  switch (outcome.kind) {
    case 'ok':
      return 'ok';
    case 'error':
      return outcome.message;
    case 'errno':
      return outcome.errno;
    case 'status':
      return outcome.error === null ? 'status: ok' : `status: ${outcome.error}`;
    case 'abort':
      return stage === 'aborted' ? stage : outcome.rule;
  }
}

export function cellName({ mode, operation, stage, outcome }: Cell): string {
  return `${mode} ${operation} in ${stage}: ${outcome}`;
}

/**
 * Errors are named as the first node of a host says them: which of the nodes it is makes no new cell. Nor does it matter
 * of what a process has died once it is gone.
 */
export function outcomeName(outcome: Outcome, stage: Stage): string {
  switch (outcome.kind) {
    case 'ok':
    case 'data':
      return outcome.kind;
    case 'abort':
      return stage === 'aborted' ? 'process is gone' : `process dies: ${outcome.rule}`;
    case 'error':
      return ofFirstNode(outcome.message);
    case 'status':
      return `status: ${outcome.error ?? 'ok'}`;
    case 'errno':
      return outcome.errno;
  }
}

function ofFirstNode(message: string): string {
  return message.replaceAll(/\b(rep|active|hidden|secondary|cb)[23]\b/g, '$1');
}
