/** Every answer that the model gives; the strings are QEMU's own (replication.c, blockdev.c, nbd/server.c). */
import { unequal } from './vocabulary.ts';
import type { AbortRule, Defect, Mode, Outcome, OverlayName, Tag } from './vocabulary.ts';

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

/** A row of preconditions: a node with this defect is refused with this answer. */
export type Refusals = readonly (readonly [Defect, Outcome])[];

const modeRefusals: Refusals = [
  ['modeMissing', error('Missing the option mode')],
  ['modeUnknown', error("The option mode's value should be primary or secondary")],
];

/** replication_open (replication.c:84-137), in the driver's order, by the mode of the node. */
export const openRefusals: Record<Mode, Refusals> = {
  primary: [...modeRefusals, ['topIdOnPrimary', error('The primary side does not support option top-id')]],
  secondary: [...modeRefusals, ['topIdMissing', error('Missing the option top-id')]],
};

export const blockNodeReadOnly = error('Block node is read-only');
const lengthsDiffer = error("Active disk, hidden disk, secondary disk's length are not the same");
const makeEmptyUnsupported = error("Active disk or hidden disk doesn't support make_empty");

/** replication_start (replication.c:495-544), in the driver's order: these leave nothing behind. */
export const startRefusals: Refusals = [
  ['activeWithoutBacking', error("Active disk doesn't have backing file")],
  ['hiddenWithoutBacking', error("Hidden disk doesn't have backing file")],
  ['secondaryWithoutBackend', error("The secondary disk doesn't have block backend")],
  ...unequal.map((defect) => [defect, lengthsDiffer] as const),
  ['makeEmptyUnsupported', makeEmptyUnsupported],
  ['hiddenCannotBeEmptied', makeEmptyUnsupported],
  ['hiddenFileReadOnly', blockNodeReadOnly],
];

/** replication.c:467-489, 573-593 */
export const runningOrDone = error('Block replication is running or done');
export const topIdInvalid = error('No top_bs or it is invalid');
export const secondaryBusy = error("Node '#block' is busy: block device is in use by block job: backup");
/** By the mode of the node; primary is 0, secondary 1. */
export const modeMismatch: Record<Mode, Outcome> = {
  primary: error("The parameter mode's value is invalid, needs 0, but got 1"),
  secondary: error("The parameter mode's value is invalid, needs 1, but got 0"),
};

/** bdrv_attach_child (replication.c:548, 558): `name` has another parent, `cb`, that does not share writing. */
export function writeUnshared(disk: 'hidden' | 'secondary', name: string, node: number): Outcome {
  return error(
    `Permission conflict on node '${name}': permissions 'write' are both required by node '${nameOf(node)}' (uses node '${name}' as '${disk} disk' child) and unshared by node 'cb${suffixOf(node)}' (uses node '${name}' as 'file' child).`,
  );
}

/** backup_job_create (replication.c:583): a node that is read-only itself attaches hidden without a conflict. */
export function backupTargetUnshared(node: number): Outcome {
  const name = `hidden${suffixOf(node)}`;
  return error(
    `Could not create node: Permission conflict on node '${name}': permissions 'write' are both required by node '#block' (uses node '${name}' as 'target' child) and unshared by node 'cb${suffixOf(node)}' (uses node '${name}' as 'file' child).`,
  );
}

/** replication.c:320, 650, 656, 704 */
export const backupCancelled = error('Backup job was cancelled unexpectedly');
export const notRunning = error('Block replication is not running');
export const ioErrorOccurred = error('I/O error occurred');

/** replication.c:331-333, 342-344 */
export function ejected(disk: OverlayName, node: number): Outcome {
  return error(`${disk === 'active' ? 'Active' : 'Hidden'} disk ${disk}${suffixOf(node)} is ejected`);
}

/** bdrv_make_empty (replication.c:336, 347); QEMU prints the file name where the name of the node stands here. */
export function makeEmptyFailed(disk: OverlayName, node: number): Outcome {
  return error(`Failed to empty ${disk}${suffixOf(node)}: Input/output error`);
}

/** commit_active_start (replication.c:734); the QMP command discards it, and an internal job has no name. */
export function commitCannotStart(node: number): Outcome {
  const name = `hidden${suffixOf(node)}`;
  return error(
    `Permission conflict on node '${name}': permissions 'consistent read' are both required by an unnamed block device (uses node '${name}' as 'root' child) and unshared by commit job '(null)' (uses node '${name}' as 'intermediate node' child).`,
  );
}

/** The same where hidden is ejected: the permissions of a layer without driver are not what they were. */
export function commitFindsNoMedium(node: number): Outcome {
  const suffix = suffixOf(node);
  const name = `secondary${suffix}`;
  return error(
    `Permission conflict on node '${name}': permissions 'write' are both required by node 'rep${suffix}' (uses node '${name}' as 'secondary disk' child) and unshared by an unnamed block device (uses node '${name}' as 'root' child).`,
  );
}

/** Answers of the block layer around the driver (blockdev-add, blockdev-del, the NBD server). */
export const duplicateNode = ofEachNode((name) => `Duplicate nodes with node-name='${name}'`);
export const nodeNotFound = ofEachNode((name) => `Failed to find node with node-name='${name}'`);
export const nodeBusy = ofEachNode(busy);
export const topNodeBusy = ofEachNode((name) => busy(name.replace('rep', 'above')));
export const exportMissing = ofEachNode((name) => `export '${name}' not present`);
export const fileWithoutMedium = error('Could not refresh total sector count: No medium found');
export const peerMissing = error("Failed to connect to 'peer': Connection refused");

/** qmp_xen_set_replication (migration/colo.c) */
export const failoverOnlyForStopping = error("Parameter 'failover' is only for stopping replication");

/** Ends the names of a node and its disks: nothing for the first node of a host, then 2 and 3. */
export function suffixOf(node: number): string {
  return node === 0 ? '' : String(node + 1);
}

function nameOf(node: number): string {
  return `rep${suffixOf(node)}`;
}

function busy(name: string): string {
  return `Node '${name}' is busy: Block device is in use by internal backup job`;
}

/** What is answered often is made once. */
function ofEachNode(message: (name: string) => string): (node: number) => Outcome {
  const made = [0, 1, 2].map((node) => error(message(nameOf(node))));
  return (node) => made[node] ?? error(message(nameOf(node)));
}

function error(message: string): Outcome {
  return { kind: 'error', message };
}
