/** What a step moves between the layers of a node beside what its operation names. */
import { contains, layerOf } from '../../model/disks.ts';
import type { Node } from '../../model/node.ts';
import type { Layer, Range } from '../../model/vocabulary.ts';
import type { Operation } from '../../model/operations.ts';
import { guestLayer } from './content-origins.ts';
import type { MovementKind } from './view-data.ts';

/** A make_empty goes from a layer to itself. */
export interface Movement extends Range {
  readonly kind: MovementKind;
  readonly from: Layer;
  readonly to: Layer;
}

/** `operation` is null where it is for another node. */
export function movementsOf(before: Node, after: Node, operation: Operation | null): Movement[] {
  if (before === after) return [];
  return [
    ...runsWhere(
      before,
      (sector) => copied(before, after, sector),
      'copy',
      () => 'secondary',
      'hidden',
    ),
    ...runsWhere(
      before,
      (sector) => filled(before, after, operation, sector),
      'fill',
      (sector) => layerOf(before, sector),
      'active',
    ),
    ...commits(before, after, operation),
    ...emptyings(before, after),
  ];
}

/** Saved in this step, whether or not hidden looks different for it; of a copy that failed only what changed. */
function copied(before: Node, after: Node, sector: number): boolean {
  const unit = Math.floor(sector / before.setup.geometry.copyUnitSectors);
  if (before.copied[unit] === false && after.copied[unit] === true) return true;
  const saved = after.hidden[sector] ?? null;
  return saved !== null && saved !== before.hidden[sector];
}

/** The rest of a cluster of active that is written for the first time. */
function filled(before: Node, after: Node, operation: Operation | null, sector: number): boolean {
  if (after.active[sector] === null || before.active[sector] !== null) return false;
  return operation === null || !('count' in operation) || !contains(operation, sector);
}

function commits(before: Node, after: Node, operation: Operation | null): Movement[] {
  if (!isCommitting(before, after)) return [];
  const written = writtenUnits(before, after);
  const { commitUnitSectors } = before.setup.geometry;
  const isCommitted = (sector: number): boolean => {
    if (layerOf(before, sector) === 'secondary') return false;
    if (written.has(Math.floor(sector / commitUnitSectors))) return true;
    return changedByNoWrite(before, after, operation, sector);
  };
  const from = (sector: number): Layer => layerOf(before, sector);
  return runsWhere(before, isCommitted, 'commit', from, 'secondary');
}

function isCommitting(before: Node, after: Node): boolean {
  return before.commitJob !== null || after.commitJob !== null || after.committed !== before.committed;
}

function changedByNoWrite(before: Node, after: Node, operation: Operation | null, sector: number): boolean {
  if (after.secondary[sector] === before.secondary[sector]) return false;
  const isWritten = operation !== null && 'count' in operation && contains(operation, sector);
  if (!isWritten) return true;
  return operation.op.startsWith('guest') && guestLayer(before, sector) !== 'secondary';
}

/** The units that waited or were in flight and are done; of a commit that failed nothing is said here. */
function writtenUnits(before: Node, after: Node): ReadonlySet<number> {
  if (after.commitJob === null && !after.committed) return new Set();
  return new Set(commitUnits(before).filter((unit) => isPending(before, unit) && !isPending(after, unit)));
}

function isPending({ commitJob }: Node, unit: number): boolean {
  if (commitJob === null) return false;
  return commitJob.dirty[unit] === true || commitJob.inFlight.some((request) => request.unit === unit);
}

function emptyings(before: Node, after: Node): Movement[] {
  return (['active', 'hidden'] as const).flatMap((layer) => {
    const isEmptied = (sector: number): boolean =>
      before[layer][sector] !== null && after[layer][sector] === null;
    return runsWhere(before, isEmptied, 'empty', () => layer, layer);
  });
}

function runsWhere(
  { setup }: Node,
  holds: (sector: number) => boolean,
  kind: MovementKind,
  from: (sector: number) => Layer,
  to: Layer,
): Movement[] {
  const { lengthSectors } = setup.geometry;
  const runs: Movement[] = [];
  for (let sector = 0; sector < lengthSectors; sector++) {
    if (!holds(sector)) continue;
    const source = from(sector);
    const last = runs.at(-1);
    if (last !== undefined && last.from === source && last.sector + last.count === sector) {
      runs[runs.length - 1] = { ...last, count: last.count + 1 };
    } else {
      runs.push({ kind, from: source, to, sector, count: 1 });
    }
  }
  return runs;
}

/** The units of a failover commit that are not written yet. */
export function unitsToCommit(node: Node): number {
  return commitUnits(node).filter((unit) => isPending(node, unit)).length;
}

function commitUnits({ setup }: Node): number[] {
  const { commitUnitSectors, lengthSectors } = setup.geometry;
  return Array.from({ length: Math.ceil(lengthSectors / commitUnitSectors) }, (_, unit) => unit);
}
