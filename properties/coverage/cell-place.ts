/** A number for each mode, stage and operation: where tables of cells keep theirs. */
import { operationNames } from '../../impl/operation-lists.ts';
import type { OperationName } from '../../model/operations.ts';
import { modes, stages } from '../../model/vocabulary.ts';
import type { Mode, Stage } from '../../model/vocabulary.ts';

const modeNumbers = numbersOf(modes);
const stageNumbers = numbersOf(stages);
const operationNumbers = numbersOf(operationNames);

export const PLACES = modes.length * stages.length * operationNames.length;

/** The first place of a mode and a stage. */
export function rowOf(mode: Mode, stage: Stage): number {
  const row = (modeNumbers.get(mode) ?? 0) * stages.length + (stageNumbers.get(stage) ?? 0);
  return row * operationNames.length;
}

export function placeIn(row: number, operation: OperationName): number {
  return row + (operationNumbers.get(operation) ?? 0);
}

function numbersOf<Name extends string>(names: readonly Name[]): ReadonlyMap<Name, number> {
  return new Map(names.map((name, number) => [name, number]));
}
