/** The active commit of a failover, request by request, and guest writes after it failed (replication.c:225-310, 664-744). */
import { answeringLayer, chainView, writeActive } from './overlay.ts';
import { eio, ok } from './outcome.ts';
import { hasBadSector, writeSecondary } from './secondary-disk.ts';
import { withDisks, withNode, withSecondary } from './state.ts';
import type { CommitJob, CommitRequest, Node, State, Step } from './state.ts';
import { unitCount, unitRange } from './geometry.ts';
import type { Extent, Range } from './vocabulary.ts';

/**
 * The commit begins: every unit with anything allocated above the secondary disk is dirty, and requests start at once.
 * `s->error` is set because the backup job was cancelled while the stage was still running (replication.c:424-427).
 */
export function startCommit(state: State): State {
  const { commitUnitSectors, lengthSectors } = state.setup.geometry;
  const dirty = Array<boolean>(unitCount(commitUnitSectors, lengthSectors)).fill(false);
  for (let sector = 0; sector < lengthSectors; sector++) {
    if (answeringLayer(state.disks, sector) !== 'secondary')
      dirty[Math.floor(sector / commitUnitSectors)] = true;
  }
  const node: Node = { ...state.node, stage: 'failover', errorFlag: true, backupJob: false };
  return startRequests(withNode(state, node), { dirty, cursor: 0, inFlight: [] });
}

/** The oldest request completes, further ones start; the job ends when nothing is dirty and nothing in flight. */
export function advanceCommit(state: State): State {
  const job = state.node.commit;
  if (job === null) return state;
  const [oldest, ...inFlight] = job.inFlight;
  if (oldest === undefined) return endIfClean(startRequests(state, job));
  const written = completeRequest(state, oldest);
  if (written.outcome !== ok) return failCommit(finishRequests(state, inFlight));
  return endIfClean(startRequests(written.state, { ...job, inFlight }));
}

/** All requests until the job has ended, well or not. */
export function settleCommit(state: State): State {
  let settled = state;
  while (settled.node.stage === 'failover') settled = advanceCommit(settled);
  return settled;
}

/** Requests in flight are finished whatever becomes of the job (mirror.c waits for them before it exits). */
export function finishRequests(state: State, requests: readonly CommitRequest[]): State {
  return requests.reduce((finished, request) => completeRequest(finished, request).state, state);
}

/** A guest write during the commit dirties the units that it touches, already copied or not. */
export function markDirty(state: State, range: Range): State {
  const job = state.node.commit;
  if (job === null || range.count === 0) return state;
  const { commitUnitSectors } = state.setup.geometry;
  const dirty = job.dirty.slice();
  const end = Math.ceil((range.sector + range.count) / commitUnitSectors);
  dirty.fill(true, Math.floor(range.sector / commitUnitSectors), end);
  return withNode(state, { ...state.node, commit: { ...job, dirty } });
}

/**
 * A guest write after a failed commit: run by run, to active where active or hidden holds the sectors, else to the
 * secondary disk. Allocation is asked again for every run; the first error ends it and keeps the runs before.
 */
export function splitWrite(state: State, extent: Extent): Step {
  const { activeClusterSectors } = state.setup.geometry;
  const end = extent.sector + extent.count;
  let current = state;
  for (let sector = extent.sector; sector < end;) {
    const layer = answeringLayer(current.disks, sector);
    let next = sector + 1;
    while (next < end && answeringLayer(current.disks, next) === layer) next++;
    const run: Extent = { sector, count: next - sector, tag: extent.tag };
    if (layer === 'secondary') {
      const written = writeSecondary(current, run);
      if (written.outcome !== ok) return written;
      current = written.state;
    } else {
      current = withDisks(current, writeActive(current.disks, activeClusterSectors, run));
    }
    sector = next;
  }
  return { state: current, outcome: ok };
}

/** Reads as many dirty units as may be in flight; one that still has a request in flight makes the job wait. */
function startRequests(state: State, job: CommitJob): State {
  const { commitUnitSectors, lengthSectors } = state.setup.geometry;
  const view = chainView(state.disks);
  const dirty = job.dirty.slice();
  const inFlight = job.inFlight.slice();
  let { cursor } = job;
  while (inFlight.length < state.setup.commitRequestsMax) {
    const unit = nextDirty(dirty, cursor);
    if (unit === null || inFlight.some((request) => request.unit === unit)) break;
    const { sector, count } = unitRange(unit, commitUnitSectors, lengthSectors);
    inFlight.push({ unit, content: view.slice(sector, sector + count) });
    dirty[unit] = false;
    cursor = unit + 1;
  }
  return withNode(state, { ...state.node, commit: { dirty, cursor, inFlight } });
}

function nextDirty(dirty: readonly boolean[], cursor: number): number | null {
  const ahead = dirty.indexOf(true, cursor);
  const found = ahead === -1 ? dirty.indexOf(true) : ahead;
  return found === -1 ? null : found;
}

function completeRequest(state: State, { unit, content }: CommitRequest): Step {
  const { commitUnitSectors, lengthSectors } = state.setup.geometry;
  const { sector, count } = unitRange(unit, commitUnitSectors, lengthSectors);
  if (hasBadSector(state.setup, { sector, count })) return { state, outcome: eio };
  const before = state.disks.secondary;
  const secondary = [...before.slice(0, sector), ...content, ...before.slice(sector + count)];
  return { state: withSecondary(state, secondary), outcome: ok };
}

/** replication.c:668-676: the secondary disk takes the place of the active disk. */
function endIfClean(state: State): State {
  const job = state.node.commit;
  if (job === null || job.inFlight.length > 0 || job.dirty.includes(true)) return state;
  return withNode(state, { ...state.node, stage: 'done', errorFlag: false, committed: true, commit: null });
}

/** replication.c:677-679 */
function failCommit(state: State): State {
  return withNode(state, { ...state.node, stage: 'failoverFailed', errorFlag: true, commit: null });
}
