/**
 * Every known deviation of the real binary from its design document (docs/block-replication.txt of QEMU), and what the
 * document allows there instead. The names are those of the traces in traces/deviations. The failure cases are those
 * that the document numbers ("There are 7 internal errors"), the flows those of its workflow.
 */
import type { Alternatives } from './documented-choice.ts';
import * as control from './documented-control.ts';
import * as failover from './documented-failover.ts';
import * as request from './documented-requests.ts';

export interface Deviation {
  readonly name: string;
  /** What the document says, or what follows from it. */
  readonly says: string;
  /** Of a single node; `host` where the walk over the nodes differs; or why there is no other lawful behaviour. */
  readonly alternatives: Alternatives | 'host' | { readonly none: string };
}

/** In the order in which they are applied to a step: each may change what an earlier one has left. */
export const deviations = [
  {
    name: 'second-start-kills-the-process',
    says: 'a start that cannot start answers an error, each time',
    alternatives: control.secondStartFailsAgain,
  },
  {
    name: 'stop-with-hidden-ejected-kills-the-process',
    says: 'case 7: doing the failover failed, which is an error and a state',
    alternatives: failover.stopsWithHiddenEjected,
  },
  {
    name: 'stop-without-failover-always-errors',
    says: 'replication_stop_all: we will flush the disk buffer into the secondary disk and stop block replication',
    alternatives: failover.stopFlushesTheBuffer,
  },
  {
    name: 'no-way-back-after-a-failed-failover',
    says: 'the same: a stop flushes the disk buffer, which a second one may try again',
    alternatives: failover.failedFailoverIsTriedAgain,
  },
  {
    name: 'failover-with-active-ejected-kills-the-process',
    says: 'case 7: the failover failed state is used',
    alternatives: failover.failoverFailsWithActiveEjected,
  },
  {
    name: 'failover-without-commit-is-for-ever',
    says: 'case 7: the failover failed state is used; from there the node can be closed',
    alternatives: (at) => [...failover.failoverFailsWithoutCommit(at), ...control.closesWithoutCommit(at)],
  },
  {
    name: 'healthy-failover-reports-an-error',
    says: 'replication_get_error_all: called to check if an error happened, and none has',
    alternatives: failover.healthyFailoverIsHealthy,
  },
  {
    name: 'dead-link-loses-acknowledged-writes',
    says: 'case 2: a write that could not be forwarded is reported to the manager, also after a stop',
    alternatives: failover.stoppedPrimaryRemembers,
  },
  {
    name: 'checkpoint-without-start',
    says: 'replication is not running, as stop and status say',
    alternatives: control.notRunningBeforeStart,
  },
  {
    name: 'failed-checkpoint-has-emptied-active',
    says: 'case 6: making a disk empty failed, so it is not empty',
    alternatives: control.failedEmptyingKeepsTheLayer,
  },
  {
    name: 'failed-checkpoint-lets-the-view-change',
    says: 'the buffer is only dropped at checkpoint time: one that failed drops nothing and begins no interval',
    alternatives: control.failedCheckpointChangesNothing,
  },
  {
    name: 'failed-start-runs',
    says: 'replication_start_all: a start that answers an error has not started replication',
    alternatives: control.failedStartHasNotStarted,
  },
  {
    name: 'start-leaks-a-child-each-time',
    says: 'the same: what a failed start has done to the graph is undone',
    alternatives: control.failedStartUndoesItself,
  },
  {
    name: 'failed-checkpoint-reports-nothing',
    says: 'case 6: making active or hidden empty failed is reported; a later checkpoint that succeeds may take it back',
    alternatives: control.failedCheckpointIsReported,
  },
  {
    name: 'empty-primary-write-copies-a-unit',
    says: 'flow 2: the sectors that are about to be written are copied, and there are none',
    alternatives: request.emptyWriteDoesNothing,
  },
  {
    name: 'guest-discard-does-nothing',
    says: 'flow 4: requests of the secondary that change the disk are buffered; a discard reads as zeroes then',
    alternatives: request.guestDiscardIsAWrite,
  },
  {
    name: 'primary-discard-is-not-copied',
    says: 'flows 2 and 3: requests of the primary that change the disk are preceded by a copy and forwarded',
    alternatives: request.primaryDiscardIsAWrite,
  },
  {
    name: 'primary-write-lost-in-failover',
    says: 'flow 3: primary writes are written to the secondary disk; only what is in the buffer is flushed over them',
    alternatives: failover.primaryWriteOutlivesTheCommit,
  },
  {
    name: 'failed-copy-reports-nothing',
    says: 'case 3: a failed backup is reported to the manager',
    alternatives: request.failedCopyIsReported,
  },
  {
    name: 'failed-secondary-write-reports-nothing',
    says: 'case 4: an I/O error on the secondary disk is reported to the manager',
    alternatives: request.secondaryErrorIsReported,
  },
  {
    name: 'ejected-overlay-reports-nothing',
    says: 'cases 4 and 6: a layer that cannot be reached any more is reported to the manager',
    alternatives: request.ejectedOverlayIsReported,
  },
  {
    name: 'disks-stay-writable',
    says: 'the source: what a start has reopened for writing is put back when replication ends',
    alternatives: control.disksArePutBack,
  },
  {
    name: 'failover-hides-every-error',
    says: 'errors are reported to the manager, which decides by them',
    alternatives: 'host',
  },
  {
    name: 'one-disk-fails-over-the-other-does-not',
    says: 'replication_stop_all is for all disks: one that cannot fail over keeps no other from it',
    alternatives: 'host',
  },
  {
    name: 'checkpoints-of-different-disks-drift-apart',
    says: 'primary and secondary are identical after a checkpoint: where one disk fails, none has been checkpointed',
    alternatives: 'host',
  },
  {
    name: 'failover-rolls-the-secondary-disk-back',
    says: 'the buffer, which has the old content of what the primary wrote, is flushed into the secondary disk',
    alternatives: {
      none: 'the binary does what the document says; it is the unit test that expects otherwise',
    },
  },
] as const satisfies readonly Deviation[];

export type DeviationName = (typeof deviations)[number]['name'];
