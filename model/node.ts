/**
 * One replication node: what the driver remembers, the block layer around it, its disks, and what is wrong with them; and
 * the host before the first operation.
 */
import type {
  AbortRule,
  EmptyingFault,
  NodeSetup,
  Outcome,
  OverlayContent,
  OverlayName,
  Setup,
  Stage,
  Tag,
} from './vocabulary.ts';
import { filled, repeated } from './disks.ts';

/** One process with its nodes; they and their disks are immutable values, one entry a sector or unit. */
export interface Host {
  readonly nodes: readonly Node[];
  /** Indices of the open nodes: `replication_new` puts each at the head of its list. */
  readonly newestFirst: readonly number[];
  /** The process has died; by which rule. */
  readonly dead: AbortRule | null;
}

export interface Node {
  readonly setup: NodeSetup;
  /** In the setup of the host. */
  readonly index: number;

  // BDRVReplicationState (replication.c:35-48)
  readonly stage: Stage;
  readonly commitJob: CommitJob | null;
  /** How many children are named "hidden disk" and "secondary disk"; `s->hidden_disk` is the newest. */
  readonly hiddenAttached: number;
  readonly secondaryAttached: number;
  readonly backupJob: boolean;
  /** `s->blocker` as a failed start leaves it. */
  readonly blockerLeft: boolean;
  readonly origHiddenReadOnly: boolean;
  readonly error: boolean;

  // The block layer
  /** The guest can reach the node: it had all its layers when it was opened. */
  readonly exported: boolean;
  /** `bs->file` is the secondary disk: a commit has succeeded. */
  readonly committed: boolean;
  /** Hidden and secondary disk have been reopened read-write. */
  readonly reopened: boolean;
  /** Of a primary to its peer. */
  readonly link: 'alive' | 'dead' | 'reconnecting';

  // The disks, one entry a sector
  readonly active: OverlayContent;
  readonly hidden: OverlayContent;
  readonly secondary: readonly Tag[];
  /** The backup job's bitmap: copy units saved to hidden in this checkpoint interval, allocated there or not. */
  readonly copied: readonly boolean[];

  // Faults
  readonly badSectors: NodeSetup['badSectors'];
  /** How the next `bdrv_make_empty` of an overlay will fail. */
  readonly makeEmptyFails: Readonly<Record<OverlayName, EmptyingFault | null>>;
  /** Overlays without a driver. */
  readonly ejected: Readonly<Record<OverlayName, boolean>>;
  /** The peer is gone. */
  readonly linkCut: boolean;
}

/** The active commit of a failover: a mirror job over commit units. */
export interface CommitJob {
  readonly dirty: readonly boolean[];
  /** Where the search for the next dirty unit goes on. */
  readonly cursor: number;
  /** What has been read and not yet written, oldest first. */
  readonly inFlight: readonly CommitRequest[];
}

/** One unit of a request. No content: it could not be read. `joined`: to the unit before it, in one request. */
export type CommitRequest = {
  readonly unit: number;
  readonly content: readonly Tag[] | null;
  readonly joined?: true;
};

/** What an operation leads to at one node, and on a host. */
export type Step = { readonly node: Node; readonly outcome: Outcome };
export type HostStep = { readonly host: Host; readonly outcome: Outcome };

/** The same node but for some of its fields. */
export function changed(node: Node, change: Partial<Node>): Node {
  return Object.assign(withContent(node, node.active, node.hidden, node.secondary, node.copied), change);
}

/**
 * The same node with other content. Each field is written out: the engine copies such a literal twenty times faster than a
 * spread.
 */
export function withContent(
  node: Node,
  active: Node['active'],
  hidden: Node['hidden'],
  secondary: Node['secondary'],
  copied: Node['copied'],
): Node {
  return {
    setup: node.setup,
    index: node.index,
    stage: node.stage,
    commitJob: node.commitJob,
    hiddenAttached: node.hiddenAttached,
    secondaryAttached: node.secondaryAttached,
    backupJob: node.backupJob,
    blockerLeft: node.blockerLeft,
    origHiddenReadOnly: node.origHiddenReadOnly,
    error: node.error,
    exported: node.exported,
    committed: node.committed,
    link: node.link,
    reopened: node.reopened,
    active,
    hidden,
    secondary,
    copied,
    badSectors: node.badSectors,
    makeEmptyFails: node.makeEmptyFails,
    ejected: node.ejected,
    linkCut: node.linkCut,
  };
}

/** The same of both overlays but for one; no spread, for the same reason. */
export function withOverlay<Value>(both: Readonly<Record<OverlayName, Value>>, disk: OverlayName, one: Value) {
  return { active: disk === 'active' ? one : both.active, hidden: disk === 'hidden' ? one : both.hidden };
}

/** The state before the first operation: no node, empty overlays, the initial content on the secondary disks. */
export function initialState({ nodes }: Setup): Host {
  return { nodes: nodes.map(initialNode), newestFirst: [], dead: null };
}

function initialNode(setup: NodeSetup, index: number): Node {
  let secondary: readonly Tag[] = repeated(0, setup.geometry.lengthSectors);
  for (const { sector, count, tag } of setup.initialContent) secondary = filled(secondary, sector, sector + count, tag);
  const { active, hidden, copied } = emptyOverlays(setup);
  const { badSectors } = setup;
  const faults = { badSectors, makeEmptyFails: noneFails, ejected: noneEjected, linkCut: false };
  return closed({ setup, index, reopened: false, active, hidden, secondary, copied, ...faults });
}

const noneFails = { active: null, hidden: null };
const noneEjected = { active: false, hidden: false };

type Lasting = Pick<Node, 'setup' | 'index' | 'reopened' | Content | Fault>;
type Content = 'active' | 'hidden' | 'secondary' | 'copied';
type Fault = 'badSectors' | 'makeEmptyFails' | 'ejected' | 'linkCut';

/** Of an open node this is left once it is closed; written out like `withContent`. */
export function closed(node: Lasting): Node {
  return {
    setup: node.setup,
    index: node.index,
    stage: 'closed',
    commitJob: null,
    hiddenAttached: 0,
    secondaryAttached: 0,
    backupJob: false,
    blockerLeft: false,
    origHiddenReadOnly: false,
    error: false,
    exported: false,
    committed: false,
    link: 'alive',
    reopened: node.reopened,
    active: node.active,
    hidden: node.hidden,
    secondary: node.secondary,
    copied: node.copied,
    badSectors: node.badSectors,
    makeEmptyFails: node.makeEmptyFails,
    ejected: node.ejected,
    linkCut: node.linkCut,
  };
}

/** A new process finds the secondary disk as it was, and new overlays: the old ones lay partly in its caches. */
export function inNewProcess(node: Node, stage: 'closed' | 'aborted'): Node {
  const overlays = emptyOverlays(node.setup);
  return changed(closed(node), { stage, ...overlays, ejected: noneEjected, reopened: false });
}

function emptyOverlays({ geometry }: NodeSetup) {
  const { lengthSectors, copyUnitSectors } = geometry;
  const empty: OverlayContent = repeated(null, lengthSectors);
  return { active: empty, hidden: empty, copied: repeated(false, Math.ceil(lengthSectors / copyUnitSectors)) };
}
