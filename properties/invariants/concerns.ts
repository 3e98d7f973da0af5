/** What each operation is to the laws: those that it can break, and whether they must remember it. */
import { operationNames } from '../../impl/operation-lists.ts';
import type { Operation, OperationName } from '../../model/operations.ts';
import { invariants, primaryWrites } from './invariants.ts';
import type { Invariant, Memory, StepSeen } from './invariants.ts';

interface Concern {
  readonly laws: readonly Invariant[];
  readonly lawsWhereUnchanged: readonly Invariant[];
  readonly isRemembered: boolean;
  /** Whether it can break a law, as a checkpoint can, or is to be remembered even where it changes nothing. */
  readonly whereUnchanged: boolean;
}

/** Checkpoints, and what a primary changes: `remember` leaves all others as they are. */
const remembered: ReadonlySet<OperationName> = new Set([
  'start',
  'checkpoint',
  'setReplication',
  'primaryDiscard',
  ...primaryWrites,
]);

export const concerns: ReadonlyMap<OperationName, Concern> = new Map(
  operationNames.map((name) => [name, concern(name)]),
);

function concern(name: OperationName): Concern {
  const laws = invariants.filter(({ after }) => after === 'every operation' || after.includes(name));
  const lawsWhereUnchanged = laws.filter(({ comparesStates }) => !comparesStates);
  const isRemembered = remembered.has(name);
  return {
    laws,
    lawsWhereUnchanged,
    isRemembered,
    whereUnchanged: isRemembered || lawsWhereUnchanged.length > 0,
  };
}

const noConcern: Concern = { laws: [], lawsWhereUnchanged: [], isRemembered: false, whereUnchanged: false };

export function concernOf({ op }: Operation): Concern {
  return concerns.get(op) ?? noConcern;
}

const nothingLifted: readonly Invariant[] = [];

/** The first law that a step breaks, of those that its operation concerns and that are not `lifted` for it. */
export function brokenInvariant(
  { laws, lawsWhereUnchanged }: Concern,
  seen: StepSeen,
  memory: Memory,
  lifted: readonly Invariant[] = nothingLifted,
): Invariant | null {
  for (const invariant of seen.before === seen.after ? lawsWhereUnchanged : laws)
    if (!invariant.holds(seen, memory) && !lifted.includes(invariant)) return invariant;
  return null;
}
