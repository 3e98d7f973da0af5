/** The cells that can be reached at all, found by walking every state of the model on disks of one or two sectors. */
import { predicted } from '../../model/choices.ts';
import { asQemu } from '../../model/deviations.ts';
import type { Follow } from '../../model/deviations.ts';
import { changed, initialState } from '../../model/node.ts';
import type { Host, HostStep } from '../../model/node.ts';
import { step } from '../../model/step.ts';
import type { Operation } from '../../model/operations.ts';
import type { Setup, Stage } from '../../model/vocabulary.ts';
import type { Capabilities } from '../../impl/capabilities.ts';
import { situation } from '../cases/case.ts';
import { placeIn, rowOf } from './cell-place.ts';
import { cellName, outcomeName, outcomeText } from './coverage.ts';
import type { Cell } from './coverage.ts';
import { hostKey } from '../cases/host-key.ts';
import { branchName } from '../seed-branches/seed-branch.ts';
import { branchesTaken } from '../seed-branches/seed-branches.ts';
import { smallWorlds } from './small-worlds.ts';
import type { SmallWorld } from './small-worlds.ts';

/** Whether a system takes an operation in these stages of a case with this setup. */
export type Accepts = (operation: Operation, stages: readonly Stage[], setup: Setup) => boolean;

/** Every cell that a system with these capabilities can be brought to, without repeats; by `follow`, where it is not as 7.2. */
export function reachableCells(
  capabilities: Capabilities,
  accepts: Accepts = () => true,
  follow: Follow = asQemu,
): Cell[] {
  const cells = new Map<string, Cell>();
  // Nearly all steps are like one before: named are only those whose outcome is new at the place of their cell.
  const known: Set<string>[] = [];
  for (const world of smallWorlds(capabilities)) {
    for (const small of stepsOf(world, accepts, follow)) {
      const { mode, stage } = situation(small.host, small.operation);
      const outcomes = (known[placeIn(rowOf(mode, stage), small.operation.op)] ??= new Set());
      const { outcome } = small.next;
      const text = outcome.kind === 'data' ? outcome.kind : outcomeText(outcome, stage);
      if (outcomes.has(text)) continue;
      outcomes.add(text);
      const cell = cellOf(small);
      cells.set(cellName(cell), cell);
    }
  }
  return [...cells.values()];
}

/** The names of the cells in which each branch of the seed, by its name, is taken. */
export function cellsByBranch(capabilities: Capabilities): ReadonlyMap<string, ReadonlySet<string>> {
  const cells = new Map<string, Set<string>>();
  for (const world of smallWorlds(capabilities)) {
    for (const small of stepsOf(world, () => true, asQemu)) {
      for (const branch of branchesTaken(small.host, small.operation, small.next)) {
        const name = branchName(branch);
        const known = cells.get(name) ?? new Set();
        cells.set(name, known.add(cellName(cellOf(small))));
      }
    }
  }
  return cells;
}

interface SmallStep {
  readonly host: Host;
  readonly operation: Operation;
  readonly next: HostStep;
}

function cellOf({ host, operation, next }: SmallStep): Cell {
  const { mode, stage } = situation(host, operation);
  return { mode, stage, operation: operation.op, outcome: outcomeName(next.outcome, stage) };
}

function* stepsOf({ setup, alphabet }: SmallWorld, accepts: Accepts, follow: Follow): Generator<SmallStep> {
  const frontier: Host[] = [initialState(setup)];
  const seen = new Set<string>();
  for (let host = frontier.pop(); host !== undefined; host = frontier.pop()) {
    const stages = host.nodes.map(({ stage }) => stage);
    for (const operation of alphabet) {
      if (!accepts(operation, stages, setup)) continue;
      const next = step(host, operation, predicted, follow);
      yield { host, operation, next };
      // Four steps in five change nothing.
      if (next.host === host) continue;
      const key = keyOf(next.host);
      if (seen.has(key)) continue;
      seen.add(key);
      frontier.push(next.host);
    }
  }
}

/** A child leaked by each failed start makes new states without end that answer alike. */
function keyOf(host: Host): string {
  const nodes = host.nodes.map((node) => changed(node, { hiddenAttached: 0, secondaryAttached: 0 }));
  return hostKey({ ...host, nodes });
}
