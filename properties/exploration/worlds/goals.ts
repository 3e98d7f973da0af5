/** Reachability goals (`sometimes` properties): named states; a world whose search never reaches them proves less than it seems to. */
import type { Host, Node } from '../../../model/node.ts';

export interface Goal {
  readonly name: string;
  /** What is reached, in one line. */
  readonly about: string;
  holds(host: Host): boolean;
}

export const goals: readonly Goal[] = [
  anyNode(
    'hidden-under-active',
    'one sector is allocated in active and in hidden while a secondary runs',
    ({ stage, active, hidden }) =>
      stage === 'running' && active.some((tag, sector) => tag !== null && hidden[sector] !== null),
  ),
  anyNode(
    'hidden-alone',
    'the guest is answered by hidden: the primary has overwritten what the guest has not',
    ({ stage, active, hidden, secondary }) =>
      stage === 'running' &&
      hidden.some((tag, sector) => tag !== null && active[sector] === null && tag !== secondary[sector]),
  ),
  anyNode(
    'split-write-path',
    'after a failed failover allocated and unallocated clusters stand side by side',
    (node) =>
      node.stage === 'failoverFailed' && allocated(node).includes(true) && allocated(node).includes(false),
  ),
  anyNode(
    'backup-dead-while-running',
    'the backup job has died and the node runs on',
    ({ stage, backupJob, hiddenAttached }) => stage === 'running' && !backupJob && hiddenAttached > 0,
  ),
  anyNode(
    'commit-half-done',
    'a failover has committed one unit and has another in flight',
    ({ commitJob }) => commitJob !== null && commitJob.inFlight.length > 0 && commitJob.cursor > 1,
  ),
  anyNode(
    'stale-request-in-flight',
    'a unit that has been read for the commit was written again by the guest',
    ({ commitJob }) => commitJob?.inFlight.some(({ unit }) => commitJob.dirty[unit] === true) === true,
  ),
  anyNode('promoted', 'a failover has ended well', ({ stage, committed }) => stage === 'done' && committed),
  anyNode(
    'overlays-left-behind',
    'replication was stopped without failover and the overlays still hold something',
    (node) => node.stage === 'done' && !node.committed && allocated(node).includes(true),
  ),
  anyNode(
    'half-emptied',
    'a checkpoint emptied active and then failed at hidden',
    ({ stage, backupJob, active, hidden, copied }) =>
      stage === 'running' &&
      backupJob &&
      active.every((tag) => tag === null) &&
      hidden.some((tag) => tag !== null) &&
      !copied.includes(true),
  ),
  anyNode('hidden-ejected', 'hidden has lost its driver', ({ ejected }) => ejected.hidden),
  anyNode(
    'commit-meets-a-bad-sector',
    'a commit request in flight is going to fail',
    ({ commitJob, badSectors }) =>
      commitJob !== null &&
      commitJob.inFlight.length > 0 &&
      badSectors.some(({ disk, access }) => disk === 'secondary' && access === 'write'),
  ),
  anyNode(
    'link-lost-while-running',
    'a running primary has lost its peer and remembers an error',
    ({ stage, link, error }) => stage === 'running' && link === 'dead' && error,
  ),
  {
    name: 'disks-out-of-step',
    about: 'of two disks one runs and the other has failed over',
    holds: ({ nodes }) =>
      nodes.some(({ stage }) => stage === 'running') && nodes.some(({ stage }) => stage === 'failover'),
  },
  {
    name: 'process-dead',
    about: 'a rule of the driver was violated and the process died',
    holds: ({ dead }) => dead !== null,
  },
];

function anyNode(name: string, about: string, holds: (node: Node) => boolean): Goal {
  return { name, about, holds: ({ nodes }) => nodes.some(holds) };
}

function allocated({ active, hidden }: Node): boolean[] {
  return active.map((tag, sector) => tag !== null || hidden[sector] !== null);
}
