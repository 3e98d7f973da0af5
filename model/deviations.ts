/**
 * Every known deviation of the real binary from its design document (docs/block-replication.txt of QEMU): the sentence
 * that it contradicts, and how many other ways the document leaves. The model asks each at the line where QEMU goes its
 * own way; its trace, of the same name, is in traces/deviations. "Case" and "flow" are the document's own numbers.
 *
 * A profile is a set of switches: for each deviation the ways that a system may go. Way 0 is that of QEMU 7.2.
 */

export interface Deviation {
  readonly name: string;
  /** What the document says, or what follows from it. */
  readonly says: string;
  /** Ways that keep to the document, numbered from 1; 0 where the binary alone is right (see `says`). */
  readonly ways: 0 | 1 | 2;
  /** Where the document asks for an error, or an answer, and prescribes no text: any text is accepted. */
  readonly text?: 'any error' | 'any answer';
}

export const deviations = [
  {
    name: 'empty-primary-write-copies-a-unit',
    says: 'flow 2: the sectors that are about to be written are copied, and there are none',
    ways: 1,
  },
  {
    name: 'guest-discard-does-nothing',
    says: 'flow 4: requests of the secondary that change the disk are buffered; a discard reads as zeroes then',
    ways: 1,
  },
  {
    // 1: the disk reads as zeroes then; 2: the disk drops the discard, after the copy.
    name: 'primary-discard-is-not-copied',
    says: 'flows 2 and 3: requests of the primary that change the disk are preceded by a copy and forwarded',
    ways: 2,
  },
  {
    name: 'primary-write-lost-in-failover',
    says: 'flow 3: primary writes are written to the secondary disk; only what is in the buffer is flushed over them',
    ways: 1,
  },
  {
    name: 'dead-link-loses-acknowledged-writes',
    says: 'case 2: a write that could not be forwarded is reported to the manager, also after a stop',
    ways: 1,
  },
  {
    name: 'failed-copy-reports-nothing',
    says: 'case 3: a failed backup is reported to the manager',
    ways: 1,
  },
  {
    name: 'failed-secondary-write-reports-nothing',
    says: 'case 4: an I/O error on the secondary disk is reported to the manager',
    ways: 1,
  },
  {
    name: 'ejected-overlay-reports-nothing',
    says: 'cases 4 and 6: a layer that cannot be reached any more is reported to the manager',
    ways: 1,
  },
  {
    name: 'failed-checkpoint-reports-nothing',
    says: 'case 6: making active or hidden empty failed is reported; a later checkpoint that succeeds may take it back',
    ways: 1,
  },
  {
    name: 'failed-checkpoint-has-emptied-active',
    says: 'case 6: making a disk empty failed, so it is not empty',
    ways: 1,
  },
  {
    name: 'failed-checkpoint-lets-the-view-change',
    says: 'the buffer is only dropped at checkpoint time: one that failed drops nothing and begins no interval',
    ways: 1,
  },
  {
    name: 'checkpoint-without-start',
    says: 'replication is not running, as stop and status say',
    ways: 1,
  },
  {
    // 1: the disks stay writable; 2: they are put back, too.
    name: 'failed-start-runs',
    says: 'replication_start_all: a start that answers an error has not started replication',
    ways: 2,
  },
  {
    // As above.
    name: 'start-leaks-a-child-each-time',
    says: 'the same: what a failed start has done to the graph is undone',
    ways: 2,
  },
  {
    name: 'second-start-kills-the-process',
    says: 'a start that cannot start answers an error, each time',
    ways: 1,
  },
  {
    // 1: by a commit in the background, as a failover does; 2: before the stop answers.
    name: 'stop-without-failover-always-errors',
    says: 'replication_stop_all: we will flush the disk buffer into the secondary disk and stop block replication',
    ways: 2,
    text: 'any answer',
  },
  {
    name: 'stop-with-hidden-ejected-kills-the-process',
    says: 'case 7: doing the failover failed, which is an error and a state',
    ways: 1,
    text: 'any error',
  },
  {
    name: 'healthy-failover-reports-an-error',
    says: 'replication_get_error_all: called to check if an error happened, and none has',
    ways: 1,
  },
  {
    name: 'failover-with-active-ejected-kills-the-process',
    says: 'case 7: the failover failed state is used',
    ways: 1,
    text: 'any answer',
  },
  {
    name: 'failover-without-commit-is-for-ever',
    says: 'case 7: the failover failed state is used, at once or when the commit is waited for; it can be closed',
    ways: 1,
    text: 'any answer',
  },
  {
    name: 'no-way-back-after-a-failed-failover',
    says: 'replication_stop_all: a stop flushes the disk buffer, which a second one may try again',
    ways: 1,
  },
  {
    name: 'disks-stay-writable',
    says: 'the source: what a start has reopened for writing is put back when replication ends',
    ways: 1,
  },
  {
    name: 'failover-hides-every-error',
    says: 'errors are reported to the manager, which decides by them',
    ways: 1,
  },
  {
    name: 'one-disk-fails-over-the-other-does-not',
    says: 'replication_stop_all is for all disks: one that cannot fail over keeps no other from it',
    ways: 1,
  },
  {
    name: 'checkpoints-of-different-disks-drift-apart',
    says: 'primary and secondary are identical after a checkpoint: where one disk fails, none has been checkpointed',
    ways: 1,
  },
  {
    // The binary does what the document says; QEMU's own unit test expects otherwise.
    name: 'failover-rolls-the-secondary-disk-back',
    says: 'the buffer, which has the old content of what the primary wrote, is flushed into the secondary disk',
    ways: 0,
  },
] as const satisfies readonly Deviation[];

export type DeviationName = (typeof deviations)[number]['name'];

/** 0: as QEMU 7.2 does; 1 and 2: as its document says. */
export type Way = 0 | 1 | 2;

/** Which way a step goes at a deviation. */
export type Follow = (deviation: DeviationName) => Way;

/** The ways that a system of this profile may go at each deviation; the first is the expected one. */
export type Profile = (deviation: DeviationName) => readonly Way[];

const waysOf: ReadonlyMap<string, number> = new Map(deviations.map(({ name, ways }) => [name, ways]));

export const profiles = {
  /** 7.2 and 10.0 */
  qemu: () => [0],
  /** Mended by 11.1: the stop answers, and the process lives. */
  'qemu-11.1': (deviation) => (deviation === 'stop-with-hidden-ejected-kills-the-process' ? [1] : [0]),
  /** At each point either of what the binary does and what the document says, whatever was done before. */
  document: (deviation) => ([0, 1, 2] as const).filter((way) => way <= (waysOf.get(deviation) ?? 0)),
} as const satisfies Readonly<Record<string, Profile>>;

export const asQemu: Follow = () => 0;
