/** What can go wrong in a lockstep run, as data. */
import type { DeviationName } from '../../model/deviations.ts';
import type { HostStep } from '../../model/node.ts';
import type { ObservationPart, ShownNode } from '../../impl/shown.ts';
import type { Operation } from '../../model/operations.ts';
import type { Outcome, Stage } from '../../model/vocabulary.ts';
import type { LossKind } from '../../impl/system-lost.ts';

/** Where model and system first differ, or which law the system breaks, or how its process was lost. */
export type Divergence = OutcomeDivergence | ObservationDivergence | BrokenInvariant | LostSystem;

interface At {
  /** Index of the operation, from 0. */
  readonly index: number;
  readonly operation: Operation;
  /** The stage before the operation, by the model. */
  readonly stage: Stage;
  /** How the system had come there, where the design document was the judge and it had not gone the way of QEMU. */
  readonly documented?: DocumentedWay;
}

export interface DocumentedWay {
  readonly adopted: readonly Adopted[];
  /** The model's step for each operation up to the divergence; none for one that was left out. */
  readonly steps: readonly (HostStep | undefined)[];
}

/** At the operation of that index the system did as the design document says, and not as the real binary does. */
export interface Adopted {
  readonly index: number;
  readonly name: DeviationName;
}

export interface OutcomeDivergence extends At {
  readonly kind: 'outcome';
  readonly expected: Outcome;
  readonly actual: Outcome;
}

export interface ObservationDivergence extends At {
  readonly kind: 'observation';
  /** The node that showed it. */
  readonly node: number;
  readonly part: ObservationPart;
  /** The first sector that differs, where the part has sectors. */
  readonly sector: number | null;
  readonly expected: string;
  readonly actual: string;
  /** What the system showed, for the report. */
  readonly observed: ShownNode;
}

export interface BrokenInvariant extends At {
  readonly kind: 'invariant';
  readonly invariant: string;
  readonly law: string;
  /** It shows at no operation, but when the case is taken down after the last one. */
  readonly isAtEnd?: true;
}

export interface LostSystem extends At {
  readonly kind: 'lost';
  readonly how: LossKind;
  readonly detail: string;
  /** It happened after the last operation, when the case was taken down; `stage` is the one after it, too. */
  readonly isAtEnd?: true;
  /** What its process said last on its error output, a line each. */
  readonly lastWords?: readonly string[];
  /** Lines that say in what state it was. */
  readonly context?: readonly string[];
}

/** Failures with the same signature are taken for the same bug: kind, operation, stage, and what differed. */
export function signatureOf(divergence: Divergence): string {
  const { kind, operation, stage } = divergence;
  const when = divergence.kind === 'lost' && divergence.isAtEnd === true ? 'unload' : operation.op;
  return [kind, when, stage, aspectOf(divergence)].join('-');
}

function aspectOf(divergence: Divergence): string {
  switch (divergence.kind) {
    case 'outcome':
      return `${divergence.expected.kind}-${divergence.actual.kind}`;
    case 'observation':
      return divergence.part;
    case 'invariant':
      return divergence.invariant;
    case 'lost':
      return divergence.how;
  }
}
