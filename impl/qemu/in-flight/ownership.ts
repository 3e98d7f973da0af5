/**
 * Which request in flight a request of QEMU to the secondary disk or to the clusters of an overlay belongs to, by its kind
 * and place. Where several fit, those of the narrower rule go first, and of one rule the oldest.
 */
import type { Operation } from '../../../model/operations.ts';
import type { Geometry, Layer, OverlayName, Range } from '../../../model/vocabulary.ts';
import type { RequestNumber } from '../../in-flight.ts';
import type { PayloadImages } from '../../payload.ts';
import type { ServedRequest } from '../nbd/nbd-server.ts';
import { SECTOR_BYTES } from '../nbd/qemu-geometry.ts';

export interface Asked {
  readonly number: RequestNumber;
  readonly operation: Operation;
}

/** `commit`: the commit of a failover writes, or flushes. */
export type Owner<Request extends Asked> = Request | 'commit';

/** Whether an operation writes these bytes; none where it writes zeroes. */
export type Writes = (operation: Operation, bytes: Uint8Array) => boolean;

export function writesOf(payloads: PayloadImages): Writes {
  return (operation, bytes) =>
    'tag' in operation
      ? payloads
          .extent(operation.sector, operation.count, operation.tag)
          .every((byte, at) => byte === bytes[at])
      : bytes.length === 0;
}

/** Null where it belongs to nothing that is in flight: a commit reads, or somebody looks at the disks. */
export function ownerOf<Request extends Asked>(
  request: Omit<ServedRequest, 'exportName'>,
  layer: Layer,
  asked: readonly Request[],
  geometry: Geometry,
  mayCommit: boolean,
  writes: Writes,
): Owner<Request> | null {
  const place = {
    sector: Math.floor(request.offsetBytes / SECTOR_BYTES),
    count: Math.ceil(request.lengthBytes / SECTOR_BYTES),
  };
  switch (request.command) {
    case 'read':
      return mayCommit ? wholeReader(place, asked, geometry) : reader(place, asked, geometry);
    case 'write':
    case 'writeZeroes':
      if (layer !== 'secondary') return overlayWriter(place, layer, asked, geometry);
      return (
        oldest(
          asked,
          (operation) =>
            isWriteThere(operation, mayCommit) &&
            isSame(operation, place) &&
            writes(operation, request.bytes),
        ) ?? (mayCommit ? 'commit' : null)
      );
    case 'flush':
      if (layer !== 'secondary') return null;
      return flusher(asked) ?? (mayCommit ? 'commit' : null);
    case 'trim':
      return null;
  }
}

/** A commit reads whatever no overlay holds of its units: what is not read as a whole may be its. */
function wholeReader<Request extends Asked>(
  place: Range,
  asked: readonly Request[],
  { commitUnitSectors, lengthSectors }: Geometry,
): Request | null {
  const end = place.sector + place.count;
  const isOfUnits =
    place.sector % commitUnitSectors === 0 && (end % commitUnitSectors === 0 || end === lengthSectors);
  return isOfUnits ? null : oldest(asked, (operation) => isRead(operation) && isSame(operation, place));
}

/** What reads it by itself goes before what has to fill a cluster, and that before what saves the old content of a unit. */
function reader<Request extends Asked>(
  place: Range,
  asked: readonly Request[],
  { activeClusterSectors, copyUnitSectors }: Geometry,
): Request | null {
  return (
    oldest(asked, (operation) => isRead(operation) && contains(operation, place)) ??
    oldest(
      asked,
      (operation) => isGuestWrite(operation) && contains(wholeUnits(operation, activeClusterSectors), place),
    ) ??
    oldest(
      asked,
      (operation) => isPrimaryWrite(operation) && overlaps(wholeUnits(operation, copyUnitSectors), place),
    )
  );
}

/** The guest writes whole clusters of active where it fills them, the primary saves whole units in hidden. */
function overlayWriter<Request extends Asked>(
  place: Range,
  layer: OverlayName,
  asked: readonly Request[],
  { activeClusterSectors, copyUnitSectors }: Geometry,
): Request | null {
  if (layer === 'hidden')
    return oldest(
      asked,
      (operation) => isPrimaryWrite(operation) && overlaps(wholeUnits(operation, copyUnitSectors), place),
    );
  return (
    oldest(asked, (operation) => isGuestWrite(operation) && isSame(operation, place)) ??
    oldest(
      asked,
      (operation) => isGuestWrite(operation) && overlaps(wholeUnits(operation, activeClusterSectors), place),
    )
  );
}

/** A stop flushes the disk where it reopens it. */
function flusher<Request extends Asked>(asked: readonly Request[]): Request | null {
  return (
    oldest(asked, ({ op }) => op === 'guestFlush' || op === 'primaryFlush') ??
    oldest(asked, ({ op }) => op === 'stop' || op === 'setReplication')
  );
}

function oldest<Request extends Asked>(
  asked: readonly Request[],
  isSuch: (operation: Operation) => boolean,
): Request | null {
  return asked.find(({ operation }) => isSuch(operation)) ?? null;
}

type Named<Name extends Operation['op']> = Extract<Operation, { readonly op: Name }>;

function isRead(operation: Operation): operation is Named<'guestRead' | 'primaryRead'> {
  return operation.op === 'guestRead' || operation.op === 'primaryRead';
}

function isGuestWrite(operation: Operation): operation is Named<'guestWrite' | 'guestWriteZeroes'> {
  return operation.op === 'guestWrite' || operation.op === 'guestWriteZeroes';
}

function isPrimaryWrite(operation: Operation): operation is Named<'primaryWrite' | 'primaryWriteZeroes'> {
  return operation.op === 'primaryWrite' || operation.op === 'primaryWriteZeroes';
}

/** The guest's writes come to the secondary disk when it has failed over. */
function isWriteThere(
  operation: Operation,
  mayCommit: boolean,
): operation is Named<'primaryWrite' | 'primaryWriteZeroes' | 'guestWrite' | 'guestWriteZeroes'> {
  return isPrimaryWrite(operation) || (!mayCommit && isGuestWrite(operation));
}

function wholeUnits({ sector, count }: Range, unit: number): Range {
  const start = Math.floor(sector / unit) * unit;
  return { sector: start, count: Math.ceil((sector + count) / unit) * unit - start };
}

function isSame(one: Range, other: Range): boolean {
  return one.sector === other.sector && one.count === other.count;
}

function contains(outer: Range, inner: Range): boolean {
  return outer.sector <= inner.sector && outer.sector + outer.count >= inner.sector + inner.count;
}

function overlaps(one: Range, other: Range): boolean {
  return one.sector < other.sector + other.count && other.sector < one.sector + one.count;
}
