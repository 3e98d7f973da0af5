/** Named states that a search must come by: a world that never reaches them proves less than it seems to. */
import type { HostState, State } from '../../model/state.ts';

export interface Goal {
  readonly name: string;
  /** What is reached, in one line. */
  readonly about: string;
  holds(host: HostState): boolean;
}

export const goals: readonly Goal[] = [
  anyNode(
    'hidden-under-active',
    'one sector is allocated in active and in hidden while a secondary runs',
    ({ node, disks }) =>
      node.stage === 'running' &&
      disks.active.some((tag, sector) => tag !== null && disks.hidden[sector] !== null),
  ),
  anyNode(
    'hidden-alone',
    'the guest is answered by hidden: the primary has overwritten what the guest has not',
    ({ node, disks }) =>
      node.stage === 'running' &&
      disks.hidden.some(
        (tag, sector) => tag !== null && disks.active[sector] === null && tag !== disks.secondary[sector],
      ),
  ),
  anyNode(
    'split-write-path',
    'after a failed failover allocated and unallocated clusters stand side by side',
    ({ node, disks }) =>
      node.stage === 'failoverFailed' && allocated(disks).includes(true) && allocated(disks).includes(false),
  ),
  anyNode(
    'backup-dead-while-running',
    'the backup job has died and the node runs on',
    ({ node }) => node.stage === 'running' && !node.backupJob && node.hiddenAttached > 0,
  ),
  anyNode(
    'commit-half-done',
    'a failover has committed one unit and has another in flight',
    ({ node }) => node.commit !== null && node.commit.inFlight.length > 0 && node.commit.cursor > 1,
  ),
  anyNode(
    'stale-request-in-flight',
    'a unit that has been read for the commit was written again by the guest',
    ({ node }) => node.commit?.inFlight.some(({ unit }) => node.commit?.dirty[unit] === true) === true,
  ),
  anyNode('promoted', 'a failover has ended well', ({ node }) => node.stage === 'done' && node.committed),
  anyNode(
    'overlays-left-behind',
    'replication was stopped without failover and the overlays still hold something',
    ({ node, disks }) => node.stage === 'done' && !node.committed && allocated(disks).includes(true),
  ),
  anyNode(
    'half-emptied',
    'a checkpoint emptied active and then failed at hidden',
    ({ node, disks }) =>
      node.stage === 'running' &&
      node.backupJob &&
      disks.active.every((tag) => tag === null) &&
      disks.hidden.some((tag) => tag !== null) &&
      !disks.copied.includes(true),
  ),
  anyNode('hidden-ejected', 'hidden has lost its driver', ({ faults }) => faults.ejected.hidden),
  anyNode(
    'commit-meets-a-bad-sector',
    'a commit request in flight is going to fail',
    ({ node, faults }) =>
      node.commit !== null &&
      node.commit.inFlight.length > 0 &&
      faults.badSectors.some(({ disk, access }) => disk === 'secondary' && access === 'write'),
  ),
  anyNode(
    'link-lost-while-running',
    'a running primary has lost its peer and remembers an error',
    ({ node }) => node.stage === 'running' && node.link === 'dead' && node.errorFlag,
  ),
  {
    name: 'disks-out-of-step',
    about: 'of two disks one runs and the other has failed over',
    holds: ({ nodes }) =>
      nodes.some(({ node }) => node.stage === 'running') &&
      nodes.some(({ node }) => node.stage === 'failover'),
  },
  {
    name: 'process-dead',
    about: 'a rule of the driver was violated and the process died',
    holds: ({ dead }) => dead !== null,
  },
];

function anyNode(name: string, about: string, holds: (state: State) => boolean): Goal {
  return { name, about, holds: ({ nodes }) => nodes.some(holds) };
}

function allocated({ active, hidden }: State['disks']): boolean[] {
  return active.map((tag, sector) => tag !== null || hidden[sector] !== null);
}
