/**
 * Which findings have one cause, by all that can be seen: the shrunk operations are the same but for their numbers, and
 * so the step that differs is. A bug that keeps a copy from being made shows in the view, in hidden and in an answer,
 * each with a signature of its own; a reader needs one of them.
 */
import type { Operation } from '../../model/operations.ts';
import type { Case } from '../cases/case.ts';
import type { Divergence } from './divergence.ts';

/** The same text for findings of one cause. A system that is lost is kept apart from one that answers wrongly. */
export function causeOf(divergence: Divergence, { operations }: Pick<Case, 'operations'>): string {
  const steps = operations.map(withoutNumbers).join(', ');
  return divergence.kind === 'lost' ? `${steps}: ${divergence.how}` : steps;
}

/** `start secondary`, `primaryWrite` */
function withoutNumbers(operation: Operation): string {
  return Object.values(operation)
    .filter((value) => typeof value !== 'number')
    .map((value) => (typeof value === 'string' ? value : JSON.stringify(value)))
    .join(' ');
}

/** Findings of one cause: the one to be shown, and those that it stands for. */
export interface CauseGroup<Found> {
  readonly shown: Found;
  readonly others: readonly Found[];
}

interface InBrief {
  readonly cause: string;
  readonly operations: number;
  /** The law that it breaks, where one is known. */
  readonly law?: string | null;
}

/** One group a cause, the shortest case first; of equally long ones that which breaks a law, then that which was found first. */
export function byCause<Found extends InBrief>(findings: readonly Found[]): CauseGroup<Found>[] {
  const groups = new Map<string, Found[]>();
  // Sorting keeps the order of equals.
  const lawless = ({ law }: Found): number => ((law ?? null) === null ? 1 : 0);
  const sorted = findings.toSorted(
    (left, right) => left.operations - right.operations || lawless(left) - lawless(right),
  );
  for (const found of sorted) groups.set(found.cause, [...(groups.get(found.cause) ?? []), found]);
  return [...groups.values()].flatMap(([shown, ...others]) =>
    shown === undefined ? [] : [{ shown, others }],
  );
}
