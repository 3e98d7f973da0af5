/** Wrong versions of the failover commit beside guest requests in flight. */
import type { ClusterWrite } from '../../efficient/in-flight/active-write-steps.ts';
import { NodeSteps } from '../../efficient/in-flight/node-steps.ts';
import { RequestQueue } from '../../efficient/in-flight/request-queue.ts';
import { STATION, type Steps, type Submitted } from '../../efficient/in-flight/steps.ts';
import { OK } from '../../efficient/node/outcomes.ts';
import type { InFlightMutant } from './in-flight-mutant.ts';

class DirtyBeforeItIsWritten extends NodeSteps {
  override *writeCluster(owner: Submitted, write: ClusterWrite): Steps {
    super.wroteActive(write.from, write.to - write.from);
    return yield* super.writeCluster(owner, write);
  }

  override wroteActive(sector: number, count: number): void {
    if (!this.node.bad.isEmpty) super.wroteActive(sector, count);
  }
}

class ReadUnitsStayClean extends NodeSteps {
  /** The version that the job had when the request began that is going on now. */
  #began: number | null = null;

  override *allocate(owner: Submitted, write: ClusterWrite): Steps {
    const { version } = this.node.commitJob;
    const steps = super.allocate(owner, write);
    for (;;) {
      this.#began = version;
      const { done, value } = steps.next();
      this.#began = null;
      if (done === true) return value;
      yield value;
    }
  }

  override wroteActive(sector: number, count: number): void {
    if (this.#began === null || this.#began === this.node.commitJob.version) super.wroteActive(sector, count);
  }
}

class EndsUndrained extends NodeSteps {
  override mayEndCommit(): boolean {
    return false;
  }
}

class NewcomersMissTheEnd extends NodeSteps {
  override *commitAdvance(owner: Submitted): Steps {
    yield STATION;
    const others = this.mayEndCommit() ? this.othersPresent(owner) : [];
    const left = (): Submitted[] => others.filter((each) => this.present.includes(each));
    while (left().length > 0) yield left();
    return this.node.commitAdvance();
  }
}

class NoLookAfterTheDrain extends NodeSteps {
  override *commitAdvance(owner: Submitted): Steps {
    yield STATION;
    const { bad, commitJob, commitJobRuns } = this.node;
    const ends = commitJobRuns && commitJob.isEnding && bad.isEmpty;
    if (this.mayEndCommit()) {
      this.ending = owner;
      while (this.othersPresent(owner).length > 0) yield this.othersPresent(owner);
      this.ending = null;
    }
    if (!ends) return this.node.commitAdvance();
    commitJob.finishInFlight();
    this.node.commitProgressed('completed');
    return OK;
  }
}

class EndWaitsForGuestReadsAlone extends NodeSteps {
  override othersPresent(owner: Submitted): Submitted[] {
    return super.othersPresent(owner).filter(({ operation }) => operation.op === 'guestRead');
  }
}

class StepsOfACommitMeet extends RequestQueue {
  override excludes({ operation: older }: Submitted, { operation: newer }: Submitted): boolean {
    return this.drains(older) || this.drains(newer);
  }
}

export const inFlightCommitMutants: readonly InFlightMutant[] = [
  {
    name: 'unit-is-dirty-before-it-is-written',
    wrong: 'A guest write makes its unit dirty before it writes, and the commit reads the unit in between.',
    origin: 'qemu fix',
    mendedBy: '968d8b0627, 2.7',
    steps: DirtyBeforeItIsWritten,
  },
  {
    name: 'unit-that-was-read-stays-clean',
    wrong: 'A guest write does not make its unit dirty if anything of the commit has changed since it began.',
    origin: 'data loss',
    steps: ReadUnitsStayClean,
  },
  {
    name: 'commit-ends-beside-a-guest-write',
    wrong: 'The step that ends the commit does not wait for guest writes in flight.',
    origin: 'qemu fix',
    mendedBy: '9a0cec664e, 2.8',
    steps: EndsUndrained,
  },
  {
    name: 'newcomers-miss-the-end-of-the-commit',
    wrong: 'While the commit drains the node to end, new guest writes begin.',
    origin: 'qemu fix',
    mendedBy: '176c36997f, 2.5',
    steps: NewcomersMissTheEnd,
  },
  {
    name: 'commit-does-not-look-again-after-the-drain',
    wrong: 'The commit ends once the node is drained, whatever has become dirty meanwhile.',
    origin: 'data loss',
    steps: NoLookAfterTheDrain,
  },
  {
    name: 'end-of-the-commit-waits-for-guest-reads-alone',
    wrong: 'The step that ends the commit waits for guest reads in flight, and for no writes.',
    origin: 'slip',
    steps: EndWaitsForGuestReadsAlone,
  },
  {
    name: 'steps-of-a-commit-wait-for-each-other',
    wrong: 'Two steps that may both end the commit wait for each other.',
    origin: 'qemu fix',
    mendedBy: 'd44dae1a7c, 6.1',
    queue: StepsOfACommitMeet,
  },
];
