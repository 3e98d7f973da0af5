/**
 * The words that the model, every system under test, every search and every trace share.
 * Types and lists of names: importing this file imports no behaviour.
 */

/**
 * Names the write that put content into a sector. 0 is a sector of zero bytes; -1 is content that no write produced; -2,
 * only in a view, is a sector that cannot be read by itself.
 */
export type Tag = number;

export const modes = ['secondary', 'primary'] as const;
export type Mode = (typeof modes)[number];

/** `BLOCK_REPLICATION_*` of the seed (replication.c:27-33); `closed` is no node at all, `aborted` a process that died. */
export const stages = ['closed', 'none', 'running', 'failover', 'failoverFailed', 'done', 'aborted'] as const;
export type Stage = (typeof stages)[number];

/**
 * Sizes in sectors, except `sectorBytes`. No length need be a multiple of any unit; `copyUnitSectors` is a multiple of
 * `hiddenClusterSectors`. In QEMU: sectors of 512 bytes, overlay clusters of 512 bytes to 2 MiB, a copy-before-write
 * unit of max(64 KiB, hidden cluster), a commit unit of 64 KiB.
 */
export interface Geometry {
  readonly lengthSectors: number;
  readonly sectorBytes: number;
  readonly activeClusterSectors: number;
  readonly hiddenClusterSectors: number;
  readonly copyUnitSectors: number;
  readonly commitUnitSectors: number;
  /**
   * Sectors that one slice of the overlay's L2 tables covers, a multiple of its cluster: no answer on allocation goes
   * past the end of a slice (qcow2-cluster.c, qcow2_get_host_offset). Left out: QEMU's own, a cluster for each entry of 8
   * bytes that a cluster holds (32 KiB for clusters of 512 bytes); with sectors below 512 bytes the whole disk.
   */
  readonly activeSliceSectors?: number | undefined;
  readonly hiddenSliceSectors?: number | undefined;
  /**
   * Where the disk is longer than the case: in order, never empty. Everything else of a case (`lengthSectors`, requests, bad
   * sectors, content, observations) leaves them out. Every cluster and unit lies as it would without them: both a gap's place
   * and its length are multiples of each; of a slice the length is, or no slice ends in what follows
   * (`gapProblem`, properties/cases/gaps.ts).
   */
  readonly gaps?: readonly Gap[] | undefined;
}

/** Before `sector` of the case the disk has `sectors` more, 1 MiB at least, that no request reaches and that hold nothing. */
export type Gap = { readonly sector: number; readonly sectors: number };

/** `count` sectors from `sector` on. */
export interface Range {
  readonly sector: number;
  readonly count: number;
}

export interface Extent extends Range {
  readonly tag: Tag;
}

/** The disk layers of a secondary; in primary mode the peer's disk counts as `secondary` and there is no other. */
export const layers = ['active', 'hidden', 'secondary'] as const;
export type Layer = (typeof layers)[number];
export const overlayNames = ['active', 'hidden'] as const;
export type OverlayName = (typeof overlayNames)[number];

export const accesses = ['read', 'write'] as const;

/**
 * A request of this kind of access that touches this sector of this disk fails with EIO. On the secondary disk it then
 * does nothing; on an overlay, which writes whole clusters, it may leave other clusters written.
 */
export interface BadSector {
  readonly disk: Layer;
  readonly access: (typeof accesses)[number];
  readonly sector: number;
}

/** Hidden is a sector longer than the others, or shorter; the secondary disk is longer; or active is longer, or shorter. */
export const unequal = ['lengthsDiffer', 'hiddenShorter', 'secondaryLonger', 'activeLonger', 'activeShorter'] as const;

/** One thing unusual about the way the node is opened or wired; all but the last two make `open`, `start` or a failover fail. */
export const defects = [
  'modeMissing',
  'modeUnknown',
  'topIdMissing',
  'topIdOnPrimary',
  'activeWithoutBacking',
  'hiddenWithoutBacking',
  'secondaryWithoutBackend',
  ...unequal,
  /** Active, or hidden, is of a format that cannot be emptied. */
  'makeEmptyUnsupported',
  'hiddenCannotBeEmptied',
  /** The file under hidden is read-only, so that hidden cannot be reopened for writing. */
  'hiddenFileReadOnly',
  /** Another parent of hidden does not share writing; the primary's export is read-only then. */
  'hiddenWriteUnshared',
  /** Another parent of the secondary disk does not share writing; the primary's export is read-only then. */
  'secondaryWriteUnshared',
  /** Top-id names nothing, a root node from which no path leads to this one, or a node that is no root. */
  'topIdInvalid',
  'topIdUnrelated',
  'topIdNoRoot',
  /** Another backup job runs on the secondary disk. */
  'secondaryBusy',
  /** Hidden is exported to somebody, which keeps the failover commit from starting. */
  'hiddenExported',
  /** The secondary disk is opened with discard=unmap, and its store reads as zeroes where it has been discarded. */
  'secondaryUnmaps',
  /** Top-id names a node above this one, as the quorum of a real host is. */
  'topIdAbove',
] as const;

export type Defect = (typeof defects)[number];

/**
 * What is opened read-only: disks, or the node itself. The exports of a read-only node and of a read-only secondary disk
 * are read-only for good.
 */
export const readOnlyPlaces = ['hidden', 'secondary', 'active', 'node'] as const;
export type ReadOnlyPlace = (typeof readOnlyPlaces)[number];

/**
 * One replication node as it is before the first operation. In secondary mode it lies over active, hidden and secondary
 * disk; in primary mode over the disk `secondary` alone, which is reached through the link to the peer.
 */
export interface NodeSetup {
  readonly mode: Mode;
  readonly geometry: Geometry;
  /** Content of the secondary disk; sectors in no extent are zero. Both overlays begin empty. */
  readonly initialContent: readonly Extent[];
  readonly readOnly: readonly ReadOnlyPlace[];
  readonly badSectors: readonly BadSector[];
  readonly defects: readonly Defect[];
  /** How many requests the failover commit keeps in flight at most (QEMU: 16). */
  readonly commitRequestsMax: number;
  /**
   * How many neighbouring dirty units one of them takes at most (QEMU: 16, 1 MiB). Left out: one, which on a disk of no
   * more units than requests shows nothing else.
   */
  readonly commitJoinsUnits?: number | undefined;
}

/** A host: one process with one to three replication nodes, each over disks of its own. */
export interface Setup {
  readonly nodes: readonly NodeSetup[];
}

export const NODES_MAX = 3;

/**
 * How the next make_empty of an overlay fails: `kept` before it has changed anything, `emptied` after it has done all,
 * `ejected` half-way, and the overlay loses its driver: nothing can reach it until a new process opens it again.
 */
export const emptyingFaults = ['kept', 'emptied', 'ejected'] as const;
export type EmptyingFault = (typeof emptyingFaults)[number];

/** The job that copies before writes, and that of a failover. */
export const jobs = ['backup', 'commit'] as const;

/** The model answers EIO and EINVAL; a system may answer any other, which then differs. */
export type Errno = `E${string}`;

/** Why the process died: the rule of the seed that was violated. */
export const abortRules = [
  'startAfterFailedStart',
  'startOfReadOnlyNode',
  'closeWithoutCommitJob',
  'failoverWithActiveEjected',
  'reopenWithHiddenEjected',
] as const;
export type AbortRule = (typeof abortRules)[number];

export type Outcome =
  | { readonly kind: 'ok' }
  | { readonly kind: 'data'; readonly tags: readonly Tag[] }
  | { readonly kind: 'error'; readonly message: string }
  | { readonly kind: 'errno'; readonly errno: Errno }
  /** Of `queryStatus`, which itself never fails; null: no error. */
  | { readonly kind: 'status'; readonly error: string | null }
  | { readonly kind: 'abort'; readonly rule: AbortRule };

/** One entry a sector: the tag of an allocated sector, null where the overlay is not allocated. */
export type OverlayContent = readonly (Tag | null)[];

/** All that matters of one node after a step. Every array has one entry a sector of the whole disk. */
export interface Observation {
  readonly stage: Stage;
  /** Whether `s->error` is set (replication.c:47). */
  readonly errorFlag: boolean;
  /** What guest reads of all sectors, each by itself, return now: data, or what refuses them all. */
  readonly view: Outcome;
  readonly active: OverlayContent;
  readonly hidden: OverlayContent;
  readonly secondary: readonly Tag[];
  readonly wiring: Wiring;
}

/** What a start does to the graph around the node, and whether it is undone (replication.c:353-417, 539-581). */
export interface Wiring {
  /** The top node is blocked for everything that the internal backup job could not bear. */
  readonly blocked: boolean;
  readonly hiddenReadOnly: boolean;
  readonly secondaryReadOnly: boolean;
  /** How many children of the node are named "hidden disk" and "secondary disk". */
  readonly hiddenAttached: number;
  readonly secondaryAttached: number;
}
