/** Wrong versions of the writes after a failed failover: to the wrong layer, in the wrong pieces. */
import type { Layer, Outcome } from '../../model/vocabulary.ts';
import { OK } from '../efficient/node/outcomes.ts';
import { ReplicationNode } from '../efficient/node/replication-node.ts';
import type { Mutant } from './mutant.ts';

class AllToSecondary extends ReplicationNode {
  override writeSplit(sector: number, count: number, source: Uint32Array | null, sourceAt: number): Outcome {
    return this.writeSecondary(sector, count, source, sourceAt);
  }
}

class SplitForgetsHidden extends ReplicationNode {
  override answeringLayer(sector: number): Layer {
    const layer = super.answeringLayer(sector);
    return layer === 'hidden' ? 'secondary' : layer;
  }
}

class SplitAsksOnce extends ReplicationNode {
  override writeSplit(sector: number, count: number, source: Uint32Array | null, sourceAt: number): Outcome {
    return this.answeringLayer(sector) === 'secondary'
      ? this.writeSecondary(sector, count, source, sourceAt)
      : this.writeActive(sector, count, source, sourceAt);
  }
}

class SplitIsNotCut extends ReplicationNode {
  override activeSliceEnd(): number {
    return this.lengthSectors;
  }

  override hiddenSliceEnd(): number {
    return this.lengthSectors;
  }
}

class SplitIsCutForActiveAlone extends ReplicationNode {
  override hiddenSliceEnd(): number {
    return this.lengthSectors;
  }
}

class SplitIsCutForHiddenAlone extends ReplicationNode {
  override activeSliceEnd(): number {
    return this.lengthSectors;
  }
}

class SplitGoesOn extends ReplicationNode {
  override writeSplit(sector: number, count: number, source: Uint32Array | null, sourceAt: number): Outcome {
    let first = OK;
    for (let each = 0; each < count; each++) {
      const at = sourceAt + each * this.wordsPerSector;
      const outcome = super.writeSplit(sector + each, 1, source, at);
      if (first === OK) first = outcome;
    }
    return first;
  }
}

class SplitHidesErrors extends ReplicationNode {
  override writeSplit(sector: number, count: number, source: Uint32Array | null, sourceAt: number): Outcome {
    super.writeSplit(sector, count, source, sourceAt);
    return OK;
  }
}

class RefusesAfterFailure extends ReplicationNode {
  override ioStatus() {
    return this.stage === 'failoverFailed' ? 'refused' : super.ioStatus();
  }
}

export const splitWriteMutants: readonly Mutant[] = [
  {
    name: 'split-write-goes-to-the-secondary-disk',
    wrong: 'After a failed failover every write goes to the secondary disk.',
    origin: 'data loss',
    node: AllToSecondary,
  },
  {
    name: 'split-write-forgets-hidden',
    wrong: 'After a failed failover a write to what hidden holds goes to the secondary disk under it.',
    origin: 'data loss',
    node: SplitForgetsHidden,
  },
  {
    name: 'split-write-asks-once',
    wrong: 'After a failed failover the whole write goes where its first sector belongs.',
    origin: 'data loss',
    node: SplitAsksOnce,
  },
  {
    name: 'split-write-is-not-cut-at-slices',
    wrong: 'After a failed failover one request writes what one layer answers, past the ends of L2 slices.',
    origin: 'fault slip',
    node: SplitIsNotCut,
  },
  {
    name: 'split-write-is-cut-at-slices-of-active-alone',
    wrong: 'After a failed failover a write is cut where slices of active end, not where those of hidden do.',
    origin: 'fault slip',
    node: SplitIsCutForActiveAlone,
  },
  {
    name: 'split-write-is-cut-at-slices-of-hidden-alone',
    wrong: 'After a failed failover a write is cut where slices of hidden end, not where those of active do.',
    origin: 'fault slip',
    node: SplitIsCutForHiddenAlone,
  },
  {
    name: 'split-write-goes-on-after-an-error',
    wrong: 'After a failed failover a write goes on behind a piece that failed.',
    origin: 'fault slip',
    node: SplitGoesOn,
  },
  {
    name: 'split-write-hides-errors',
    wrong: 'After a failed failover a write that failed answers success.',
    origin: 'fault slip',
    node: SplitHidesErrors,
  },
  {
    name: 'failed-failover-refuses-everything',
    wrong: 'After a failed failover reads and writes are refused.',
    origin: 'slip',
    node: RefusesAfterFailure,
  },
];
