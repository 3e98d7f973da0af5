/** Guest and primary requests as NBD requests, and their replies as outcomes. */
import type { GuestOperation, PrimaryOperation } from '../../model/operations.ts';
import type { Outcome } from '../../model/vocabulary.ts';
import { isErrno } from '../errno.ts';
import type { PayloadImages } from '../payload.ts';
import type { ChannelReply } from './nbd/export-channel.ts';
import type { NbdClient, NbdReply } from './nbd/nbd-client.ts';
import { SECTOR_BYTES } from './nbd/qemu-geometry.ts';

export type DataOperation = GuestOperation | PrimaryOperation;

/** Sends `operation`; ranges beyond the end of the disk are sent as they are. What is read lies in `into` where given. */
export function sendData(
  client: NbdClient,
  operation: DataOperation,
  payloads: PayloadImages,
  into?: Buffer,
): Promise<NbdReply> {
  switch (operation.op) {
    case 'guestRead':
    case 'primaryRead':
      return client.read(operation.sector * SECTOR_BYTES, operation.count * SECTOR_BYTES, into);
    case 'guestWrite':
    case 'primaryWrite': {
      const { sector, count, tag } = operation;
      return client.write(sector * SECTOR_BYTES, payload(payloads, sector, count, tag));
    }
    case 'guestWriteZeroes':
    case 'primaryWriteZeroes':
      return client.writeZeroes(operation.sector * SECTOR_BYTES, operation.count * SECTOR_BYTES);
    case 'guestDiscard':
    case 'primaryDiscard':
      return client.trim(operation.sector * SECTOR_BYTES, operation.count * SECTOR_BYTES);
    case 'guestFlush':
    case 'primaryFlush':
      return client.flush();
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
