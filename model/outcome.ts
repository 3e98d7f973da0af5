/** Every answer that the model gives; the strings are QEMU's own (replication.c, blockdev.c, nbd/server.c). */
import type { Mode, Outcome, Tag } from './vocabulary.ts';

export const ok: Outcome = { kind: 'ok' };
export const eio: Outcome = { kind: 'errno', errno: 'EIO' };
export const einval: Outcome = { kind: 'errno', errno: 'EINVAL' };

export function data(tags: readonly Tag[]): Outcome {
  return { kind: 'data', tags };
}

/** The one assertion that this vocabulary can violate (replication.c:568, left set at 574-577). */
export const processDied: Outcome = { kind: 'abort', rule: 'startAfterFailedStart' };

/** replication.c:84-137 */
export const openErrors = {
  modeMissing: error('Missing the option mode'),
  modeUnknown: error("The option mode's value should be primary or secondary"),
  topIdOnPrimary: error('The primary side does not support option top-id'),
  topIdMissing: error('Missing the option top-id'),
};

/** replication.c:451-611, in the order in which the driver tests them. */
export const startErrors = {
  runningOrDone: error('Block replication is running or done'),
  activeWithoutBacking: error("Active disk doesn't have backing file"),
  hiddenWithoutBacking: error("Hidden disk doesn't have backing file"),
  secondaryWithoutBackend: error("The secondary disk doesn't have block backend"),
  lengthsDiffer: error("Active disk, hidden disk, secondary disk's length are not the same"),
  makeEmptyUnsupported: error("Active disk or hidden disk doesn't support make_empty"),
  topIdInvalid: error('No top_bs or it is invalid'),
};

/** replication.c:484-489, by the mode of the node; primary is 0, secondary 1. */
export const modeMismatch: Record<Mode, Outcome> = {
  primary: error("The parameter mode's value is invalid, needs 0, but got 1"),
  secondary: error("The parameter mode's value is invalid, needs 1, but got 0"),
};

/** replication.c:320, 651, 656, 704 */
export const backupCancelled = error('Backup job was cancelled unexpectedly');
export const notRunning = error('Block replication is not running');
export const ioErrorOccurred = error('I/O error occurred');

/** Answers of the block layer around the driver (blockdev-add, blockdev-del, the NBD server). */
export const duplicateNode = error("Duplicate nodes with node-name='rep'");
export const nodeNotFound = error("Failed to find node with node-name='rep'");
export const nodeBusy = error("Node 'rep' is busy: Block device is in use by internal backup job");
export const exportMissing = error("export 'rep' not present");

function error(message: string): Outcome {
  return { kind: 'error', message };
}
