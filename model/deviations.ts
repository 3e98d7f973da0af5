/**
 * Every known deviation of the real binary from its design document (docs/block-replication.txt of QEMU). The model asks
 * each at the line where QEMU goes its own way; its trace, of the same name, is in traces/saved/deviations. "Case" and "flow"
 * are the document's own numbers. A profile is a set of switches: the document is one, and each version of QEMU is one.
 *
 * Decided, where the document leaves more open than is accepted here: a stop that is ignored changes nothing, also not the
 * error; of several nodes that fail in one call the first error is reported; disks are put back to read-only when the
 * backup job ends, where the driver tries to; a stop that flushes must still reopen hidden.
 */

/** Each deviation and what the document says, or what follows from it. */
export const deviations = {
  'empty-primary-write-copies-a-unit': 'flow 2: the sectors about to be written are copied; there are none',
  'guest-discard-does-nothing': 'flow 4: changes by the secondary are buffered; a discard reads as zeroes',
  'primary-discard-is-not-copied': 'flows 2, 3: changes by the primary are preceded by a copy and forwarded',
  'primary-write-lost-in-failover':
    'flow 3: primary writes are written to the secondary disk; only what is in the buffer is flushed over them',
  'dead-link-loses-acknowledged-writes': 'case 2: a write not forwarded is reported, also after a stop',
  'failed-copy-reports-nothing': 'case 3: a failed backup is reported to the manager',
  'failed-secondary-write-reports-nothing': 'case 4: an I/O error on the secondary disk is reported',
  'ejected-overlay-reports-nothing': 'cases 4, 6: a layer that cannot be reached any more is reported',
  'failed-checkpoint-reports-nothing':
    'case 6: making active or hidden empty failed is reported; a later checkpoint that succeeds may take it back',
  'failed-checkpoint-has-emptied-active': 'case 6: making a disk empty failed, so it is not empty',
  'failed-checkpoint-lets-the-view-change': 'a checkpoint that failed drops nothing and begins no interval',
  'checkpoint-without-start': 'replication is not running, as stop and status say',
  'failed-start-runs': 'replication_start_all: a start that answers an error has not started replication',
  'start-leaks-a-child-each-time': 'the same: what a failed start has done to the graph is undone',
  'second-start-kills-the-process': 'a start that cannot start answers an error, each time',
  'start-of-a-read-only-node-kills-the-process': 'the same',
  'stop-without-failover-always-errors':
    'replication_stop_all: we will flush the disk buffer into the secondary disk and stop block replication',
  'stop-with-hidden-ejected-kills-the-process': 'case 7: a failed failover is an error and a state',
  'healthy-failover-reports-an-error': 'replication_get_error_all: if an error happened; none has',
  'failover-with-active-ejected-kills-the-process': 'case 7: the failover failed state is used',
  'failover-without-commit-is-for-ever':
    'case 7: the failover failed state is used, at once or when the commit is waited for; it can be closed',
  'no-way-back-after-a-failed-failover': 'a stop flushes the disk buffer; a second one may try again',
  'disks-stay-writable': 'the source: what a start has reopened is put back when replication ends',
  'failover-hides-every-error': 'errors are reported to the manager, which decides by them',
  'one-disk-fails-over-the-other-does-not': 'replication_stop_all: one that fails keeps no other from it',
  'checkpoints-of-different-disks-drift-apart': 'where one disk fails, none has been checkpointed',
  /** The binary does what the document says; QEMU's own unit test expects otherwise. */
  'failover-rolls-the-secondary-disk-back':
    'the buffer, which has the old content of what the primary wrote, is flushed into the secondary disk',
} as const;

/** What newer versions do otherwise than 7.2 where the document says nothing; 1 is their way. */
export const changes = {
  // bdrv_co_is_all_zeroes (block/io.c), which the commit's job asks of its target.
  'commit-reads-a-small-disk-first':
    'since 10.1: a failover commit first reads a secondary disk of at most 128 KiB whole, and fails where it cannot',
} as const;

export type DeviationName = keyof typeof deviations | keyof typeof changes;

/** 0: as QEMU 7.2 does; others: as its document says, or a newer version does. */
export type Way = 0 | 1 | 2;

/** How many ways there are beside QEMU's, where it is not one. */
const otherWays: Partial<Record<DeviationName, 0 | 2>> = {
  // 1: a discarded sector reads as zeroes; 2: the disk drops the discard, after the copy.
  'primary-discard-is-not-copied': 2,
  // 1: the disks stay writable; 2: they are put back, too.
  'failed-start-runs': 2,
  'start-leaks-a-child-each-time': 2,
  // 1: by a commit in the background, as a failover; 2: before the stop answers.
  'stop-without-failover-always-errors': 2,
  'failover-rolls-the-secondary-disk-back': 0,
  'commit-reads-a-small-disk-first': 0,
};

/** Where the document asks for an error, or just for an answer, and gives no text: such is accepted in its place. */
export const acceptedText: Partial<Record<DeviationName, 'any error' | 'any answer'>> = {
  'start-of-a-read-only-node-kills-the-process': 'any error',
  'stop-with-hidden-ejected-kills-the-process': 'any error',
  'stop-without-failover-always-errors': 'any answer',
  'failover-with-active-ejected-kills-the-process': 'any answer',
  'failover-without-commit-is-for-ever': 'any answer',
};

/** Which way a step goes at a deviation. */
export type Follow = (deviation: DeviationName) => Way;

export const asQemu: Follow = () => 0;

/** The ways that a system may go at each deviation; the first is the expected one. */
export type Profile = (deviation: DeviationName) => readonly Way[];

/** At each deviation the binary's way or the document's, whatever was done before. */
const document: Profile = (deviation) => ([0, 1, 2] as const).filter((way) => way <= (otherWays[deviation] ?? 1));

/** A QEMU that goes another way than 7.2 at these: the document's, or a newer version's. */
export function otherwise(names: readonly DeviationName[]): Profile {
  return (name) => {
    if (!names.includes(name)) return [0];
    return Object.hasOwn(changes, name) ? [1] : document(name).filter((way) => way > 0);
  };
}

export const profiles = {
  /** 7.2 and 10.0 */
  qemu: otherwise([]),
  /** It has fixed one deviation: the stop answers, and the process lives. */
  'qemu-11.1': otherwise(['stop-with-hidden-ejected-kills-the-process', 'commit-reads-a-small-disk-first']),
  document,
} as const satisfies Readonly<Record<string, Profile>>;
