/** The active commit of a failover, request by request, and guest writes after it failed (replication.c:225-310, 664-744). */
import { writeActive } from './active-disk.ts';
import { chainIsUnreadable, hasBadSector } from './bad-sector.ts';
import { answeringLayer, chainView } from './overlay.ts';
import { abort, commitCannotStart, commitFindsNoMedium, eio, ok } from './outcome.ts';
import { writeSecondary } from './secondary-disk.ts';
import { withNode, withSecondary } from './state.ts';
import type { CommitJob, CommitRequest, State, Step } from './state.ts';
import { unitCount, unitRange } from './geometry.ts';
import type { Extent, Range } from './vocabulary.ts';

/**
 * The commit begins: every unit with anything allocated above the secondary disk is dirty, and requests start at once.
 * `s->error` is set because the backup job was cancelled while the stage was still running (replication.c:424-427).
 * Where the job cannot be created, the stage is failover all the same, and for good (replication.c:733-738); without
 * medium in active its creation divides by zero.
 */
export function startCommit(state: State): Step {
  const { faults, setup, suffix } = state;
  if (faults.ejected.active) return { state, outcome: abort('failoverWithActiveEjected') };
  const begun = withNode(state, { ...state.node, stage: 'failover', errorFlag: true, backupJob: false });
  if (faults.ejected.hidden) return { state: begun, outcome: commitFindsNoMedium(suffix) };
  if (setup.defects.includes('hiddenExported')) return { state: begun, outcome: commitCannotStart(suffix) };
  return { state: startRequests(begun, { dirty: dirtyUnits(state), cursor: 0, inFlight: [] }), outcome: ok };
}

function dirtyUnits({ setup, disks }: State): readonly boolean[] {
  const { commitUnitSectors, lengthSectors } = setup.geometry;
  const dirty = Array<boolean>(unitCount(commitUnitSectors, lengthSectors)).fill(false);
  for (let sector = 0; sector < lengthSectors; sector++) {
    if (answeringLayer(disks, sector) !== 'secondary') dirty[Math.floor(sector / commitUnitSectors)] = true;
  }
  return dirty;
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
  while (settled.node.commit !== null) settled = advanceCommit(settled);
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
  const end = extent.sector + extent.count;
  let current = state;
  for (let sector = extent.sector; sector < end;) {
    const layer = answeringLayer(current.disks, sector);
    let next = sector + 1;
    while (next < end && answeringLayer(current.disks, next) === layer) next++;
    const run: Extent = { sector, count: next - sector, tag: extent.tag };
    const written = layer === 'secondary' ? writeSecondary(current, run) : writeActive(current, run);
    if (written.outcome !== ok) return written;
    current = written.state;
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
    const range = unitRange(unit, commitUnitSectors, lengthSectors);
    const content = view.slice(range.sector, range.sector + range.count);
    inFlight.push({ unit, content: chainIsUnreadable(state, range) ? null : content });
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
  if (content === null || hasBadSector(state, 'secondary', 'write', { sector, count })) {
    return { state, outcome: eio };
  }
  const before = state.disks.secondary;
  const secondary = [...before.slice(0, sector), ...content, ...before.slice(sector + count)];
  return { state: withSecondary(state, secondary), outcome: ok };
}

/** replication.c:668-676: the secondary disk takes the place of the active disk, and the newest two children go. */
function endIfClean(state: State): State {
  const job = state.node.commit;
  if (job === null || job.inFlight.length > 0 || job.dirty.includes(true)) return state;
  return withNode(state, {
    ...state.node,
    stage: 'done',
    errorFlag: false,
    committed: true,
    commit: null,
    hiddenAttached: state.node.hiddenAttached - 1,
    secondaryAttached: state.node.secondaryAttached - 1,
  });
}

/** replication.c:677-679 */
export function failCommit(state: State): State {
  return withNode(state, { ...state.node, stage: 'failoverFailed', errorFlag: true, commit: null });
}
