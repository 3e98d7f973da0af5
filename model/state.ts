/** The state of a host: its replication nodes and their disks, as immutable values, one entry a sector or unit. */
import { unitCount } from './geometry.ts';
import type {
  AbortRule,
  BadSector,
  EmptyingFault,
  Geometry,
  NodeSetup,
  Outcome,
  OverlayContent,
  OverlayName,
  Setup,
  Stage,
  Tag,
} from './vocabulary.ts';

export interface HostState {
  readonly nodes: readonly State[];
  /** Indices of the open nodes: `replication_new` puts each at the head of the list. */
  readonly newestFirst: readonly number[];
  /** The process has died; by which rule. */
  readonly dead: AbortRule | null;
}

export interface HostStep {
  readonly state: HostState;
  readonly outcome: Outcome;
}

/** One replication node and its disks. */
export interface State {
  readonly setup: NodeSetup;
  /** What follows the names of its disks and of itself: nothing for the first node of a host, then 2 and 3. */
  readonly suffix: string;
  readonly node: Node;
  readonly disks: Disks;
  readonly faults: Faults;
  /** A start has reopened hidden and the secondary disk for writing, which nothing undoes. */
  readonly reopened: boolean;
}

/** What one operation leads to at one node. */
export interface Step {
  readonly state: State;
  readonly outcome: Outcome;
}

/** What the driver itself remembers (BDRVReplicationState, replication.c:36-48). */
export interface Node {
  readonly stage: Stage;
  /** The guest can reach the node: open, and with all its layers when it was opened. */
  readonly exported: boolean;
  readonly errorFlag: boolean;
  /** The backup job that copies before a write to the secondary disk is alive; it blocks the top node. */
  readonly backupJob: boolean;
  /** A successful commit has put the secondary disk in the place of the active disk as `rep.file`. */
  readonly committed: boolean;
  /** A failed start left its blocker error behind; the next start that sets it violates an assertion. */
  readonly blockerLeft: boolean;
  /** The commit job of a failover; null also where it could not be started. */
  readonly commit: CommitJob | null;
  readonly hiddenAttached: number;
  readonly secondaryAttached: number;
  /** The connection of a primary to its peer: cut, or cut and then possible again; see resolve.ts. */
  readonly link: 'alive' | 'dead' | 'reconnecting';
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
  /** Null: it could not be read. */
  readonly content: readonly Tag[] | null;
}

export interface Disks {
  readonly active: OverlayContent;
  readonly hidden: OverlayContent;
  readonly secondary: readonly Tag[];
  /** Copy units already saved to hidden in this checkpoint interval. Not the same as hidden's allocation. */
  readonly copied: readonly boolean[];
}

export interface Faults {
  readonly badSectors: readonly BadSector[];
  /** How the next emptying will fail. */
  readonly emptying: Readonly<Record<OverlayName, EmptyingFault | null>>;
  /** Overlays without a driver. */
  readonly ejected: Readonly<Record<OverlayName, boolean>>;
  /** The peer is gone. */
  readonly linkCut: boolean;
}

const closedNode: Node = {
  stage: 'closed',
  exported: false,
  errorFlag: false,
  backupJob: false,
  committed: false,
  blockerLeft: false,
  commit: null,
  hiddenAttached: 0,
  secondaryAttached: 0,
  link: 'alive',
};

const nothingEjected = { active: false, hidden: false };

/** A node at `stage` that remembers nothing: never opened, or lost with its process. */
export function freshNode(stage: 'closed' | 'aborted'): Node {
  return { ...closedNode, stage };
}

export function openedNode(exported: boolean): Node {
  return { ...closedNode, stage: 'none', exported };
}

/** The state before the first operation: no node, empty overlays, the initial content on the secondary disks. */
export function initialState({ nodes }: Setup): HostState {
  return { nodes: nodes.map(initialNodeState), newestFirst: [], dead: null };
}

function initialNodeState(setup: NodeSetup, index: number): State {
  const { lengthSectors } = setup.geometry;
  const secondary = [...Array<Tag>(lengthSectors).fill(0)];
  for (const { sector, count, tag } of setup.initialContent) secondary.fill(tag, sector, sector + count);
  return {
    setup,
    suffix: index === 0 ? '' : String(index + 1),
    node: closedNode,
    disks: {
      active: emptyOverlay(setup.geometry),
      hidden: emptyOverlay(setup.geometry),
      secondary,
      copied: nothingCopied(setup.geometry),
    },
    faults: {
      badSectors: setup.badSectors,
      emptying: { active: null, hidden: null },
      ejected: nothingEjected,
      linkCut: false,
    },
    reopened: false,
  };
}

export function emptyOverlay(geometry: Geometry): OverlayContent {
  return [...Array<null>(geometry.lengthSectors).fill(null)];
}

export function nothingCopied(geometry: Geometry): readonly boolean[] {
  return Array<boolean>(unitCount(geometry.copyUnitSectors, geometry.lengthSectors)).fill(false);
}

/**
 * The node as a death of the process leaves it (`aborted`), and as a new process finds it. What the overlays held lay
 * partly in caches of the process: a new one is given new overlays. The secondary disk is as it was.
 */
export function inNewProcess(state: State, stage: 'closed' | 'aborted'): State {
  const { geometry } = state.setup;
  const faults = { ...state.faults, ejected: nothingEjected };
  const disks = {
    active: emptyOverlay(geometry),
    hidden: emptyOverlay(geometry),
    secondary: state.disks.secondary,
    copied: nothingCopied(geometry),
  };
  return { ...state, node: freshNode(stage), disks, faults, reopened: false };
}

export function withNode(state: State, node: Node): State {
  const { setup, suffix, disks, faults, reopened } = state;
  return { setup, suffix, node, disks, faults, reopened };
}

export function withDisks(state: State, disks: Disks): State {
  const { setup, suffix, node, faults, reopened } = state;
  return { setup, suffix, node, disks, faults, reopened };
}

export function withFaults(state: State, faults: Faults): State {
  return { ...state, faults };
}

export function withActive(state: State, active: OverlayContent): State {
  const { hidden, secondary, copied } = state.disks;
  return withDisks(state, { active, hidden, secondary, copied });
}

export function withSecondary(state: State, secondary: readonly Tag[]): State {
  const { active, hidden, copied } = state.disks;
  return withDisks(state, { active, hidden, secondary, copied });
}
