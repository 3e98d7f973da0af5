/** Every answer that the model gives; the strings are QEMU's own (replication.c, blockdev.c, nbd/server.c). */
import type { AbortRule, Mode, Outcome, OverlayName, Tag } from './vocabulary.ts';

export const ok: Outcome = { kind: 'ok' };
export const eio: Outcome = { kind: 'errno', errno: 'EIO' };
export const einval: Outcome = { kind: 'errno', errno: 'EINVAL' };

export function data(tags: readonly Tag[]): Outcome {
  return { kind: 'data', tags };
}

/** An assertion that fails, or a null pointer that is followed. */
export function abort(rule: AbortRule): Outcome {
  return { kind: 'abort', rule };
}

/** replication.c:84-137 */
export const openErrors = {
  modeMissing: error('Missing the option mode'),
  modeUnknown: error("The option mode's value should be primary or secondary"),
  topIdOnPrimary: error('The primary side does not support option top-id'),
  topIdMissing: error('Missing the option top-id'),
};

/** replication.c:451-611, in the order in which the driver tests them; names get the suffix of the node. */
export const runningOrDone = error('Block replication is running or done');
export const startErrors = {
  activeWithoutBacking: error("Active disk doesn't have backing file"),
  hiddenWithoutBacking: error("Hidden disk doesn't have backing file"),
  secondaryWithoutBackend: error("The secondary disk doesn't have block backend"),
  lengthsDiffer: error("Active disk, hidden disk, secondary disk's length are not the same"),
  makeEmptyUnsupported: error("Active disk or hidden disk doesn't support make_empty"),
  blockNodeReadOnly: error('Block node is read-only'),
  topIdInvalid: error('No top_bs or it is invalid'),
  secondaryBusy: error("Node '#block' is busy: block device is in use by block job: backup"),
};

/** bdrv_attach_child (replication.c:548, 558): `disk` has another parent, `other`, that does not share writing. */
export function writeUnshared(disk: 'hidden' | 'secondary', suffix: string): Outcome {
  const node = `${disk}${suffix}`;
  return error(
    `Permission conflict on node '${node}': permissions 'write' are both required by node 'rep${suffix}' (uses node '${node}' as '${disk} disk' child) and unshared by node 'cb${suffix}' (uses node '${node}' as 'file' child).`,
  );
}

/** replication.c:484-489, by the mode of the node; primary is 0, secondary 1. */
export const modeMismatch: Record<Mode, Outcome> = {
  primary: error("The parameter mode's value is invalid, needs 0, but got 1"),
  secondary: error("The parameter mode's value is invalid, needs 1, but got 0"),
};

/** replication.c:320, 651, 656, 704 */
export const backupCancelled = error('Backup job was cancelled unexpectedly');
export const notRunning = error('Block replication is not running');
export const ioErrorOccurred = error('I/O error occurred');

/** replication.c:331-333, 341-343 */
export function ejected(disk: OverlayName, suffix: string): Outcome {
  return error(`${disk === 'active' ? 'Active' : 'Hidden'} disk ${disk}${suffix} is ejected`);
}

/** bdrv_make_empty (replication.c:336, 347); QEMU prints the file name where the name of the node stands here. */
export function emptyingFailed(disk: OverlayName, suffix: string): Outcome {
  return error(`Failed to empty ${disk}${suffix}: Input/output error`);
}

/** commit_active_start (replication.c:734); the QMP command discards it, and an internal job has no name. */
export function commitCannotStart(suffix: string): Outcome {
  const node = `hidden${suffix}`;
  return error(
    `Permission conflict on node '${node}': permissions 'consistent read' are both required by an unnamed block device (uses node '${node}' as 'root' child) and unshared by commit job '(null)' (uses node '${node}' as 'intermediate node' child).`,
  );
}

/** The same where hidden is ejected: the permissions of a layer without driver are not what they were. */
export function commitFindsNoMedium(suffix: string): Outcome {
  const node = `secondary${suffix}`;
  return error(
    `Permission conflict on node '${node}': permissions 'write' are both required by node 'rep${suffix}' (uses node '${node}' as 'secondary disk' child) and unshared by an unnamed block device (uses node '${node}' as 'root' child).`,
  );
}

/** Answers of the block layer around the driver (blockdev-add, blockdev-del, the NBD server). */
export const duplicateNode = ofEachNode((suffix) => error(`Duplicate nodes with node-name='rep${suffix}'`));
export const nodeNotFound = ofEachNode((suffix) =>
  error(`Failed to find node with node-name='rep${suffix}'`),
);
export const nodeBusy = ofEachNode((suffix) =>
  error(`Node 'rep${suffix}' is busy: Block device is in use by internal backup job`),
);
export const exportMissing = ofEachNode((suffix) => error(`export 'rep${suffix}' not present`));
export const fileWithoutMedium = error('Could not refresh total sector count: No medium found');
export const peerMissing = error("Failed to connect to 'peer': Connection refused");

/** qmp_xen_set_replication (migration/colo.c) */
export const failoverOnlyForStopping = error("Parameter 'failover' is only for stopping replication");

/** What is answered often is made once. */
function ofEachNode(make: (suffix: string) => Outcome): (suffix: string) => Outcome {
  const made = new Map(['', '2', '3'].map((suffix) => [suffix, make(suffix)]));
  return (suffix) => made.get(suffix) ?? make(suffix);
}

function error(message: string): Outcome {
  return { kind: 'error', message };
}
