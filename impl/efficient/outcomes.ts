/** The answers of the node, made once: every caller may keep them, compare them by identity and must not change them. */
import type { AbortRule, Mode, Outcome } from '../../model/vocabulary.ts';

export const OK: Outcome = Object.freeze({ kind: 'ok' });
export const EIO: Outcome = Object.freeze({ kind: 'errno', errno: 'EIO' });
export const EINVAL: Outcome = Object.freeze({ kind: 'errno', errno: 'EINVAL' });

/** What a process that has died answers. */
export const ABORTED: Outcome = abort('startAfterFailedStart');

/** What the generic block layer says about the node and its export. */
export const EXPORT_MISSING = error("export 'rep' not present");
export const NODE_EXISTS = error("Duplicate nodes with node-name='rep'");
export const NODE_MISSING = error("Failed to find node with node-name='rep'");
export const NODE_BUSY = error("Node 'rep' is busy: Block device is in use by internal backup job");

/** Errors of `replication_open` (replication.c:104, 112, 121, 125). */
export const MODE_MISSING = error('Missing the option mode');
export const MODE_UNKNOWN = error("The option mode's value should be primary or secondary");
export const TOP_ID_ON_PRIMARY = error('The primary side does not support option top-id');
export const TOP_ID_MISSING = error('Missing the option top-id');

/** Errors of `replication_start` (replication.c:479-578). */
export const RUNNING_OR_DONE = error('Block replication is running or done');
export const ACTIVE_WITHOUT_BACKING = error("Active disk doesn't have backing file");
export const HIDDEN_WITHOUT_BACKING = error("Hidden disk doesn't have backing file");
export const SECONDARY_WITHOUT_BACKEND = error("The secondary disk doesn't have block backend");
export const LENGTHS_DIFFER = error("Active disk, hidden disk, secondary disk's length are not the same");
export const MAKE_EMPTY_UNSUPPORTED = error("Active disk or hidden disk doesn't support make_empty");
export const TOP_ID_INVALID = error('No top_bs or it is invalid');

/** Errors of the other calls (replication.c:320, 650, 656, 704). */
export const BACKUP_JOB_CANCELLED = error('Backup job was cancelled unexpectedly');
export const NOT_RUNNING = error('Block replication is not running');
export const IO_ERROR_OCCURRED = error('I/O error occurred');

const PRIMARY_ON_SECONDARY = error("The parameter mode's value is invalid, needs 1, but got 0");
const SECONDARY_ON_PRIMARY = error("The parameter mode's value is invalid, needs 0, but got 1");

/** The answer to a start that asks for the other mode than `opened` (replication.c:485); primary is 0, secondary 1. */
export function modeInvalid(opened: Mode): Outcome {
  return opened === 'secondary' ? PRIMARY_ON_SECONDARY : SECONDARY_ON_PRIMARY;
}

function error(message: string): Outcome {
  return Object.freeze({ kind: 'error', message });
}

function abort(rule: AbortRule): Outcome {
  return Object.freeze({ kind: 'abort', rule });
}
