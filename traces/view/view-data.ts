/**
 * What the page of a trace is given, as it lies in the file: tables of everything that is repeated, and for each step
 * what it changes. Numbers name entries of the tables; steps count from 1, 0 is the state before the first.
 */
import type { Mode, Stage, Tag } from '../../model/vocabulary.ts';

/** The rows of sectors of each node, in the order of their numbers: row `node * 4 + index`. */
export const rowNames = ['view', 'active', 'hidden', 'secondary'] as const;
export type RowName = (typeof rowNames)[number];

/** The contents that no write names; the contents of `ViewData.contents` follow them in number. */
export const specialContents = ['notAllocated', 'unreadable', 'refused', 'foreign'] as const;
export const contentNumbers = { notAllocated: 0, unreadable: 1, refused: 2, foreign: 3 } as const;

/** Runs of equal content, four numbers each: row, first sector, count of sectors, content. */
export type Runs = readonly number[];

export interface ViewData {
  readonly title: string;
  readonly note: string | null;
  readonly system: string;
  /** The sign and the words of each of `specialContents`, and of what is not shown. */
  readonly symbols: readonly ContentSymbol[];
  /** The commands that show the same again. */
  readonly commands: readonly string[];
  readonly setup: string;
  readonly nodes: readonly NodeShape[];
  /** The rows that the system shows after every step, by their index in `rowNames`. */
  readonly rowsCompared: readonly number[];
  readonly texts: readonly string[];
  /** The tag, and the step whose write brought it in; 0 for what was there before the first. */
  readonly contents: readonly (readonly [tag: Tag, origin: number])[];
  readonly situations: readonly Situation[];
  readonly branches: readonly (readonly [lines: string, what: string])[];
  readonly steps: readonly StepData[];
  /** The state after every so many steps, from 0 on. */
  readonly keyframes: readonly Keyframe[];
  readonly keyframeEvery: number;
  readonly difference: DifferenceData | null;
}

export interface ContentSymbol {
  readonly sign: string;
  readonly words: string;
}

export interface NodeShape {
  readonly mode: Mode;
  readonly lengthSectors: number;
  /** Where thick lines are drawn in each row: clusters of the overlays, copy units of the secondary disk. */
  readonly unitSectors: Readonly<Record<RowName, number>>;
  readonly commitUnitSectors: number;
}

export interface StepData {
  readonly text: number;
  readonly outcome: number;
  /** Not given to the system: it cannot take it (`leftOut`), or it differed before (`notRun`). */
  readonly standing?: 'leftOut' | 'notRun';
  /** One a node; left out where none changes. */
  readonly situations?: readonly number[];
  readonly cells?: Runs;
  /** Six numbers each: node, kind, row it comes from, row it goes to, first sector, count. */
  readonly movements?: readonly number[];
  readonly branches?: readonly number[];
  /** The sectors that the operation names: node, first, count. */
  readonly range?: readonly [node: number, sector: number, count: number];
}

export interface Keyframe {
  readonly cells: Runs;
  readonly situations: readonly number[];
}

/** What a reader wants to know of a node beside its disks. */
export interface Situation {
  readonly stage: Stage;
  /** Short phrases: the error flag, the jobs, what is wrong with the disks. */
  readonly remarks: readonly string[];
}

export interface DifferenceData {
  readonly step: number;
  readonly kind: 'outcome' | 'observation' | 'invariant' | 'lost';
  readonly sentence: string;
  readonly node: number;
  /** The row in question and its first sector that differs, if it is one. */
  readonly sector: number | null;
  readonly expected: string;
  readonly actual: string;
  /** Lines about a system that was lost: what it said last, and in what state it was. */
  readonly circumstances: readonly string[];
  /** The rows that the system showed after this step, and the sectors of them that are not as in the model. */
  readonly rowsShown: readonly number[];
  readonly cells: Runs;
}
