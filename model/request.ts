/** The data plane: requests of the guest through the top, and of the primary at the secondary disk. */
import { writeActive } from './active-disk.ts';
import { chainIsUnreadable, hasBadSector } from './bad-sector.ts';
import { markDirty, splitWrite } from './failover.ts';
import { chainView } from './overlay.ts';
import { data, einval, eio, exportMissing, ok } from './outcome.ts';
import { copyBeforeWrite, writeSecondary } from './secondary-disk.ts';
import { withNode } from './state.ts';
import type { State, Step } from './state.ts';
import type { Extent, Outcome, Range, Tag } from './vocabulary.ts';

export function guestRead(state: State, range: Range): Step {
  return { state, outcome: guestRefusal(state, range) ?? readThroughTop(state, range) };
}

/** What guest reads of single sectors answer: data, with `UNREADABLE` where one fails, or what refuses them all. */
export function viewOutcome(state: State): Outcome {
  const refused = guestRefusal(state, nothing) ?? readThroughTop(state, nothing);
  if (refused.kind !== 'data') return refused;
  const view = guestView(state);
  const unreadable = state.faults.badSectors.filter(({ sector }) =>
    fileIsUnreadable(state, { sector, count: 1 }),
  );
  if (unreadable.length === 0) return data(view);
  const shown = view.slice();
  for (const { sector } of unreadable) shown[sector] = UNREADABLE;
  return data(shown);
}

const UNREADABLE: Tag = -2;

function readThroughTop(state: State, range: Range): Outcome {
  if (state.setup.mode === 'primary' || ioStatus(state) === 'refused') return eio;
  const unreadable = fileIsUnreadable(state, range);
  return unreadable ? eio : data(slice(guestView(state), range));
}

/** Whether a read of `range` from `rep.file` meets a bad sector. */
function fileIsUnreadable(state: State, range: Range): boolean {
  return state.node.committed
    ? hasBadSector(state, 'secondary', 'read', range)
    : chainIsUnreadable(state, range);
}

/** After a successful commit `rep.file` is the secondary disk (replication.c:198-203). */
export function guestView({ node, disks }: State): readonly Tag[] {
  return node.committed ? disks.secondary : chainView(disks);
}

export function guestWrite(state: State, extent: Extent): Step {
  const outcome = guestRefusal(state, extent);
  if (outcome !== null) return { state, outcome };
  switch (ioStatus(state)) {
    case 'refused':
      return { state, outcome: eio };
    case 'split':
      return splitWrite(state, extent);
    case 'plain':
      return state.setup.mode === 'primary' ? maskError(writePeer(state, extent)) : writeTop(state, extent);
  }
}

/** The filter knows no write-zeroes: they arrive as a write of zero bytes, and an empty one never arrives. */
export function guestWriteZeroes(state: State, range: Range): Step {
  const outcome = guestRefusal(state, range);
  if (outcome !== null) return { state, outcome };
  return range.count === 0 ? { state, outcome: ok } : guestWrite(state, zeroes(range));
}

/** The filter knows no discard: the block layer answers for it and does nothing. */
export function guestDiscard(state: State, range: Range): Step {
  return { state, outcome: guestRefusal(state, range) ?? ok };
}

/** On a primary it goes over the link, and its error is not masked. */
export function guestFlush(state: State): Step {
  const outcome = guestRefusal(state, nothing);
  if (outcome !== null) return { state, outcome };
  const lost = state.setup.mode === 'primary' && state.node.link === 'dead';
  return { state, outcome: lost ? eio : ok };
}

export function primaryRead(state: State, range: Range): Step {
  const refused = primaryRefusal(state, range);
  if (refused !== null) return { state, outcome: refused };
  const unreadable = hasBadSector(state, 'secondary', 'read', range);
  return { state, outcome: unreadable ? eio : data(slice(state.disks.secondary, range)) };
}

export function primaryWrite(state: State, extent: Extent): Step {
  const outcome = primaryWriteRefusal(state, extent);
  if (outcome !== null) return { state, outcome };
  const copied = copyBeforeWrite(state, extent);
  return copied.outcome === ok ? writeSecondary(copied.state, extent) : copied;
}

/** Unlike an empty write, an empty write-zeroes ends above the backup job. */
export function primaryWriteZeroes(state: State, range: Range): Step {
  if (range.count === 0) return primaryDiscard(state, range);
  return primaryWrite(state, zeroes(range));
}

/** Ignored above the backup job already: the job's filter is opened with discard=ignore as its disk is (the default). */
export function primaryDiscard(state: State, range: Range): Step {
  return { state, outcome: primaryWriteRefusal(state, range) ?? ok };
}

export function primaryFlush(state: State): Step {
  return { state, outcome: primaryRefusal(state, nothing) ?? ok };
}

/** A write during a failover dirties its units even when it fails (bdrv_co_write_req_finish). */
function writeTop(state: State, extent: Extent): Step {
  if (state.node.committed) return writeSecondary(state, extent);
  const { state: written, outcome } = writeActive(state, extent);
  return { state: markDirty(written, extent), outcome };
}

/** The disk below a primary is the peer's, at the other end of the link; an empty request is not sent. */
function writePeer(state: State, extent: Extent): Step {
  const lost = state.node.link === 'dead' && extent.count > 0;
  return lost ? { state, outcome: eio } : writeSecondary(state, extent);
}

/** replication.c:209-221: a primary's error never reaches the guest, only `s->error`. */
function maskError({ state, outcome }: Step): Step {
  if (outcome === ok) return { state, outcome };
  return { state: withNode(state, { ...state.node, errorFlag: true }), outcome: ok };
}

/** Whether a guest write of `range` gets as far as the active disk. */
export function reachesActive(state: State, range: Range): boolean {
  if (guestRefusal(state, range) !== null || state.setup.mode === 'primary') return false;
  return ioStatus(state) !== 'refused' && !state.node.committed && range.count > 0;
}

/** replication_get_io_status (replication.c:187-207): -EIO, 0 and 1. */
function ioStatus({ setup, node }: State): 'refused' | 'plain' | 'split' {
  switch (node.stage) {
    case 'closed':
    case 'none':
    case 'aborted':
      return 'refused';
    case 'running':
      return 'plain';
    case 'failover':
    case 'done':
      return setup.mode === 'primary' ? 'refused' : 'plain';
    case 'failoverFailed':
      return setup.mode === 'primary' ? 'refused' : 'split';
  }
}

const nothing: Range = { sector: 0, count: 0 };

/** What answers before the driver is asked. Without all of its layers the node counts as without medium (ENOMEDIUM). */
function guestRefusal(state: State, range: Range): Outcome | null {
  const { ejected } = state.faults;
  if (!state.node.exported) return exportMissing(state.suffix);
  if (ejected.active || ejected.hidden) return einval;
  return rangeRefusal(state, range);
}

/** Hidden is a child of the filter that the backup job keeps above the secondary disk: without it that has no medium. */
function primaryRefusal(state: State, range: Range): Outcome | null {
  if (state.faults.ejected.hidden && state.node.backupJob) return einval;
  return rangeRefusal(state, range);
}

/** A disk that was opened read-only, or has a parent that does not share writing, could only be exported read-only. */
function primaryWriteRefusal(state: State, range: Range): Outcome | null {
  const { readOnly, defects } = state.setup;
  if (readOnly.length === 0 && defects.length === 0) return primaryRefusal(state, range);
  const exportedReadOnly =
    readOnly.includes('secondary') ||
    defects.includes('hiddenWriteUnshared') ||
    defects.includes('secondaryWriteUnshared');
  return exportedReadOnly ? einval : primaryRefusal(state, range);
}

function rangeRefusal({ setup }: State, { sector, count }: Range): Outcome | null {
  return sector + count > setup.geometry.lengthSectors ? einval : null;
}

function zeroes({ sector, count }: Range): Extent {
  return { sector, count, tag: 0 };
}

function slice(tags: readonly Tag[], { sector, count }: Range): readonly Tag[] {
  return tags.slice(sector, sector + count);
}
