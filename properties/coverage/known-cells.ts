/**
 * The cells that can be reached on a system that has everything, and goes QEMU's way: kept, since finding them takes a
 * second and nearly every campaign asks. A test finds them again.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { operationNames } from '../../impl/operation-lists.ts';
import type { Capabilities } from '../../impl/capabilities.ts';
import { asQemu } from '../../model/deviations.ts';
import type { Follow } from '../../model/deviations.ts';
import { modes, stages } from '../../model/vocabulary.ts';
import { everything } from '../cases/full-capabilities.ts';
import type { Cell } from './coverage.ts';
import { reachableCells } from './reachable-cells.ts';
import type { Accepts } from './reachable-cells.ts';

export const KNOWN_CELLS = join(import.meta.dirname, 'known-cells.json');

const rowsSchema = z.array(z.tuple([z.enum(modes), z.enum(operationNames), z.enum(stages), z.string()]));

export interface Taker {
  readonly capabilities: Capabilities;
  /** It accepts every operation that it has, wherever the case stands. */
  readonly acceptsAll?: true;
  accepts(...situation: Parameters<Accepts>): boolean;
}

/** Every cell that a system can be brought to; by `follow`, where it is not as 7.2. */
export function cellsReachableOn(taker: Taker, follow: Follow = asQemu): readonly Cell[] {
  if (taker.acceptsAll === true && follow === asQemu && hasEverything(taker.capabilities))
    return knownCells();
  return reachableCells(taker.capabilities, (...situation) => taker.accepts(...situation), follow);
}

/** In the order in which they were found. */
function knownCells(): Cell[] {
  const rows = rowsSchema.parse(JSON.parse(readFileSync(KNOWN_CELLS, 'utf8')));
  return rows.map(([mode, operation, stage, outcome]) => ({ mode, operation, stage, outcome }));
}

/** In all that matters to which cells can be reached: not how long its disks are, nor what it shows. */
export function hasEverything(capabilities: Capabilities): boolean {
  const { geometry, observes } = everything;
  return JSON.stringify({ ...capabilities, geometry, observes }) === JSON.stringify(everything);
}
