/** The cells that can be reached at all, found by walking every state of the model on a disk of two sectors. */
import { initialState } from '../model/state.ts';
import type { State } from '../model/state.ts';
import { step } from '../model/step.ts';
import type { Capabilities, Defect, Mode, Operation, Setup, Stage } from '../model/vocabulary.ts';
import { cellName, outcomeName } from './coverage.ts';
import type { Cell } from './coverage.ts';

/**
 * Two sectors are enough: all that an outcome depends on is whether a request meets the bad sector, lies past the end or
 * is empty, and after a failed commit whether it meets an allocated or an unallocated sector. In one commit unit, so
 * that the bad sector can fail the commit and be unallocated.
 */
const twoSectors = {
  lengthSectors: 2,
  sectorBytes: 8,
  activeClusterSectors: 1,
  hiddenClusterSectors: 1,
  copyUnitSectors: 1,
  commitUnitSectors: 2,
};

const ranges = [
  { sector: 0, count: 1 },
  { sector: 1, count: 1 },
  { sector: 0, count: 0 },
  { sector: 2, count: 1 },
];

// Outcomes never depend on content, so that writing zeroes alone keeps the states few.
const alphabet: readonly Operation[] = [
  { op: 'open' },
  { op: 'start', mode: 'primary' },
  { op: 'start', mode: 'secondary' },
  { op: 'checkpoint' },
  { op: 'getError' },
  { op: 'stop', failover: true },
  { op: 'stop', failover: false },
  { op: 'close' },
  { op: 'guestFlush' },
  { op: 'primaryFlush' },
  { op: 'commitAdvance' },
  { op: 'commitSettle' },
  ...ranges.flatMap((range): Operation[] => [
    { op: 'guestRead', ...range },
    { op: 'guestWrite', ...range, tag: 0 },
    { op: 'guestWriteZeroes', ...range },
    { op: 'guestDiscard', ...range },
    { op: 'primaryRead', ...range },
    { op: 'primaryWrite', ...range, tag: 0 },
    { op: 'primaryWriteZeroes', ...range },
    { op: 'primaryDiscard', ...range },
  ]),
];

/** Every cell that a system with these capabilities can be brought to, without repeats. */
export function reachableCells(
  capabilities: Capabilities,
  accepts: (operation: Operation, stage: Stage) => boolean = () => true,
): Cell[] {
  const given = alphabet.filter(({ op }) => capabilities.operations.includes(op));
  const cells = new Map<string, Cell>();
  for (const setup of setupsOf(capabilities)) {
    for (const cell of cellsOf(setup, given, accepts)) cells.set(cellName(cell), cell);
  }
  return [...cells.values()];
}

function* cellsOf(
  setup: Setup,
  given: readonly Operation[],
  accepts: (operation: Operation, stage: Stage) => boolean,
): Generator<Cell> {
  const frontier: State[] = [initialState(setup)];
  const seen = new Set<string>();
  for (let state = frontier.pop(); state !== undefined; state = frontier.pop()) {
    const { stage } = state.node;
    for (const operation of given) {
      if (!accepts(operation, stage)) continue;
      const next = step(state, operation);
      yield { mode: setup.mode, operation: operation.op, stage, outcome: outcomeName(next.outcome) };
      const key = JSON.stringify([next.state.node, next.state.disks]);
      if (seen.has(key)) continue;
      seen.add(key);
      frontier.push(next.state);
    }
  }
}

function setupsOf({ modes, defects, badSectors }: Capabilities): Setup[] {
  const faults = badSectors ? [[], [{ disk: 'secondary', access: 'write', sector: 0 } as const]] : [[]];
  return modes.flatMap((mode) =>
    faults.flatMap((bad) => [null, ...defects].map((defect) => setupWith(mode, bad, defect))),
  );
}

function setupWith(mode: Mode, badSectors: Setup['badSectors'], defect: Defect | null): Setup {
  return {
    mode,
    geometry: twoSectors,
    initialContent: [],
    badSectors,
    defects: defect === null ? [] : [defect],
    commitRequestsMax: 1,
  };
}
