/** Wrong versions of the copy before a write, with other requests in flight. */
import type { Outcome, Range } from '../../../model/vocabulary.ts';
import type { CopyTask } from '../../efficient/in-flight/copy-steps.ts';
import { NodeSteps } from '../../efficient/in-flight/node-steps.ts';
import { STATION, type Steps, type Submitted } from '../../efficient/in-flight/steps.ts';
import { EIO, OK } from '../../efficient/node/outcomes.ts';
import type { InFlightMutant } from './in-flight-mutant.ts';

class CopyInFlightIsNotSeen extends NodeSteps {
  override copiersOf(): Submitted[] {
    return [];
  }
}

class CopiedWhenBegun extends NodeSteps {
  override *copyPiece(owner: Submitted, unit: number, end: number): Steps {
    const { copiedUnits } = this.node;
    for (let each = unit; each < end; each++) copiedUnits.add(each);
    const outcome = yield* super.copyPiece(owner, unit, end);
    if (outcome !== OK) for (let each = unit; each < end; each++) copiedUnits.delete(each);
    return outcome;
  }
}

class CopiedWithItsFirstCluster extends NodeSteps {
  override *copyPiece(owner: Submitted, unit: number, end: number): Steps {
    const { node } = this;
    if (!node.bad.isEmpty) return yield* super.copyPiece(owner, unit, end);
    const task = this.beginCopy(owner, unit, end);
    yield STATION;
    node.copyCluster(node.hidden.clusterOf(unit * node.geometry.copyUnitSectors));
    node.copiedUnits.add(unit);
    yield STATION;
    const outcome = node.copyPiece(unit, end);
    this.endCopy(task);
    return outcome;
  }
}

/** Goes through the units of a request, and asks `waits` what to do where another request copies one. */
abstract class HastyCopies extends NodeSteps {
  /** Whether a unit that another request copies counts as copied once the request has been resumed. */
  abstract isEnough(unit: number, first: number): 'at once' | 'when resumed' | 'when copied';

  override *copyBeforeWrite(owner: Submitted, sector: number, count: number): Steps {
    const { node } = this;
    if (!node.backupJobRuns) return OK;
    let outcome = OK;
    const first = node.copyUnitOf(sector);
    const end = Math.ceil((sector + count) / node.geometry.copyUnitSectors);
    for (let unit = first; unit < end;) {
      const copying = node.copiedUnits.has(unit) ? [] : this.copiersOf(unit);
      if (node.copiedUnits.has(unit)) {
        unit++;
      } else if (copying.length > 0) {
        const enough = this.isEnough(unit, first);
        if (enough !== 'at once') yield copying;
        if (enough !== 'when copied') unit++;
      } else {
        const pieceEnd = this.copyPieceEnd(unit, end);
        if ((yield* this.copyPiece(owner, unit, pieceEnd)) !== OK) outcome = EIO;
        unit = pieceEnd;
      }
    }
    return outcome;
  }
}

class WaitsForFirstUnitAlone extends HastyCopies {
  override isEnough(unit: number, first: number): 'at once' | 'when copied' {
    return unit === first ? 'when copied' : 'at once';
  }
}

class GoesOnWhenResumed extends HastyCopies {
  override isEnough(): 'when resumed' {
    return 'when resumed';
  }
}

class EndsOldestCopy extends NodeSteps {
  override endCopy(): void {
    this.copyTasks.shift();
  }
}

class EndsCopiesBeforeIt extends NodeSteps {
  override endCopy({ first }: CopyTask): void {
    const left = this.copyTasks.filter((task) => task.first > first);
    this.copyTasks.splice(0, this.copyTasks.length, ...left);
  }
}

class ZeroesCopyBesideOthers extends NodeSteps {
  override *primaryWriteZeroes(owner: Submitted, range: Range): Steps {
    const { node } = this;
    const refusal = node.primaryWriteRefusal(range.sector, range.count);
    if (refusal !== OK || range.count === 0) return refusal;
    yield STATION;
    const copied: Outcome = node.copyBeforeWrite(range.sector, range.count);
    if (copied !== OK) return copied;
    return yield* this.writeSecondary(range.sector, range.count, null, 0);
  }
}

export const inFlightCopyMutants: readonly InFlightMutant[] = [
  {
    name: 'copy-in-flight-is-not-seen',
    wrong: 'A primary write does not wait for the copy in flight of its unit, and copies it as well.',
    origin: 'data loss',
    steps: CopyInFlightIsNotSeen,
  },
  {
    name: 'unit-counts-as-copied-when-its-copy-begins',
    wrong: 'A unit is marked as copied before hidden is written, and the next write overtakes the copy.',
    origin: 'data loss',
    steps: CopiedWhenBegun,
  },
  {
    name: 'unit-counts-as-copied-with-its-first-cluster',
    wrong: 'A unit is marked as copied when the first of its clusters is.',
    origin: 'data loss',
    steps: CopiedWithItsFirstCluster,
  },
  {
    name: 'write-waits-for-the-copy-of-its-first-unit-alone',
    wrong: 'A primary write of several units waits for copies in flight of the first of them alone.',
    origin: 'data loss',
    steps: WaitsForFirstUnitAlone,
  },
  {
    name: 'waiting-write-goes-on-whatever-wakes-it',
    wrong: 'A primary write that waits for a copy in flight does not look again when it is resumed.',
    origin: 'qemu fix',
    mendedBy: 'e424aff5f3, 2.5',
    steps: GoesOnWhenResumed,
  },
  {
    name: 'copy-that-ends-frees-the-oldest-one',
    wrong: 'When a copy ends the oldest copy in flight counts as ended, whichever unit it is of.',
    origin: 'slip',
    steps: EndsOldestCopy,
  },
  {
    name: 'copy-that-ends-frees-those-before-it',
    wrong: 'When a copy ends those of all units before it count as ended.',
    origin: 'slip',
    steps: EndsCopiesBeforeIt,
  },
  {
    name: 'write-zeroes-copies-beside-other-copies',
    wrong: 'A primary write-zeroes does not look at copies in flight.',
    origin: 'slip',
    steps: ZeroesCopyBesideOthers,
  },
];
