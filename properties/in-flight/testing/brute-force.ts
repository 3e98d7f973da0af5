/**
 * The plainest judge there is: tries all orders of pieces and calls, one `step` after the other on the whole host. For
 * short histories only, as witness of the other judge.
 */
import { predicted } from '../../../model/choices.ts';
import { asQemu } from '../../../model/deviations.ts';
import type { Follow } from '../../../model/deviations.ts';
import { initialState } from '../../../model/node.ts';
import type { Host } from '../../../model/node.ts';
import type { Operation } from '../../../model/operations.ts';
import { step } from '../../../model/step.ts';
import type { Outcome, Setup } from '../../../model/vocabulary.ts';
import { hostKey } from '../../cases/host-key.ts';
import type { HistoryEvent, RequestId } from '../history.ts';
import { piecesOf } from './random-history.ts';

interface Pending {
  readonly id: RequestId;
  readonly operation: Operation;
  readonly pieces: readonly Operation[];
  /** Of each piece: null where it has not taken effect. */
  readonly outcomes: readonly (Outcome | null)[];
  /** With what any of its pieces could have failed. */
  readonly failures: readonly string[];
}

interface State {
  readonly host: Host;
  readonly pending: readonly Pending[];
}

/** The index of the first event that no order explains; null where one explains all. */
export function firstUnexplained(
  setup: Setup,
  history: readonly HistoryEvent[],
  follow: Follow = asQemu,
): number | null {
  let states: readonly State[] = [{ host: initialState(setup), pending: [] }];
  for (const [index, event] of history.entries()) {
    if (event.kind === 'show') continue;
    if (event.kind === 'submit') {
      const { id, operation } = event;
      const pieces = piecesOf(operation, setup);
      const submitted = { id, operation, pieces, outcomes: pieces.map(() => null), failures: [] };
      states = states.map(({ host, pending }) => ({ host, pending: [...pending, submitted] }));
    } else {
      states = allReachable(states, follow).flatMap((state) => answered(state, event.id, event.outcome));
    }
    if (states.length === 0) return index;
  }
  return null;
}

function allReachable(from: readonly State[], follow: Follow): readonly State[] {
  const known = new Map<string, State>();
  const open = [...from];
  for (const state of open) {
    const key = stateKey(state);
    if (known.has(key)) continue;
    known.set(key, state);
    for (const [place, { pieces, outcomes }] of state.pending.entries())
      for (const [at, piece] of pieces.entries())
        if (outcomes[at] === null) open.push(taken(state, place, at, piece, follow));
  }
  return [...known.values()];
}

function taken({ host, pending }: State, place: number, at: number, piece: Operation, follow: Follow): State {
  const request = pending[place];
  if (request === undefined) return { host, pending };
  const { host: next, outcome } = step(host, piece, predicted, follow);
  // A piece that is refused may still be done, where others are not.
  const fails = 'count' in request.operation && outcome.kind !== 'ok' && outcome.kind !== 'data';
  const changed = fails
    ? { ...request, failures: [...new Set([...request.failures, JSON.stringify(outcome)])].toSorted() }
    : { ...request, outcomes: request.outcomes.with(at, outcome) };
  return { host: next, pending: pending.with(place, changed) };
}

function answered({ host, pending }: State, id: RequestId, outcome: Outcome): readonly State[] {
  const request = pending.find((each) => each.id === id);
  if (request === undefined) return [];
  const next = { host, pending: pending.filter((each) => each !== request) };
  if (request.failures.includes(JSON.stringify(outcome))) return [next];
  if (request.outcomes.includes(null)) return [];
  const tags = request.outcomes.flatMap((each) => (each?.kind === 'data' ? each.tags : []));
  const [first] = request.outcomes;
  const expected: Outcome | null | undefined = first?.kind === 'data' ? { kind: 'data', tags } : first;
  return JSON.stringify(expected) === JSON.stringify(outcome) ? [next] : [];
}

function stateKey({ host, pending }: State): string {
  return `${hostKey(host)}${JSON.stringify(pending.map(({ id, outcomes, failures }) => [id, outcomes, failures]))}`;
}
