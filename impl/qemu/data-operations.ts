/** Guest and primary requests as NBD requests, and their replies as outcomes. */
import type { GuestOperation, PrimaryOperation } from '../../model/operations.ts';
import type { Geometry, Outcome } from '../../model/vocabulary.ts';
import { isErrno } from '../errno.ts';
import { diskSector } from '../gaps.ts';
import type { PayloadImages } from '../payload.ts';
import type { ChannelReply } from './nbd/export-channel.ts';
import type { NbdClient, NbdReply } from './nbd/nbd-client.ts';
import { SECTOR_BYTES } from './nbd/qemu-geometry.ts';

export type DataOperation = GuestOperation | PrimaryOperation;

/**
 * Sends `operation` to where a disk of this geometry has its sectors; ranges beyond the end of the disk are sent as they are.
 * What is read lies in `into` where given.
 */
export function sendData(
  client: NbdClient,
  operation: DataOperation,
  geometry: Geometry,
  payloads: PayloadImages,
  into?: Buffer,
): Promise<NbdReply> {
  if (operation.op === 'guestFlush' || operation.op === 'primaryFlush') return client.flush();
  const { sector, count } = operation;
  const offsetBytes = diskSector(geometry, sector) * SECTOR_BYTES;
  switch (operation.op) {
    case 'guestRead':
    case 'primaryRead':
      return client.read(offsetBytes, count * SECTOR_BYTES, into);
    case 'guestWrite':
    case 'primaryWrite':
      return client.write(offsetBytes, payload(payloads, sector, count, operation.tag));
    case 'guestWriteZeroes':
    case 'primaryWriteZeroes':
      return client.writeZeroes(offsetBytes, count * SECTOR_BYTES);
    case 'guestDiscard':
    case 'primaryDiscard':
      return client.trim(offsetBytes, count * SECTOR_BYTES);
  }
}

/** The outcome of a reply; `readFromSector` is null where nothing was read. */
export function dataOutcome(
  reply: ChannelReply,
  payloads: PayloadImages,
  readFromSector: number | null,
): Outcome {
  switch (reply.kind) {
    case 'refused':
      return { kind: 'error', message: reply.reason };
    case 'errno':
      if (isErrno(reply.errno)) return { kind: 'errno', errno: reply.errno };
      return { kind: 'error', message: `NBD ${reply.errno}` };
    case 'done':
      if (readFromSector === null) return { kind: 'ok' };
      return { kind: 'data', tags: payloads.decode(reply.bytes, readFromSector) };
  }
}

/** The sector that `operation` reads from, null where it does not read. */
export function readStart(operation: DataOperation): number | null {
  return operation.op === 'guestRead' || operation.op === 'primaryRead' ? operation.sector : null;
}

// Sectors beyond the end of every disk have no payload; a request that touches one carries zeroes there.
function payload(payloads: PayloadImages, sector: number, count: number, tag: number): Uint8Array {
  const known = payloads.extent(sector, count, tag);
  if (known.length === count * SECTOR_BYTES) return known;
  const padded = new Uint8Array(count * SECTOR_BYTES);
  padded.set(known);
  return padded;
}
