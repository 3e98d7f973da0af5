/** Which sectors a request reads or writes, and which others lie in clusters and units that it touches. */
import type { Operation } from '../../../model/operations.ts';
import { NODES_MAX } from '../../../model/vocabulary.ts';
import type { Geometry, Range, Setup, Tag } from '../../../model/vocabulary.ts';
import { callKey } from './control-state.ts';
import { sameActiveCluster, sameCommitUnit, sameCopyUnit } from './sector-relation.ts';
import { noUnits, unitsTouched } from './unit-spans.ts';
import type { UnitSpans } from './unit-spans.ts';

export const dataNames = [
  'guestRead',
  'guestWrite',
  'guestWriteZeroes',
  'guestDiscard',
  'primaryRead',
  'primaryWrite',
  'primaryWriteZeroes',
  'primaryDiscard',
] as const;
export type DataName = (typeof dataNames)[number];

export interface RequestShape {
  readonly node: number;
  /** Null: it touches no sector, and is answered as a whole. */
  readonly data: DataShape | null;
  /** The operation on a node of one sector that is answered the same as a whole. */
  readonly whole: () => Operation;
  /** The same for all that are answered the same. */
  readonly wholeKey: number;
}

export interface DataShape extends Range {
  readonly op: DataName;
  /** Its place in `dataNames`; the empty write of a primary has one of its own. */
  readonly code: number;
  readonly tag: Tag;
  readonly isRead: boolean;
  readonly isGuest: boolean;
  /** Whether two of its sectors may lie in one cluster of active; in one unit of a commit. */
  readonly sharesCluster: boolean;
  readonly sharesCommitUnit: boolean;
  /** All sectors of the clusters and units that it touches. */
  readonly touched: Range;
  /** In which it allocates something. */
  readonly units: UnitSpans;
}

const PAST_THE_END = 3;

export function shapeOf(operation: Operation, { nodes }: Setup): RequestShape {
  const node = 'node' in operation ? (operation.node ?? 0) : 0;
  const geometry = nodes[node]?.geometry;
  if (!('count' in operation) || geometry === undefined)
    return { node, data: null, whole: () => operation, wholeKey: callKey(operation) };
  const { sector, count } = operation;
  const isPast = sector + count > geometry.lengthSectors;
  const wholeCount = isPast ? PAST_THE_END : Math.min(count, 1);
  const whole = (): Operation => ({ ...operation, sector: 0, count: wholeCount });
  const place = dataNames.findIndex((name) => name === operation.op);
  // Numbers up to `CALL_KEYS_FROM`: there are few nodes, and counts up to `PAST_THE_END`.
  const wholeKey =
    place < 0 ? callKey(whole()) : (place * NODES_MAX + node) * (PAST_THE_END + 1) + wholeCount;
  const touched = touchedBy(operation, geometry);
  if (isPast || (count === 0 && touched.count === 0)) return { node, data: null, whole, wholeKey };
  const op = dataNames[place];
  if (op === undefined) return { node, data: null, whole, wholeKey };
  const isRead = op === 'guestRead' || op === 'primaryRead';
  const tag = 'tag' in operation ? operation.tag : 0;
  const code = count === 0 ? dataNames.length : place;
  const isGuest = op.startsWith('guest');
  const units = isRead ? noUnits : unitsTouched(operation, isGuest, geometry);
  const sharesCluster = count > 1 && geometry.activeClusterSectors > 1;
  const sharesCommitUnit = count > 1 && geometry.commitUnitSectors > 1;
  const shared = { sharesCluster, sharesCommitUnit };
  const data = { op, code, sector, count, tag, isRead, isGuest, ...shared, touched, units };
  return { node, data, whole, wholeKey };
}

function touchedBy(operation: Extract<Operation, { readonly count: number }>, geometry: Geometry): Range {
  const { op, sector, count } = operation;
  const { activeClusterSectors, copyUnitSectors, commitUnitSectors, lengthSectors } = geometry;
  // Of empty requests only a write of the primary arrives where copies are made, and copies the unit that it stands within.
  const isEmpty = count === 0 && (op !== 'primaryWrite' || sector % copyUnitSectors === 0);
  if (isEmpty || op === 'guestRead' || op === 'primaryRead') return { sector, count };
  // What a guest writes is of a cluster of active and a unit of the commit, what the primary writes of a unit that is copied.
  const [one, other] = op.startsWith('guest')
    ? [activeClusterSectors, commitUnitSectors]
    : [copyUnitSectors, copyUnitSectors];
  const first = Math.min(sector - (sector % one), sector - (sector % other));
  const last = sector + count;
  const end = Math.max(Math.ceil(last / one) * one, Math.ceil(last / other) * other);
  return { sector: first, count: Math.min(end, lengthSectors) - first };
}

/** Which units a sector has in common with a range that it is not in, as bits. */
export function relationTo({ sector: start, count }: Range, sector: number, geometry: Geometry): number {
  const { activeClusterSectors, copyUnitSectors, commitUnitSectors } = geometry;
  return (
    (shares(start, count, sector, activeClusterSectors) ? sameActiveCluster : 0) +
    (shares(start, count, sector, copyUnitSectors) ? sameCopyUnit : 0) +
    (shares(start, count, sector, commitUnitSectors) ? sameCommitUnit : 0)
  );
}

function shares(start: number, count: number, sector: number, unit: number): boolean {
  const first = sector - (sector % unit);
  return start < first + unit && (count === 0 ? start > first : start + count > first);
}
