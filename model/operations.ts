/** Every operation there is, as data: whom it reaches, who issues it, its arguments, and how it reads in one line. */
import { accesses, emptyingFaults, jobs, layers, modes, overlayNames } from './vocabulary.ts';

/**
 * `manager`: whoever manages QEMU, by its commands. `migration`: COLO itself, whose `replication_*_all` calls
 * (replication.c of the top folder) reach all nodes, newest first, until the first error. `guest`: requests through the
 * top, as the secondary VM (in primary mode: the primary VM) makes them. `primary`: requests that arrive at the secondary
 * disk through its own backend, as the replicated primary's do. `job`: progress of the failover commit. `nature`: faults
 * and accidents; each answers ok, but for the end of a backup job that kills the process.
 */
type Issuer = 'manager' | 'migration' | 'guest' | 'primary' | 'job' | 'nature';

/** What an argument is: a whole number of one of three meanings, a truth value, or one of the names of a list. */
export type ArgumentKind = 'sector' | 'count' | 'tag' | 'boolean' | 'boolean or null' | readonly string[];

export type Argument = string | number | boolean | null;

/** The arguments of any operation by their names, `op` among them. */
export type Given = Readonly<Record<string, Argument | undefined>>;

export interface OperationShape {
  /** A call to the host reaches all of its nodes; any other operation is for the one that it names. */
  readonly scope: 'host' | 'node';
  readonly issuer: Issuer;
  /** In their order. */
  readonly takes: Readonly<Record<string, ArgumentKind>>;
  /** In few words; where it is left out, the name and the arguments say enough. */
  readonly text?: (given: Given) => string;
}

const range = { sector: 'sector', count: 'count' } as const;
const extent = { ...range, tag: 'tag' } as const;

/** A new operation begins with a line here; types, schemas, codes and texts follow from it. */
export const operationTable = {
  /** `replication_open` and, further down, `replication_close`. */
  open: { scope: 'node', issuer: 'manager', takes: {} },
  start: { scope: 'host', issuer: 'migration', takes: { mode: modes } },
  checkpoint: { scope: 'host', issuer: 'migration', takes: {} },
  getError: { scope: 'host', issuer: 'migration', takes: {} },
  stop: {
    scope: 'host',
    issuer: 'migration',
    takes: { failover: 'boolean' },
    text: ({ failover }) => (failover === true ? 'stop with failover' : 'stop without failover'),
  },
  close: { scope: 'node', issuer: 'manager', takes: {} },
  /** The QMP commands above the calls of COLO (migration/colo.c): this one is `xen-set-replication`. */
  setReplication: {
    scope: 'host',
    issuer: 'manager',
    /** `failover` left out is null. */
    takes: { enable: 'boolean', primary: 'boolean', failover: 'boolean or null' },
    text: ({ enable, primary, failover }) =>
      `xen-set-replication enable=${enable} primary=${primary}${failover === null ? '' : ` failover=${failover}`}`,
  },
  /** `query-xen-replication-status` */
  queryStatus: { scope: 'host', issuer: 'manager', takes: {} },
  guestRead: { scope: 'node', issuer: 'guest', takes: range },
  guestWrite: { scope: 'node', issuer: 'guest', takes: extent },
  guestWriteZeroes: { scope: 'node', issuer: 'guest', takes: range },
  guestDiscard: { scope: 'node', issuer: 'guest', takes: range },
  guestFlush: { scope: 'node', issuer: 'guest', takes: {} },
  primaryRead: { scope: 'node', issuer: 'primary', takes: range },
  primaryWrite: { scope: 'node', issuer: 'primary', takes: extent },
  primaryWriteZeroes: { scope: 'node', issuer: 'primary', takes: range },
  primaryDiscard: { scope: 'node', issuer: 'primary', takes: range },
  primaryFlush: { scope: 'node', issuer: 'primary', takes: {} },
  /** One request of the commit completes, or all of them until the job has ended. */
  commitAdvance: { scope: 'node', issuer: 'job', takes: {} },
  commitSettle: { scope: 'node', issuer: 'job', takes: {} },
  breakSector: {
    scope: 'node',
    issuer: 'nature',
    takes: { disk: layers, access: accesses, sector: 'sector' },
    text: ({ disk, access, sector }) => `sector ${sector} of ${disk} goes ${access}-bad`,
  },
  /** Every bad sector of that disk is good again. */
  repairSectors: {
    scope: 'node',
    issuer: 'nature',
    takes: { disk: layers },
    text: ({ disk }) => `all sectors of ${disk} are good again`,
  },
  failEmptying: {
    scope: 'node',
    issuer: 'nature',
    takes: { disk: overlayNames, how: emptyingFaults },
    text: ({ disk, how }) => `the next make_empty of ${disk} will fail (${how})`,
  },
  /** A job ends without having been asked to; nothing happens where it does not run. */
  endJob: {
    scope: 'node',
    issuer: 'nature',
    takes: { job: jobs },
    text: ({ job }) => `the ${job} job ends by itself`,
  },
  /** The peer of a primary dies, with every connection to it; or is there again, for new connections. */
  cutLink: { scope: 'node', issuer: 'nature', takes: {}, text: () => 'the peer dies' },
  restoreLink: { scope: 'node', issuer: 'nature', takes: {}, text: () => 'the peer is back' },
} as const satisfies Readonly<Record<string, OperationShape>>;

type Table = typeof operationTable;
export type OperationName = keyof Table;

type Value<Kind> = Kind extends readonly string[]
  ? Kind[number]
  : Kind extends 'boolean'
    ? boolean
    : Kind extends 'boolean or null'
      ? boolean | null
      : number;

type Taken<Takes> = { readonly [Name in keyof Takes]: Value<Takes[Name]> };

/** The node that an operation is for: its index in the setup, 0 where it is left out. */
interface OnNode {
  readonly node?: number | undefined;
}

type Flat<Type> = { readonly [Key in keyof Type]: Type[Key] };

type OperationOf<Name extends OperationName> = Name extends OperationName
  ? Flat<{ readonly op: Name } & Taken<Table[Name]['takes']> & (Table[Name]['scope'] extends 'node' ? OnNode : unknown)>
  : never;

type NameWhere<Shape extends Partial<OperationShape>> = {
  [Name in OperationName]: Table[Name] extends Shape ? Name : never;
}[OperationName];

type OperationWhere<Shape extends Partial<OperationShape>> = OperationOf<NameWhere<Shape>>;

export type Operation = OperationOf<OperationName>;

/** What one node is asked, or suffers. */
export type OperationAtNode = OperationWhere<{ scope: 'node' }>;
export type HostCall = OperationWhere<{ scope: 'host' }>;

type OperationFrom<From extends Issuer> = OperationWhere<{ issuer: From }>;
export type NodeOperation = OperationWhere<{ scope: 'node'; issuer: 'manager' }>;
export type ControlOperation = OperationFrom<'migration'>;
export type QmpOperation = OperationWhere<{ scope: 'host'; issuer: 'manager' }>;
export type GuestOperation = OperationFrom<'guest'>;
export type PrimaryOperation = OperationFrom<'primary'>;
export type JobOperation = OperationFrom<'job'>;
export type FaultOperation = OperationFrom<'nature'>;

export function isFrom<From extends Issuer>(operation: Operation, issuer: From): operation is OperationFrom<From> {
  return operationTable[operation.op].issuer === issuer;
}
