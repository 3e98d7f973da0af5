/** Draws a whole case: a setup, then operations chosen against the running model state. */
import type { Random } from 'fast-check';
import { initialState } from '../model/state.ts';
import type { State, Step } from '../model/state.ts';
import { step } from '../model/step.ts';
import type { Capabilities, Defect, Extent, Geometry, Operation, Setup } from '../model/vocabulary.ts';
import type { Case } from './case.ts';
import { Dice } from './dice.ts';
import { drawGeometry } from './geometries.ts';
import type { GeometryChoice } from './geometries.ts';
import { OperationDeck } from './operation-deck.ts';
import { QEMU_COMMIT_REQUESTS } from './setup-problem.ts';

export interface CaseOptions {
  readonly capabilities: Capabilities;
  readonly geometry: GeometryChoice;
  /** The longest case; lengths are spread evenly from 1 up to it. */
  readonly operationsMax: number;
}

export function generateCase(random: Random, options: CaseOptions): Case {
  const dice = new Dice(random);
  const setup = drawSetup(options, dice);
  const length = dice.between(1, options.operationsMax);
  const deck = new OperationDeck(setup, options.capabilities, dice);
  const start = initialState(setup);
  const operations: Operation[] = [];
  const steps: Step[] = [];
  let state: State = start;
  while (operations.length < length) {
    const operation = deck.draw(state);
    const next = step(state, operation);
    operations.push(operation);
    steps.push(next);
    state = next.state;
  }
  return { setup, operations, walk: { start, steps } };
}

function drawSetup({ capabilities, geometry: choice }: CaseOptions, dice: Dice): Setup {
  const geometry = drawGeometry(choice, capabilities, dice);
  const { lengthSectors } = geometry;
  const primary = capabilities.modes.includes('primary') && dice.oneIn(8);
  const bad = capabilities.badSectors && dice.oneIn(primary ? 2 : 4);
  return {
    mode: primary ? 'primary' : 'secondary',
    geometry,
    initialContent: drawContent(geometry, dice),
    badSectors: bad ? [{ disk: 'secondary', access: 'write', sector: dice.below(lengthSectors) }] : [],
    defects: dice.oneIn(12) ? drawDefect(capabilities, dice) : [],
    commitRequestsMax: capabilities.commit === 'stepped' ? dice.between(1, 3) : QEMU_COMMIT_REQUESTS,
  };
}

/** Mostly one tag everywhere; sometimes a zero gap, sometimes all zeroes. */
function drawContent({ lengthSectors }: Geometry, dice: Dice): Extent[] {
  if (dice.oneIn(8)) return [];
  const whole: Extent = { sector: 0, count: lengthSectors, tag: 1 };
  return dice.oneIn(4) ? [{ ...whole, count: dice.between(1, lengthSectors) }] : [whole];
}

function drawDefect({ defects }: Capabilities, dice: Dice): Defect[] {
  const defect = defects[dice.below(Math.max(1, defects.length))];
  return defect === undefined ? [] : [defect];
}
