/** Wrong versions of a write to active that meets bad sectors: what fails it, and what it leaves behind. */
import type { Outcome } from '../../model/vocabulary.ts';
import type { NewRun } from '../efficient/node/active-writes.ts';
import { EIO, OK } from '../efficient/node/outcomes.ts';
import { ReplicationNode } from '../efficient/node/replication-node.ts';
import type { Mutant } from './mutant.ts';

class FailedAllocationStays extends ReplicationNode {
  override canReadAround(run: NewRun): boolean {
    const canRead = super.canReadAround(run);
    if (!canRead) this.#allocateZeroes(run);
    return canRead;
  }

  /** What slots held before would make the failure differ from run to run. */
  #allocateZeroes({ first, end }: NewRun): void {
    const diskEnd = Math.min(end, this.lengthSectors);
    this.writeClusters(first, diskEnd - first, null, 0);
  }
}

class FailsClusterByCluster extends ReplicationNode {
  override writeActive(sector: number, count: number, source: Uint32Array | null, sourceAt: number): Outcome {
    const { active, wordsPerSector } = this;
    const end = sector + count;
    for (let from = sector, to; from < end; from = to) {
      to = Math.min(end, active.clusterEnd(active.clusterOf(from)));
      const at = sourceAt + (from - sector) * wordsPerSector;
      const outcome = super.writeActive(from, to - from, source, at);
      if (outcome !== OK) return outcome;
    }
    return OK;
  }
}

class HeldClustersWaitForNewOnes extends ReplicationNode {
  override writeActive(sector: number, count: number, source: Uint32Array | null, sourceAt: number): Outcome {
    const canFinishAll = this.newRuns(sector, sector + count).every((run) => this.canFinish(run));
    return canFinishAll ? super.writeActive(sector, count, source, sourceAt) : EIO;
  }
}

class FinishesFirstToLast extends ReplicationNode {
  override finishNewRuns(runs: readonly NewRun[], source: Uint32Array | null, originAt: number): Outcome {
    return super.finishNewRuns(runs.toReversed(), source, originAt);
  }
}

class FinishesOtherRuns extends ReplicationNode {
  override finishNewRuns(runs: readonly NewRun[], source: Uint32Array | null, originAt: number): Outcome {
    let outcome = OK;
    for (const run of runs) {
      if (super.finishNewRuns([run], source, originAt) !== OK) outcome = EIO;
    }
    return outcome;
  }
}

class RunsAreNotCut extends ReplicationNode {
  #isCut = true;

  override newRuns(sector: number, end: number): NewRun[] {
    this.#isCut = false;
    const runs = super.newRuns(sector, end);
    this.#isCut = true;
    return runs;
  }

  override activeSliceEnd(sector: number): number {
    return this.#isCut ? super.activeSliceEnd(sector) : this.lengthSectors;
  }
}

class AroundIsNotWritten extends ReplicationNode {
  override canFinish(run: NewRun): boolean {
    return this.canReadAround(run);
  }
}

class ReadsAreNeverJoined extends ReplicationNode {
  override isReadJoined(): boolean {
    return false;
  }
}

class ReadsAreAlwaysJoined extends ReplicationNode {
  override isReadJoined({ first, from, to, end }: NewRun): boolean {
    return first < from && to < end;
  }
}

class TailEndsWithTheDisk extends ReplicationNode {
  override isReadJoined(run: NewRun): boolean {
    return run.to < this.lengthSectors && super.isReadJoined(run);
  }
}

export const activeWriteMutants: readonly Mutant[] = [
  {
    name: 'failed-allocation-stays',
    wrong: 'Clusters of active whose filling failed stay allocated, with zeroes in them.',
    origin: 'fault slip',
    node: FailedAllocationStays,
  },
  {
    name: 'guest-write-fails-cluster-by-cluster',
    wrong: 'A guest write goes on cluster by cluster until one fails, and keeps those before it.',
    origin: 'fault slip',
    node: FailsClusterByCluster,
  },
  {
    name: 'failed-guest-write-changes-nothing',
    wrong: 'A guest write that cannot allocate a cluster leaves the clusters that active held as they were.',
    origin: 'fault slip',
    node: HeldClustersWaitForNewOnes,
  },
  {
    name: 'new-clusters-are-finished-first-to-last',
    wrong: 'A guest write finishes its runs of new clusters from the first to the last.',
    origin: 'fault slip',
    node: FinishesFirstToLast,
  },
  {
    name: 'new-clusters-before-a-failing-run-are-kept',
    wrong: 'A guest write goes on with the runs of new clusters before one that failed.',
    origin: 'fault slip',
    node: FinishesOtherRuns,
  },
  {
    name: 'new-clusters-are-not-cut-at-slices',
    wrong: 'A run of new clusters goes on past the end of an L2 slice.',
    origin: 'fault slip',
    node: RunsAreNotCut,
  },
  {
    name: 'new-clusters-are-not-written-around-the-request',
    wrong: 'A bad sector of active beside the request in a new cluster does not fail the request.',
    origin: 'fault slip',
    node: AroundIsNotWritten,
  },
  {
    name: 'joined-read-is-forgotten',
    wrong: 'Of a new cluster that a request writes in the middle the replaced sectors need not be readable.',
    origin: 'fault slip',
    node: ReadsAreNeverJoined,
  },
  {
    name: 'reads-are-joined-however-far-apart',
    wrong: 'The sectors that a request replaces must be readable even where it has more than sixteen KiB.',
    origin: 'fault slip',
    node: ReadsAreAlwaysJoined,
  },
  {
    name: 'read-past-the-end-is-not-joined',
    wrong:
      'Where the disk ends with the request, within a new cluster, the replaced sectors need not be readable.',
    origin: 'fault slip',
    node: TailEndsWithTheDisk,
  },
];
