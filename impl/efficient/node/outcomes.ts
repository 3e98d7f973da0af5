/** The answers of a node, made once: every caller may keep them, compare them by identity and must not change them. */
import type { AbortRule, Mode, Outcome } from '../../../model/vocabulary.ts';

export const OK: Outcome = Object.freeze({ kind: 'ok' });
export const EIO: Outcome = Object.freeze({ kind: 'errno', errno: 'EIO' });
export const EINVAL: Outcome = Object.freeze({ kind: 'errno', errno: 'EINVAL' });

const ABORTS: Record<AbortRule, Outcome> = {
  startAfterFailedStart: abort('startAfterFailedStart'),
  startOfReadOnlyNode: abort('startOfReadOnlyNode'),
  closeWithoutCommitJob: abort('closeWithoutCommitJob'),
  failoverWithActiveEjected: abort('failoverWithActiveEjected'),
  reopenWithHiddenEjected: abort('reopenWithHiddenEjected'),
};

/** What a process that dies by this rule answers, then and afterwards. */
export function aborted(rule: AbortRule): Outcome {
  return ABORTS[rule];
}

/** Answers that name the node or its disks. */
export type NamedAnswers = ReturnType<typeof makeNamed>;

/** `suffix` follows the names of all that belongs to the node. */
export function namedAnswers(suffix: string): NamedAnswers {
  return makeNamed(suffix);
}

function makeNamed(suffix: string) {
  const rep = `rep${suffix}`;
  return Object.freeze({
    exportMissing: error(`export '${rep}' not present`),
    nodeExists: error(`Duplicate nodes with node-name='${rep}'`),
    nodeMissing: error(`Failed to find node with node-name='${rep}'`),
    nodeBusy: error(`Node '${rep}' is busy: Block device is in use by internal backup job`),
    aboveBusy: error(`Node 'above${suffix}' is busy: Block device is in use by internal backup job`),
    activeEjected: error(`Active disk active${suffix} is ejected`),
    hiddenEjected: error(`Hidden disk hidden${suffix} is ejected`),
    activeNotEmptied: error(`Failed to empty active${suffix}: Input/output error`),
    hiddenNotEmptied: error(`Failed to empty hidden${suffix}: Input/output error`),
    hiddenUnshared: error(unshared('hidden', suffix)),
    secondaryUnshared: error(unshared('secondary', suffix)),
    /** The child would be the filter of another backup, whose name QEMU makes up. */
    filterUnshared: error(unshared('secondary', suffix, '#block')),
    /** Of the backup job, whose target hidden is. */
    targetUnshared: error(
      `Could not create node: Permission conflict on node 'hidden${suffix}': permissions 'write' are both required by node '#block' (uses node 'hidden${suffix}' as 'target' child) and unshared by node 'cb${suffix}' (uses node 'hidden${suffix}' as 'file' child).`,
    ),
    commitWithoutMedium: error(
      `Permission conflict on node 'secondary${suffix}': permissions 'write' are both required by node '${rep}' (uses node 'secondary${suffix}' as 'secondary disk' child) and unshared by an unnamed block device (uses node 'secondary${suffix}' as 'root' child).`,
    ),
    commitRefused: error(
      `Permission conflict on node 'hidden${suffix}': permissions 'consistent read' are both required by an unnamed block device (uses node 'hidden${suffix}' as 'root' child) and unshared by commit job '(null)' (uses node 'hidden${suffix}' as 'intermediate node' child).`,
    ),
  });
}

function unshared(disk: 'hidden' | 'secondary', suffix: string, node = disk + suffix): string {
  return `Permission conflict on node '${node}': permissions 'write' are both required by node 'rep${suffix}' (uses node '${node}' as '${disk} disk' child) and unshared by node 'cb${suffix}' (uses node '${node}' as 'file' child).`;
}

/** Errors of `replication_open` (replication.c:104, 112, 121, 125) and of the file below it. */
export const MODE_MISSING = error('Missing the option mode');
export const MODE_UNKNOWN = error("The option mode's value should be primary or secondary");
export const TOP_ID_ON_PRIMARY = error('The primary side does not support option top-id');
export const TOP_ID_MISSING = error('Missing the option top-id');
export const PEER_GONE = error("Failed to connect to 'peer': Connection refused");
export const NO_SECTOR_COUNT = error('Could not refresh total sector count: No medium found');

/** Errors of `replication_start` (replication.c:479-594). */
export const RUNNING_OR_DONE = error('Block replication is running or done');
export const ACTIVE_WITHOUT_BACKING = error("Active disk doesn't have backing file");
export const HIDDEN_WITHOUT_BACKING = error("Hidden disk doesn't have backing file");
export const SECONDARY_WITHOUT_BACKEND = error("The secondary disk doesn't have block backend");
export const LENGTHS_DIFFER = error("Active disk, hidden disk, secondary disk's length are not the same");
export const MAKE_EMPTY_UNSUPPORTED = error("Active disk or hidden disk doesn't support make_empty");
export const BLOCK_NODE_READ_ONLY = error('Block node is read-only');
export const TOP_ID_INVALID = error('No top_bs or it is invalid');
export const SECONDARY_BUSY = error("Node '#block' is busy: block device is in use by block job: backup");

/** Errors of the other calls (replication.c:320, 650, 656, 704). */
export const BACKUP_JOB_CANCELLED = error('Backup job was cancelled unexpectedly');
export const NOT_RUNNING = error('Block replication is not running');
export const IO_ERROR_OCCURRED = error('I/O error occurred');

/** xen-set-replication */
export const FAILOVER_WITH_ENABLE = error("Parameter 'failover' is only for stopping replication");

const PRIMARY_ON_SECONDARY = error("The parameter mode's value is invalid, needs 1, but got 0");
const SECONDARY_ON_PRIMARY = error("The parameter mode's value is invalid, needs 0, but got 1");

/** The answer to a start that asks for the other mode than `opened` (replication.c:485); primary is 0, secondary 1. */
export function modeInvalid(opened: Mode): Outcome {
  return opened === 'secondary' ? PRIMARY_ON_SECONDARY : SECONDARY_ON_PRIMARY;
}

/** Of answers without content: `actual` is the refusal that is expected. No read is refused by an ok or a status. */
export function isSameRefusal(actual: Outcome, expected: Outcome): boolean {
  switch (actual.kind) {
    case 'error':
      return expected.kind === 'error' && expected.message === actual.message;
    case 'errno':
      return expected.kind === 'errno' && expected.errno === actual.errno;
    case 'abort':
      return expected.kind === 'abort' && expected.rule === actual.rule;
    case 'ok':
    case 'status':
    case 'data':
      return false;
  }
}

function error(message: string): Outcome {
  return Object.freeze({ kind: 'error', message });
}

function abort(rule: AbortRule): Outcome {
  return Object.freeze({ kind: 'abort', rule });
}
