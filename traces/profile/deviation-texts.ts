/** What each deviation looks like, and what the document accepts in its place: the words of docs/deviations.md. */
import type { deviations } from '../../model/deviations.ts';

export interface DeviationText {
  /** What QEMU 7.2 does. */
  readonly does: string;
  /** What `--comparison document` accepts as well, and a profile `qemu+NAME` demands. */
  readonly accepted: string;
}

export const deviationTexts: Readonly<Record<keyof typeof deviations, DeviationText>> = {
  'empty-primary-write-copies-a-unit': {
    does: 'a write of no bytes inside a unit copies the unit',
    accepted: 'nothing is copied, and nothing fails',
  },
  'guest-discard-does-nothing': {
    does: 'a guest discard succeeds in every stage and keeps the content',
    accepted: 'a discard is a write of zeroes',
  },
  'primary-discard-is-not-copied': {
    does: 'a primary discard is dropped above the backup job',
    accepted: 'a discard is a write of zeroes, or a copy before what the disk drops',
  },
  'primary-write-lost-in-failover': {
    does: 'a primary write acknowledged during the failover to a unit being committed is overwritten',
    accepted: 'what the primary writes to a unit in flight stays, except where an overlay holds the sector',
  },
  'dead-link-loses-acknowledged-writes': {
    does: 'while the peer is gone a primary acknowledges writes and loses them; after a stop the status is ok',
    accepted: 'a stop keeps the error',
  },
  'failed-copy-reports-nothing': {
    does: 'a copy before a write that fails is reported to the primary alone, the status stays ok',
    accepted: 'a copy that failed sets the error',
  },
  'failed-secondary-write-reports-nothing': {
    does: 'a primary write that fails on the secondary disk leaves the status at ok',
    accepted: 'a request of a running secondary that fails on the secondary disk sets the error',
  },
  'ejected-overlay-reports-nothing': {
    does: 'with hidden ejected neither side can read or write, and the status is ok',
    accepted: 'a request that fails because a layer is gone sets the error',
  },
  'failed-checkpoint-reports-nothing': {
    does: 'a checkpoint that fails leaves the status at ok',
    accepted: 'a checkpoint that failed sets the error; one that succeeds may clear it',
  },
  'failed-checkpoint-has-emptied-active': {
    does: 'a checkpoint that says that it failed to empty active has emptied it: what the guest wrote since the last checkpoint is gone',
    accepted: 'the layer whose make_empty failed is as it was',
  },
  'failed-checkpoint-lets-the-view-change': {
    does: 'after a checkpoint that failed a primary write of the new interval shows through to the guest',
    accepted: 'a checkpoint that failed has changed nothing, and begins no new interval of copies',
  },
  'checkpoint-without-start': {
    does: 'a checkpoint before any start says that a backup job was cancelled',
    accepted: '`Block replication is not running`',
  },
  'failed-start-runs': {
    does: 'a start that answers with an error has started, with status ok',
    accepted: 'a start whose checkpoint failed has not started',
  },
  'start-leaks-a-child-each-time': {
    does: 'a start that cannot attach the secondary disk leaves hidden attached, once more at each try',
    accepted: 'a start that failed leaves no child behind; the disks may be put back to read-only',
  },
  'second-start-kills-the-process': {
    does: 'after a start that failed for its top-id the next start violates an assertion and the process dies',
    accepted: 'the error of the first start again',
  },
  'start-of-a-read-only-node-kills-the-process': {
    does: 'a node that was opened read-only dies at its start: make_empty asserts that the node may write to active',
    accepted: 'any error',
  },
  'stop-without-failover-always-errors': {
    does: 'a stop without failover cancels its own backup job and reports that it was cancelled; nothing is flushed, and the error stays',
    accepted: 'the buffer is flushed, at once or by a commit as after a failover; then done, answer ok',
  },
  'stop-with-hidden-ejected-kills-the-process': {
    does: 'where hidden was opened read-only and has been ejected, every stop kills the process',
    accepted: 'the stop goes on without the reopening, with any error',
  },
  'healthy-failover-reports-an-error': {
    does: 'while a healthy failover runs the status says that an I/O error occurred',
    accepted: 'the status is ok while the commit runs',
  },
  'failover-with-active-ejected-kills-the-process': {
    does: 'a failover after active was ejected divides by zero, and the process dies',
    accepted: 'failover-failed, with any error or ok',
  },
  'failover-without-commit-is-for-ever': {
    does: 'an export on hidden keeps the commit from starting: success is reported, the stage stays failover, closing the node kills the process',
    accepted:
      'failover-failed, at once or when the commit is waited for, with any error or ok; a node that stays in failover can be closed',
  },
  'no-way-back-after-a-failed-failover': {
    does: 'a second failover answers success and does nothing; a new start destroys what only the overlays held',
    accepted: 'a second failover starts the commit again',
  },
  'disks-stay-writable': {
    does: 'disks that were opened read-only stay writable after replication has ended',
    accepted: 'read-only again when the backup job ends',
  },
  'failover-hides-every-error': {
    does: 'a failover of a node that never started answers success and does nothing',
    accepted: 'the QMP command answers the error',
  },
  'one-disk-fails-over-the-other-does-not': {
    does: 'a failover stops at the first node that does not run: success is reported and the older disk goes on replicating',
    accepted: 'every disk is asked, and the first error is answered',
  },
  'checkpoints-of-different-disks-drift-apart': {
    does: 'a checkpoint that fails at one disk leaves the older ones at the checkpoint before',
    accepted: 'where one disk fails, no other has been checkpointed',
  },
  'failover-rolls-the-secondary-disk-back': {
    does: 'primary writes since the last checkpoint are undone on the secondary disk; the unit test expects them to stay, and passes because it accepts any smaller byte',
    accepted: 'nothing else: QEMU does what the document says, and the unit test is wrong',
  },
};
