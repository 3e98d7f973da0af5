/**
 * The words that the model, every system under test, every search and every trace share.
 * Types and lists of names: importing this file imports no behaviour.
 */

/** Names the write that put content into a sector. 0 is a sector of zero bytes; -1 is content that no write produced. */
export type Tag = number;

export type Mode = 'primary' | 'secondary';

/** `BLOCK_REPLICATION_*` of the seed (replication.c:27-33); `closed` is no node at all, `aborted` a process that died. */
export type Stage = 'closed' | 'none' | 'running' | 'failover' | 'failoverFailed' | 'done' | 'aborted';

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
}

/** `count` sectors from `sector` on. */
export interface Range {
  readonly sector: number;
  readonly count: number;
}

export interface Extent extends Range {
  readonly tag: Tag;
}

/** A request of this kind of access that touches this sector of this disk fails with EIO and does nothing. */
export interface BadSector {
  readonly disk: 'secondary';
  readonly access: 'write';
  readonly sector: number;
}

/** One thing wrong with the way the node is opened or wired; each makes `open` or `start` answer with an error. */
export const defects = [
  'modeMissing',
  'modeUnknown',
  'topIdMissing',
  'topIdOnPrimary',
  'activeWithoutBacking',
  'hiddenWithoutBacking',
  'secondaryWithoutBackend',
  'lengthsDiffer',
  'makeEmptyUnsupported',
  'topIdInvalid',
] as const;

export type Defect = (typeof defects)[number];

/**
 * Everything that is fixed before the first operation. In secondary mode the node lies over active, hidden and
 * secondary disk; in primary mode it lies over the disk `secondary` alone (in the field: the link to the peer).
 */
export interface Setup {
  readonly mode: Mode;
  readonly geometry: Geometry;
  /** Content of the secondary disk; sectors in no extent are zero. Both overlays begin empty. */
  readonly initialContent: readonly Extent[];
  readonly badSectors: readonly BadSector[];
  readonly defects: readonly Defect[];
  /** How many requests the failover commit keeps in flight at most (QEMU: 16). */
  readonly commitRequestsMax: number;
}

/** `replication_open` / `replication_close`, and the four calls of `ReplicationOps` (replication.c:76-81). */
export type ControlOperation =
  | { readonly op: 'open' }
  | { readonly op: 'start'; readonly mode: Mode }
  | { readonly op: 'checkpoint' }
  | { readonly op: 'getError' }
  | { readonly op: 'stop'; readonly failover: boolean }
  | { readonly op: 'close' };

/** Requests through the top, as the secondary VM (in primary mode: the primary VM) makes them. */
export type GuestOperation =
  | ({ readonly op: 'guestRead' } & Range)
  | ({ readonly op: 'guestWrite' } & Extent)
  | ({ readonly op: 'guestWriteZeroes' } & Range)
  | ({ readonly op: 'guestDiscard' } & Range)
  | { readonly op: 'guestFlush' };

/** Requests that arrive at the secondary disk through its own backend, as the replicated primary's do. */
export type PrimaryOperation =
  | ({ readonly op: 'primaryRead' } & Range)
  | ({ readonly op: 'primaryWrite' } & Extent)
  | ({ readonly op: 'primaryWriteZeroes' } & Range)
  | ({ readonly op: 'primaryDiscard' } & Range)
  | { readonly op: 'primaryFlush' };

/** Progress of the failover commit: one request completes, or all of them until the job has ended. */
export type JobOperation = { readonly op: 'commitAdvance' } | { readonly op: 'commitSettle' };

export type Operation = ControlOperation | GuestOperation | PrimaryOperation | JobOperation;

export const operationNames = [
  'open',
  'start',
  'checkpoint',
  'getError',
  'stop',
  'close',
  'guestRead',
  'guestWrite',
  'guestWriteZeroes',
  'guestDiscard',
  'guestFlush',
  'primaryRead',
  'primaryWrite',
  'primaryWriteZeroes',
  'primaryDiscard',
  'primaryFlush',
  'commitAdvance',
  'commitSettle',
] as const satisfies readonly Operation['op'][];

export type OperationName = (typeof operationNames)[number];

export type Errno = 'EIO' | 'EINVAL';

/** Why the process died: the rule of the seed that was violated. */
export type AbortRule = 'startAfterFailedStart';

export type Outcome =
  | { readonly kind: 'ok' }
  | { readonly kind: 'data'; readonly tags: readonly Tag[] }
  | { readonly kind: 'error'; readonly message: string }
  | { readonly kind: 'errno'; readonly errno: Errno }
  | { readonly kind: 'abort'; readonly rule: AbortRule };

/** One entry a sector: the tag of an allocated sector, null where the overlay is not allocated. */
export type OverlayContent = readonly (Tag | null)[];

/** All that matters after a step. Every array has one entry a sector of the whole disk. */
export interface Observation {
  readonly stage: Stage;
  /** Whether `s->error` is set (replication.c:47). */
  readonly errorFlag: boolean;
  /** What a guest read of the whole disk returns now. */
  readonly view: Outcome;
  readonly active: OverlayContent;
  readonly hidden: OverlayContent;
  readonly secondary: readonly Tag[];
}

/** What a system can show that hides its inside; follows from the state that an `Observation` shows. */
export interface IndirectObservation {
  /** The topmost layer that a guest read of each sector is answered from; null where no guest read is answered. */
  readonly answeredBy: readonly Layer[] | null;
  /**
   * What `getError` and a `start` of the other mode would answer: both are safe in every stage and tell stages apart.
   * Null: not asked, after an operation that cannot change the stage.
   */
  readonly probes: { readonly getError: Outcome; readonly startOtherMode: Outcome | null };
}

export type Layer = 'active' | 'hidden' | 'secondary';
export type ObservationPart = keyof Observation | keyof IndirectObservation;

/** What a system under test says of itself; the generator and the comparison keep to it. */
export interface Capabilities {
  readonly operations: readonly OperationName[];
  readonly observes: readonly ObservationPart[];
  readonly modes: readonly Mode[];
  readonly defects: readonly Defect[];
  readonly badSectors: boolean;
  /** `driver` answers as the seed's functions do, `qmp` as the QMP commands above them (which swallow some errors). */
  readonly control: 'driver' | 'qmp';
  /** `stepped` completes commit requests one by one as told; `free` runs them in any order inside `commitSettle`. */
  readonly commit: 'stepped' | 'free';
  /** Inclusive bounds in which a geometry must lie, and the sizes that are fixed. */
  readonly geometry: GeometryLimits;
}

export interface GeometryLimits {
  readonly sectorBytes: 'any' | 512;
  readonly lengthSectorsMax: number;
}
