/** A situation: what the state of a node and an operation are like when they meet; and what such states are recognized by. */
import type { Capabilities } from '../../impl/capabilities.ts';
import { endOf, layerOf } from '../../model/disks.ts';
import type { Host, Node } from '../../model/node.ts';
import type { Operation, OperationName } from '../../model/operations.ts';
import type { Geometry, Mode, Outcome, Range, Stage } from '../../model/vocabulary.ts';
import { isFailover } from '../seed-branches/seed-branch.ts';

/** One step as one of the nodes sees it that it reaches. */
export interface Moment {
  readonly before: Node;
  readonly after: Node;
  readonly operation: Operation;
  readonly outcome: Outcome;
  readonly host: Host;
  readonly next: Host;
}

export interface Situation {
  readonly name: string;
  /** In one line. */
  readonly what: string;
  readonly mode: Mode;
  /** Stages and operations in which it can be met at all: nothing is asked elsewhere. */
  readonly stages: readonly Stage[];
  readonly operations: readonly OperationName[];
  /** What it takes besides one of the operations; left out: nothing. */
  needs?(capabilities: Capabilities): boolean;
  /** Whether it can be met on such disks; left out: on any. */
  fits?(geometry: Geometry): boolean;
  isMet(moment: Moment): boolean;
}

export const stops: readonly OperationName[] = ['stop', 'setReplication'];
export const guestWrites: readonly OperationName[] = ['guestWrite', 'guestWriteZeroes'];

/** The sectors that an operation names; none of other operations, and none past the end of the disk. */
export function rangeOf({ before, operation }: Moment): Range {
  const isWithin = 'count' in operation && endOf(operation) <= before.setup.geometry.lengthSectors;
  return isWithin ? operation : { sector: 0, count: 0 };
}

/** How many of the layers hold sectors of a range. */
export function layersIn(node: Node, { sector, count }: Range): number {
  const found = new Set<string>();
  for (let place = sector; place < sector + count && found.size < 3; place++) found.add(layerOf(node, place));
  return found.size;
}

export function isAllocated({ active, hidden }: Node): boolean {
  return active.some((tag) => tag !== null) || hidden.some((tag) => tag !== null);
}

/** A stop that takes a running secondary to its failover. */
export function isFailoverOf({ before, after, operation }: Moment): boolean {
  return (
    isFailover(operation) &&
    before.stage === 'running' &&
    after.stage !== 'running' &&
    after.stage !== 'aborted'
  );
}

/** The last commit unit, if the disk ends within it. */
export function partialLastUnit({ lengthSectors, commitUnitSectors }: Geometry): Range | null {
  const count = lengthSectors % commitUnitSectors;
  return count === 0 ? null : { sector: lengthSectors - count, count };
}

/** The units of `unitSectors` that a range touches, the first and the one after the last. */
export function unitsTouched({ sector, count }: Range, unitSectors: number): readonly [number, number] {
  return [Math.floor(sector / unitSectors), Math.ceil((sector + count) / unitSectors)];
}

/** Whether an overlay holds a sector of a range. */
export function isHeldAbove(node: Node, { sector, count }: Range): boolean {
  for (let place = sector; place < sector + count; place++)
    if (layerOf(node, place) !== 'secondary') return true;
  return false;
}

/** Whether a request of the failover commit is under way in a range. */
export function isInFlight({ commitJob, setup }: Node, range: Range): boolean {
  if (commitJob === null || range.count === 0) return false;
  const [from, to] = unitsTouched(range, setup.geometry.commitUnitSectors);
  return commitJob.inFlight.some(({ unit }) => unit >= from && unit < to);
}
