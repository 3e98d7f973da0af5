/** What a step moves between the layers of a node beside what its operation names. */
import { contains, unitCount } from '../../model/geometry.ts';
import { answeringLayer } from '../../model/overlay.ts';
import type { State } from '../../model/state.ts';
import type { Operation } from '../../model/operations.ts';
import type { Layer, Range } from '../../model/vocabulary.ts';
import { guestLayer } from './content-origins.ts';
import type { MovementKind } from './view-data.ts';

/** An emptying goes from a layer to itself. */
export interface Movement extends Range {
  readonly kind: MovementKind;
  readonly from: Layer;
  readonly to: Layer;
}

/** `operation` is null where it is for another node. */
export function movementsOf(before: State, after: State, operation: Operation | null): Movement[] {
  if (before.disks === after.disks && before.node === after.node) return [];
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
      (sector) => answeringLayer(before.disks, sector),
      'active',
    ),
    ...commits(before, after, operation),
    ...emptyings(before, after),
  ];
}

/** Saved in this step, whether or not hidden looks different for it; of a copy that failed only what changed. */
function copied(before: State, after: State, sector: number): boolean {
  const unit = Math.floor(sector / before.setup.geometry.copyUnitSectors);
  if (before.disks.copied[unit] === false && after.disks.copied[unit] === true) return true;
  const saved = after.disks.hidden[sector] ?? null;
  return saved !== null && saved !== before.disks.hidden[sector];
}

/** The rest of a cluster of active that is written for the first time. */
function filled(before: State, after: State, operation: Operation | null, sector: number): boolean {
  if (after.disks.active[sector] === null || before.disks.active[sector] !== null) return false;
  return operation === null || !('count' in operation) || !contains(operation, sector);
}

function commits(before: State, after: State, operation: Operation | null): Movement[] {
  if (!isCommitting(before, after)) return [];
  const written = writtenUnits(before, after);
  const { commitUnitSectors } = before.setup.geometry;
  const isCommitted = (sector: number): boolean => {
    if (answeringLayer(before.disks, sector) === 'secondary') return false;
    if (written.has(Math.floor(sector / commitUnitSectors))) return true;
    return changedByNoWrite(before, after, operation, sector);
  };
  const from = (sector: number): Layer => answeringLayer(before.disks, sector);
  return runsWhere(before, isCommitted, 'commit', from, 'secondary');
}

function isCommitting(before: State, after: State): boolean {
  return (
    before.node.commit !== null ||
    after.node.commit !== null ||
    after.node.committed !== before.node.committed
  );
}

function changedByNoWrite(before: State, after: State, operation: Operation | null, sector: number): boolean {
  if (after.disks.secondary[sector] === before.disks.secondary[sector]) return false;
  const isWritten = operation !== null && 'count' in operation && contains(operation, sector);
  if (!isWritten) return true;
  return operation.op.startsWith('guest') && guestLayer(before, sector) !== 'secondary';
}

/** The units that waited or were in flight and are done; of a commit that failed nothing is said here. */
function writtenUnits(before: State, after: State): ReadonlySet<number> {
  if (after.node.commit === null && !after.node.committed) return new Set();
  const { commitUnitSectors, lengthSectors } = before.setup.geometry;
  const units = Array.from({ length: unitCount(commitUnitSectors, lengthSectors) }, (_, unit) => unit);
  return new Set(units.filter((unit) => isPending(before, unit) && !isPending(after, unit)));
}

function isPending({ node }: State, unit: number): boolean {
  if (node.commit === null) return false;
  return node.commit.dirty[unit] === true || node.commit.inFlight.some((request) => request.unit === unit);
}

function emptyings(before: State, after: State): Movement[] {
  return (['active', 'hidden'] as const).flatMap((layer) => {
    const isEmptied = (sector: number): boolean =>
      before.disks[layer][sector] !== null && after.disks[layer][sector] === null;
    return runsWhere(before, isEmptied, 'empty', () => layer, layer);
  });
}

function runsWhere(
  { setup }: State,
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
export function unitsToCommit(state: State): number {
  const { commitUnitSectors, lengthSectors } = state.setup.geometry;
  const count = unitCount(commitUnitSectors, lengthSectors);
  return Array.from({ length: count }, (_, unit) => unit).filter((unit) => isPending(state, unit)).length;
}
