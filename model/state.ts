/** The state of one replication node and its disks: immutable values, one entry a sector or unit. */
import { unitCount } from './geometry.ts';
import type { Geometry, Outcome, OverlayContent, Setup, Stage, Tag } from './vocabulary.ts';

/** What the driver itself remembers (BDRVReplicationState, replication.c:36-48). */
export interface Node {
  readonly stage: Stage;
  readonly errorFlag: boolean;
  /** The backup job that copies before a write to the secondary disk is alive. */
  readonly backupJob: boolean;
  /** A successful commit has put the secondary disk in the place of the active disk as `rep.file`. */
  readonly committed: boolean;
  /** A failed start left its blocker error behind; the next start that sets it violates an assertion. */
  readonly blockerLeft: boolean;
  readonly commit: CommitJob | null;
}

/** The active commit of a failover; units are commit units. */
export interface CommitJob {
  readonly dirty: readonly boolean[];
  /** Where the search for the next dirty unit goes on. */
  readonly cursor: number;
  /** Requests whose content has been read and not yet written, oldest first. */
  readonly inFlight: readonly CommitRequest[];
}

export interface CommitRequest {
  readonly unit: number;
  readonly content: readonly Tag[];
}

export interface Disks {
  readonly active: OverlayContent;
  readonly hidden: OverlayContent;
  readonly secondary: readonly Tag[];
  /** Copy units already saved to hidden in this checkpoint interval. Not the same as hidden's allocation. */
  readonly copied: readonly boolean[];
}

export interface State {
  readonly setup: Setup;
  readonly node: Node;
  readonly disks: Disks;
}

/** What one operation leads to. */
export interface Step {
  readonly state: State;
  readonly outcome: Outcome;
}

const closedNode: Node = {
  stage: 'closed',
  errorFlag: false,
  backupJob: false,
  committed: false,
  blockerLeft: false,
  commit: null,
};

/** A node at `stage` that remembers nothing: never opened, freshly opened, or lost with its process. */
export function freshNode(stage: 'closed' | 'none' | 'aborted'): Node {
  return { ...closedNode, stage };
}

/** The state before the first operation: no node, empty overlays, the initial content on the secondary disk. */
export function initialState(setup: Setup): State {
  const { lengthSectors } = setup.geometry;
  const secondary = [...Array<Tag>(lengthSectors).fill(0)];
  for (const { sector, count, tag } of setup.initialContent) secondary.fill(tag, sector, sector + count);
  return {
    setup,
    node: freshNode('closed'),
    disks: {
      active: emptyOverlay(setup.geometry),
      hidden: emptyOverlay(setup.geometry),
      secondary,
      copied: nothingCopied(setup.geometry),
    },
  };
}

export function emptyOverlay(geometry: Geometry): OverlayContent {
  return [...Array<null>(geometry.lengthSectors).fill(null)];
}

export function nothingCopied(geometry: Geometry): readonly boolean[] {
  return Array<boolean>(unitCount(geometry.copyUnitSectors, geometry.lengthSectors)).fill(false);
}

export function withNode(state: State, node: Node): State {
  return { setup: state.setup, node, disks: state.disks };
}

export function withDisks(state: State, disks: Disks): State {
  return { setup: state.setup, node: state.node, disks };
}

export function withSecondary(state: State, secondary: readonly Tag[]): State {
  const { active, hidden, copied } = state.disks;
  return withDisks(state, { active, hidden, secondary, copied });
}
