/** The data plane: requests of the guest through the top, and of the primary at the secondary disk. */
import { markDirty, splitWrite } from './failover.ts';
import { chainView, writeActive } from './overlay.ts';
import { data, einval, eio, exportMissing, ok } from './outcome.ts';
import { copyBeforeWrite, writeSecondary } from './secondary-disk.ts';
import { withDisks, withNode } from './state.ts';
import type { State, Step } from './state.ts';
import type { Extent, Outcome, Range, Tag } from './vocabulary.ts';

export function guestRead(state: State, range: Range): Step {
  const outcome = guestRefusal(state, range) ?? readError(state) ?? data(slice(guestView(state), range));
  return { state, outcome };
}

/** What a guest read of the whole disk answers. */
export function viewOutcome(state: State): Outcome {
  if (state.node.stage === 'closed') return exportMissing;
  return readError(state) ?? data(guestView(state));
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
      return state.setup.mode === 'primary'
        ? maskError(writeSecondary(state, extent))
        : writeTop(state, extent);
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

export function guestFlush(state: State): Step {
  return { state, outcome: guestRefusal(state, { sector: 0, count: 0 }) ?? ok };
}

export function primaryRead(state: State, range: Range): Step {
  return { state, outcome: primaryRefusal(state, range) ?? data(slice(state.disks.secondary, range)) };
}

export function primaryWrite(state: State, extent: Extent): Step {
  const outcome = primaryRefusal(state, extent);
  return outcome === null ? writeSecondary(copyBeforeWrite(state, extent), extent) : { state, outcome };
}

/** Unlike an empty write, an empty write-zeroes ends above the backup job. */
export function primaryWriteZeroes(state: State, range: Range): Step {
  if (range.count === 0) return primaryDiscard(state, range);
  return primaryWrite(state, zeroes(range));
}

/** Ignored above the backup job already: the job's filter is opened with discard=ignore as its disk is (the default). */
export function primaryDiscard(state: State, range: Range): Step {
  return { state, outcome: primaryRefusal(state, range) ?? ok };
}

export function primaryFlush(state: State): Step {
  return { state, outcome: primaryRefusal(state, { sector: 0, count: 0 }) ?? ok };
}

function writeTop(state: State, extent: Extent): Step {
  if (state.node.committed) return writeSecondary(state, extent);
  const { activeClusterSectors } = state.setup.geometry;
  const written = withDisks(state, writeActive(state.disks, activeClusterSectors, extent));
  return { state: markDirty(written, extent), outcome: ok };
}

/** replication.c:209-221: a primary's error never reaches the guest, only `s->error`. */
function maskError({ state, outcome }: Step): Step {
  if (outcome === ok) return { state, outcome };
  return { state: withNode(state, { ...state.node, errorFlag: true }), outcome: ok };
}

/** replication.c:231-234 and replication_get_io_status: a primary only forwards writes. */
function readError(state: State): Outcome | null {
  return state.setup.mode === 'primary' || ioStatus(state) === 'refused' ? eio : null;
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

/** What answers before the driver is asked. */
function guestRefusal(state: State, range: Range): Outcome | null {
  return state.node.stage === 'closed' ? exportMissing : primaryRefusal(state, range);
}

function primaryRefusal({ setup }: State, { sector, count }: Range): Outcome | null {
  return sector + count > setup.geometry.lengthSectors ? einval : null;
}

function zeroes({ sector, count }: Range): Extent {
  return { sector, count, tag: 0 };
}

function slice(tags: readonly Tag[], { sector, count }: Range): readonly Tag[] {
  return tags.slice(sector, sector + count);
}
