/** Draws histories from the model: what is in flight takes effect piece by piece, in a random order. */
import { predicted } from '../../../model/choices.ts';
import { asQemu } from '../../../model/deviations.ts';
import type { Follow } from '../../../model/deviations.ts';
import { initialState } from '../../../model/node.ts';
import type { Host } from '../../../model/node.ts';
import type { Operation } from '../../../model/operations.ts';
import { step } from '../../../model/step.ts';
import type { Outcome, Range, Setup } from '../../../model/vocabulary.ts';
import type { Dice } from '../../cases/dice.ts';
import type { HistoryEvent } from '../history.ts';

export interface HistoryOptions {
  readonly requests: number;
  readonly inFlightMax: number;
  /** One request in so many is a call, once replication runs. */
  readonly callEvery: number;
  readonly countMax: number;
  /** Commits go on by steps, and may fail. */
  readonly stepsCommits?: true;
  /** Now and then a backup job ends by itself. */
  readonly endsBackups?: true;
  readonly follow?: Follow;
}

/** A request that was submitted, and what of it has taken effect. */
interface Running {
  readonly id: number;
  readonly operation: Operation;
  readonly pieces: readonly Operation[];
  readonly outcomes: (Outcome | null)[];
}

export function drawHistory(setup: Setup, options: HistoryOptions, dice: Dice): HistoryEvent[] {
  return [...historyEvents(setup, options, dice)];
}

/** All writes have different tags. */
export function* historyEvents(setup: Setup, options: HistoryOptions, dice: Dice): Iterable<HistoryEvent> {
  const running: Running[] = [];
  const { follow = asQemu } = options;
  let host = initialState(setup);
  let submitted = 0;
  while (submitted < options.requests || running.length > 0) {
    const mayStart = submitted < options.requests && running.length < options.inFlightMax;
    const roll = dice.below(4);
    if (mayStart && (roll === 0 || running.length === 0)) {
      const operation = drawOperation(host, options, running, submitted + 2, dice);
      const pieces = piecesOf(operation, setup);
      running.push({ id: submitted, operation, pieces, outcomes: pieces.map(() => null) });
      yield { kind: 'submit', id: submitted++, operation };
      continue;
    }
    const request = running[dice.below(Math.max(1, running.length))];
    if (request === undefined) continue;
    const waiting = request.outcomes.flatMap((outcome, place) => (outcome === null ? [place] : []));
    const place = waiting[dice.below(Math.max(1, waiting.length))];
    if (place === undefined) {
      running.splice(running.indexOf(request), 1);
      yield { kind: 'answer', id: request.id, outcome: answerOf(request) };
      continue;
    }
    const piece = request.pieces[place];
    if (piece === undefined) continue;
    const next = step(host, piece, predicted, follow);
    request.outcomes[place] = next.outcome;
    ({ host } = next);
  }
}

/** One sector each; what touches none, or is refused as a whole, is one piece. */
export function piecesOf(operation: Operation, { nodes }: Setup): readonly Operation[] {
  if (!('count' in operation) || operation.count === 0) return [operation];
  const { sector, count } = operation;
  const length = nodes[operation.node ?? 0]?.geometry.lengthSectors ?? 0;
  if (sector + count > length) return [operation];
  return Array.from({ length: count }, (_, place) => ({ ...operation, sector: sector + place, count: 1 }));
}

function answerOf({ operation, outcomes }: Running): Outcome {
  const failed = outcomes.find(
    (outcome) => outcome !== null && outcome.kind !== 'ok' && outcome.kind !== 'data',
  );
  const [first] = outcomes;
  if (failed !== undefined && failed !== null && outcomes.length > 1) return failed;
  if (operation.op !== 'guestRead' && operation.op !== 'primaryRead') return first ?? { kind: 'ok' };
  if (first?.kind !== 'data') return first ?? { kind: 'ok' };
  return {
    kind: 'data',
    tags: outcomes.flatMap((outcome) => (outcome?.kind === 'data' ? outcome.tags : [])),
  };
}

/** As often as each is drawn. */
export const requests = [
  'guestRead',
  'guestRead',
  'guestWrite',
  'guestWrite',
  'primaryWrite',
  'primaryWrite',
  'primaryRead',
  'guestWriteZeroes',
  'primaryWriteZeroes',
  'guestDiscard',
  'primaryDiscard',
  'guestFlush',
  'primaryFlush',
] as const;

function drawOperation(
  host: Host,
  options: HistoryOptions,
  running: readonly Running[],
  tag: number,
  dice: Dice,
): Operation {
  const node = dice.below(host.nodes.length);
  const call = drawCall(host, node, options, running, dice);
  if (call !== null) return call;
  const op = requests[dice.below(requests.length)] ?? 'guestRead';
  if (op === 'guestFlush' || op === 'primaryFlush') return { op, node };
  const range = drawRange(host, node, options, dice);
  if (op === 'guestWrite' || op === 'primaryWrite') return { op, node, ...range, tag };
  return { op, node, ...range };
}

function drawRange(host: Host, node: number, { countMax }: HistoryOptions, dice: Dice): Range {
  const length = host.nodes[node]?.setup.geometry.lengthSectors ?? 1;
  const sector = dice.below(length);
  // Seldom nothing, or past the end.
  if (dice.oneIn(40)) return { sector, count: dice.oneIn(2) ? 0 : length };
  return { sector, count: Math.min(dice.between(1, countMax), length - sector) };
}

/** Mostly what leads on: a node that is closed is opened, one that has begun to fail over is let end. */
function drawCall(
  { nodes }: Host,
  node: number,
  { callEvery, stepsCommits, endsBackups }: HistoryOptions,
  running: readonly Running[],
  dice: Dice,
): Operation | null {
  const at = nodes[node];
  const isCalled = running.some(({ operation }) => !('count' in operation));
  const mode = at?.setup.mode ?? 'secondary';
  if (at?.stage === 'closed' && !isCalled && !dice.oneIn(4)) return { op: 'open', node };
  if (at?.stage === 'none' && !isCalled && !dice.oneIn(4)) return { op: 'start', mode };
  if (!dice.oneIn(callEvery)) return null;
  if (endsBackups === true && at?.backupJob === true && dice.oneIn(2))
    return { op: 'endJob', job: 'backup', node };
  const roll = dice.below(16);
  if (at?.stage === 'failover' && stepsCommits === true && roll < 12)
    return roll < 3 ? { op: 'endJob', job: 'commit', node } : { op: 'commitAdvance', node };
  if (at?.stage === 'failover') return roll < 10 ? { op: 'commitSettle', node } : { op: 'getError' };
  if (at?.stage === 'done' && roll < 8) return { op: 'close', node };
  if (roll < 10) return { op: 'checkpoint' };
  if (roll < 11) return { op: 'getError' };
  if (roll < 12) return { op: 'queryStatus' };
  if (roll < 14) return { op: 'stop', failover: true };
  if (roll < 15) return { op: 'stop', failover: false };
  return { op: 'setReplication', enable: false, primary: false, failover: dice.oneIn(2) };
}
