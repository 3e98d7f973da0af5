/** Wrong versions of guest requests, with others in flight: what they look up too early, and what they do not wait for. */
import type { Layer, Outcome, Range } from '../../../model/vocabulary.ts';
import type { ClusterWrite } from '../../efficient/in-flight/active-write-steps.ts';
import { NodeSteps } from '../../efficient/in-flight/node-steps.ts';
import { type Pause, STATION, type Steps, type Submitted } from '../../efficient/in-flight/steps.ts';
import { OK } from '../../efficient/node/outcomes.ts';
import type { InFlightMutant } from './in-flight-mutant.ts';

/** A cluster that another request has allocated meanwhile is written over as a whole. */
class AllocatesTwice extends NodeSteps {
  override link(write: ClusterWrite, filled: Uint32Array | null): void {
    const { active } = this.node;
    const slot = active.slotOf(write.cluster);
    if (slot < 0) {
      super.link(write, filled);
      return;
    }
    const words = filled ?? this.fill(write);
    active.writeInSlot(slot, 0, words.length / active.wordsPerSector, words, 0);
    this.node.writeClusters(write.from, write.to - write.from, write.source, write.sourceAt);
  }
}

class AllocationInFlightIsNotSeen extends AllocatesTwice {
  override allocatorsOf(): Submitted[] {
    return [];
  }
}

class NewBeforeItWaits extends AllocatesTwice {
  override *writeCluster(owner: Submitted, write: ClusterWrite): Steps {
    const isNew = this.node.active.slotOf(write.cluster) < 0;
    yield* this.waitForAllocation(write.cluster);
    return isNew ? yield* this.allocate(owner, write) : yield* super.writeCluster(owner, write);
  }
}

class AllocatesWhenResumed extends AllocatesTwice {
  override *waitForAllocation(cluster: number): Generator<Pause, void, undefined> {
    const others = this.allocatorsOf(cluster);
    if (others.length > 0) yield others;
  }
}

class EndsOldestAllocation extends AllocatesTwice {
  override endAllocation(): void {
    this.allocations.shift();
  }
}

class LinkedBeforeFilled extends NodeSteps {
  override *allocate(owner: Submitted, write: ClusterWrite): Steps {
    const { cluster, from, to, source, sourceAt } = write;
    const { active } = this.node;
    const allocation = this.beginAllocation(owner, cluster);
    yield STATION;
    const slot = active.reserve();
    active.writeInSlot(slot, 0, active.clusterEnd(cluster) - cluster * active.clusterSectors, null, 0);
    this.node.linkActive(cluster, slot, from, to, source, sourceAt);
    yield STATION;
    this.node.fillAround(cluster, slot, from, to);
    this.wroteActive(from, to - from);
    this.endAllocation(allocation);
    return OK;
  }
}

class FillIsNotReadAgain extends NodeSteps {
  override belowVersion(): number {
    return 0;
  }
}

class ReadLooksUpFirst extends NodeSteps {
  override *guestRead({ sector, count }: Range): Steps {
    const { node } = this;
    const refusal = node.guestReadRefusal(sector, count);
    if (refusal !== OK) return refusal;
    const end = sector + count;
    const words = this.poisoned(count);
    let outcome: Outcome = OK;
    for (let from = sector, to; from < end && outcome === OK; from = to) {
      yield STATION;
      const layer = node.fileIsSecondary ? 'secondary' : node.answeringLayer(from);
      to = this.readRunEnd(from, end);
      yield STATION;
      const at = (from - sector) * node.wordsPerSector;
      outcome =
        layer === 'secondary'
          ? node.readSecondary(from, to - from, words, at)
          : node.readGuestView(from, to - from, words, at);
    }
    return this.dataOr(outcome, words, sector, count);
  }
}

class SplitLooksUpFirst extends NodeSteps {
  override *writeSplit(
    owner: Submitted,
    sector: number,
    count: number,
    source: Uint32Array | null,
    sourceAt: number,
  ): Steps {
    const { node } = this;
    const end = sector + count;
    let outcome: Outcome = OK;
    for (let from = sector, to; from < end && outcome === OK; from = to) {
      const at = sourceAt + (from - sector) * node.wordsPerSector;
      const layer: Layer = node.answeringLayer(from);
      to = node.answeringRunEnd(layer, from, end);
      yield STATION;
      outcome =
        layer === 'secondary'
          ? node.writeSecondary(from, to - from, source, at)
          : yield* this.writeActive(owner, from, to - from, source, at);
    }
    return outcome;
  }
}

export const inFlightGuestMutants: readonly InFlightMutant[] = [
  {
    name: 'allocation-in-flight-is-not-seen',
    wrong: 'A guest write does not wait for another that allocates the same cluster, and replaces it.',
    origin: 'qemu fix',
    mendedBy: 'f214978a42, 0.12',
    steps: AllocationInFlightIsNotSeen,
  },
  {
    name: 'cluster-is-new-before-the-write-waits',
    wrong: 'A guest write decides that a cluster is new, waits for its allocation, and allocates it again.',
    origin: 'data loss',
    steps: NewBeforeItWaits,
  },
  {
    name: 'waiting-allocation-goes-on-whatever-wakes-it',
    wrong: 'A guest write that waits for an allocation does not look again when it is resumed.',
    origin: 'slip',
    steps: AllocatesWhenResumed,
  },
  {
    name: 'allocation-that-ends-frees-the-oldest-one',
    wrong: 'When an allocation ends the oldest in flight counts as ended, whichever cluster it is of.',
    origin: 'slip',
    steps: EndsOldestAllocation,
  },
  {
    name: 'cluster-is-linked-before-it-is-filled',
    wrong: 'A new cluster is linked before the sectors around the request have been copied to it.',
    origin: 'slip',
    steps: LinkedBeforeFilled,
  },
  {
    name: 'fill-is-not-read-again',
    wrong: 'What fills a new cluster is not read again where the primary has written below it meanwhile.',
    origin: 'data loss',
    steps: FillIsNotReadAgain,
  },
  {
    name: 'guest-read-looks-up-before-it-reads',
    wrong: 'A guest read looks up that no overlay holds a run, and copies do not wait until it has read it.',
    origin: 'qemu fix',
    mendedBy: 'f8d59dfb40, 3.0',
    steps: ReadLooksUpFirst,
  },
  {
    name: 'split-write-looks-up-before-it-writes',
    wrong:
      'After a failed failover a write goes where its run belonged before another allocated the cluster.',
    origin: 'data loss',
    steps: SplitLooksUpFirst,
  },
];
