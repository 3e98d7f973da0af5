/**
 * Where the truth is not one value: a system that orders and tears requests as it likes may end an operation in one of
 * several states. Here nothing is predicted: given what was observed, these are the steps that the law allows.
 */
import { clusterWriteFails, overwritten } from './active-disk.ts';
import { chainIsUnreadable, hasBadSector } from './bad-sector.ts';
import { failCommit, markDirty, settleCommit } from './failover.ts';
import { roundOut, touchedUnits, unitCount, unitPieces, unitRange } from './geometry.ts';
import { answeringLayer, chainView } from './overlay.ts';
import { eio, ok } from './outcome.ts';
import { reachesActive } from './request.ts';
import { writeSecondary } from './secondary-disk.ts';
import { withActive, withDisks, withNode, withSecondary } from './state.ts';
import type { HostState, HostStep, State, Step } from './state.ts';
import { step } from './step.ts';
import type { Operation } from './operations.ts';
import type { Extent, Layer, Observation, Range, Tag } from './vocabulary.ts';

/** What was seen of a node after the operation, as far as it tells the lawful steps apart. */
interface ShownNode extends Partial<Pick<Observation, 'view' | 'secondary'>> {
  readonly answeredBy?: readonly Layer[] | null;
  readonly commitRuns?: boolean;
}

interface Shown {
  readonly nodes: readonly ShownNode[];
}

/** The steps other than the predicted one that the law allows from `host`, given what was shown after `operation`. */
export function* lawfulSteps(host: HostState, operation: Operation, shown: Shown): Generator<HostStep> {
  switch (operation.op) {
    case 'guestWrite':
    case 'guestWriteZeroes':
    case 'guestFlush': {
      const index = operation.node ?? 0;
      const before = host.nodes[index];
      if (before === undefined || host.dead !== null) return;
      if (before.node.link === 'reconnecting') yield overDeadLink(host, index, before, operation);
      if (operation.op === 'guestFlush' || !reachesActive(before, operation)) return;
      const extent = { tag: 0, ...operation };
      for (const { state, outcome } of lawfulWrites(before, extent, shown.nodes[index] ?? {})) {
        yield { state: withNodeState(host, index, markDirty(state, extent)), outcome };
      }
      return;
    }
    case 'primaryWrite':
    case 'primaryWriteZeroes': {
      const index = operation.node ?? 0;
      const { state, outcome } = step(host, operation);
      const node = state.nodes[index];
      if (node === undefined || outcome !== eio) return;
      yield {
        state: withNodeState(state, index, partlyCopied(node, operation, shown.nodes[index] ?? {})),
        outcome,
      };
      return;
    }
    case 'stop':
    case 'setReplication': {
      yield withEndedCommits(step(host, operation), shown);
      return;
    }
    case 'commitSettle': {
      const index = operation.node ?? 0;
      const before = host.nodes[index];
      const secondary = shown.nodes[index]?.secondary;
      if (before === undefined || secondary === undefined || !isDoomed(before)) return;
      const failed = failedCommit(before, secondary);
      if (failed !== null) yield { state: withNodeState(host, index, failed), outcome: ok };
      return;
    }
    default:
  }
}

/** A client whose peer is there again reconnects some time after it was next asked: until then nothing gets through. */
function overDeadLink(host: HostState, index: number, before: State, operation: Operation): HostStep {
  const dead = withNode(before, { ...before.node, link: 'dead' });
  const { state, outcome } = step(withNodeState(host, index, dead), operation);
  const after = state.nodes[index] ?? dead;
  const again = withNode(after, { ...after.node, link: 'reconnecting' });
  return { state: withNodeState(state, index, again), outcome };
}

/**
 * Where a copy before a write fails, other units of the request may have been copied: how it is cut into copies depends
 * on what QEMU remembers of the disk (the block status cache of block/io.c). Of the failed copy itself single clusters
 * may have been saved. What was saved is what the secondary disk, unchanged, holds.
 */
function partlyCopied(state: State, range: Range, shown: ShownNode): State {
  const { copyUnitSectors, lengthSectors } = state.setup.geometry;
  const { active, hidden, secondary } = state.disks;
  if (!state.node.backupJob) return state;
  const saved = hidden.slice();
  const copied = state.disks.copied.slice();
  const units = roundOut(range, copyUnitSectors, lengthSectors);
  for (const unit of unitPieces(units, copyUnitSectors)) {
    const changed = sectorsOf(unit).filter((sector) => isSaved(state, sector, shown));
    if (changed.length === 0 || copied[unit.sector / copyUnitSectors] === true) continue;
    const fails =
      hasBadSector(state, 'secondary', 'read', unit) || hasBadSector(state, 'hidden', 'write', unit);
    for (const sector of fails ? changed : sectorsOf(unit)) saved[sector] = secondary[sector] ?? null;
    copied[unit.sector / copyUnitSectors] = !fails;
  }
  return withDisks(state, { active, hidden: saved, secondary, copied });
}

/** Hidden answers a sector that it did not hold, or not with the content that it has now. */
function isSaved({ disks }: State, sector: number, { answeredBy, view }: ShownNode): boolean {
  if (answeredBy?.[sector] !== 'hidden' || view?.kind !== 'data') return false;
  const { hidden, secondary } = disks;
  const isNew = hidden[sector] === null || hidden[sector] !== secondary[sector];
  return (
    isNew &&
    (view.tags[sector] === secondary[sector] || (hidden[sector] === null && view.tags[sector] === -2))
  );
}

function sectorsOf({ sector, count }: Range): number[] {
  return Array.from({ length: count }, (_, index) => sector + index);
}

/** The same step where every commit has ended that may have, by what was shown. */
export function withEndedCommits({ state, outcome }: HostStep, shown: Shown): HostStep {
  const nodes = state.nodes.map((node, index) => endedAtOnce(node, shown.nodes[index] ?? {}));
  return { state: { ...state, nodes }, outcome };
}

/** A commit that must fail, or has nothing to write, may have ended by the time that it is first looked at. */
function endedAtOnce(state: State, { commitRuns, secondary }: ShownNode): State {
  const job = state.node.commit;
  if (job === null || commitRuns !== false || secondary === undefined) return state;
  if (job.inFlight.length === 0) return settleCommit(state);
  return isDoomed(state) ? (failedCommit(state, secondary) ?? state) : state;
}

function withNodeState(host: HostState, index: number, state: State): HostState {
  return { ...host, nodes: host.nodes.with(index, state) };
}

/**
 * Guest writes to active: each cluster is wholly written or wholly untouched, in any order; all are written where the
 * answer is ok. A cluster whose first write needs content from below may fail also where that content is bad in the very
 * sectors that the write replaces. After a failed failover the runs of the split go one after the other, and only the
 * last of them can be torn.
 */
function* lawfulWrites(before: State, extent: Extent, shown: ShownNode): Generator<Step> {
  if (before.node.stage !== 'failoverFailed') {
    yield* lawfulActiveWrites(before, extent, shown);
    return;
  }
  let current = before;
  const end = extent.sector + extent.count;
  for (let sector = extent.sector; sector < end;) {
    const run = runInOneLayer(current, { ...extent, sector, count: end - sector });
    const toSecondary = answeringLayer(current.disks, sector) === 'secondary';
    let written: State | null = null;
    const outcomes = toSecondary ? [writeSecondary(current, run)] : lawfulActiveWrites(current, run, shown);
    for (const lawful of outcomes) {
      if (lawful.outcome === ok) written = lawful.state;
      else yield lawful;
    }
    if (written === null) return;
    current = written;
    sector += run.count;
  }
  yield { state: current, outcome: ok };
}

function* lawfulActiveWrites(before: State, extent: Extent, shown: ShownNode): Generator<Step> {
  const pieces = unitPieces(extent, before.setup.geometry.activeClusterSectors);
  const failing = pieces.filter((piece) => clusterWriteFails(before, piece));
  if (failing.length === 0) {
    yield { state: withActive(before, overwritten(before, extent)), outcome: ok };
  }
  if (!pieces.some((piece) => failing.includes(piece) || mayFail(before, piece))) return;
  const landed = pieces.filter((piece) => !failing.includes(piece) && isShown(piece, extent.tag, shown));
  const torn = landed.reduce(
    (state, piece) => withActive(state, overwritten(state, { ...piece, tag: extent.tag })),
    before,
  );
  yield { state: torn, outcome: eio };
}

/** A first write of a cluster may read all that lies below it (qcow2 joins its reads). */
function mayFail(state: State, piece: Range): boolean {
  const { activeClusterSectors, lengthSectors } = state.setup.geometry;
  if (state.disks.active[piece.sector] !== null) return false;
  return chainIsUnreadable(state, touchedUnits(piece, activeClusterSectors, lengthSectors));
}

function isShown({ sector, count }: Range, tag: Tag, { view, answeredBy }: ShownNode): boolean {
  const tags = view?.kind === 'data' ? view.tags.slice(sector, sector + count) : [];
  return answeredBy?.[sector] === 'active' && tags.every((seen) => seen === tag || seen < 0);
}

function runInOneLayer({ disks }: State, extent: Extent): Extent {
  const layer = answeringLayer(disks, extent.sector);
  let count = 1;
  while (count < extent.count && answeringLayer(disks, extent.sector + count) === layer) count++;
  return { ...extent, count };
}

/** A commit that will fail, because of what it cannot read or write, may do so at any time. */
function isDoomed(state: State): boolean {
  const job = state.node.commit;
  if (job === null) return false;
  const { commitUnitSectors, lengthSectors } = state.setup.geometry;
  return Array.from({ length: unitCount(commitUnitSectors, lengthSectors) }, (_, unit) => unit).some(
    (unit) => {
      const range = unitRange(unit, commitUnitSectors, lengthSectors);
      const request = job.inFlight.find((each) => each.unit === unit);
      if (request === undefined && job.dirty[unit] !== true) return false;
      if (request?.content === null || hasBadSector(state, 'secondary', 'write', range)) return true;
      return job.dirty[unit] === true && chainIsUnreadable(state, range);
    },
  );
}

/**
 * The failed end of a commit that was going on in `state`, given the secondary disk as it is then. Each unit that was
 * dirty or in flight wholly holds its old content, what its request had read, or the guest view; every other unit is
 * unchanged. Null where the observed content breaks that law.
 */
export function failedCommit(state: State, secondary: readonly Tag[]): State | null {
  const job = state.node.commit;
  if (job === null) return null;
  const { commitUnitSectors, lengthSectors } = state.setup.geometry;
  const view = chainView(state.disks);
  for (let unit = 0; unit < unitCount(commitUnitSectors, lengthSectors); unit++) {
    const range = unitRange(unit, commitUnitSectors, lengthSectors);
    const seen = slice(secondary, range);
    const request = job.inFlight.find((each) => each.unit === unit);
    const lawful = [slice(state.disks.secondary, range)];
    if (request !== undefined || job.dirty[unit] === true) lawful.push(slice(view, range));
    if (request !== undefined && request.content !== null) lawful.push(request.content);
    if (!lawful.some((content) => content.every((tag, index) => tag === seen[index]))) return null;
  }
  return failCommit(withSecondary(state, secondary));
}

function slice(tags: readonly Tag[], { sector, count }: Range): readonly Tag[] {
  return tags.slice(sector, sector + count);
}
