/**
 * Copies before writes, with requests in flight (block/copy-before-write.c, block/block-copy.c). A request takes the units
 * that it has to copy piece by piece; who touches a unit that another one copies waits, and looks again afterwards: what
 * has failed for the other is copied anew.
 */
import type { Outcome } from '../../../model/vocabulary.ts';
import { EIO, OK } from '../node/outcomes.ts';
import type { ReplicationNode } from '../node/replication-node.ts';
import { STATION, type Steps, type Submitted } from './steps.ts';

/** Units of [first, end) are being copied: a task of block/block-copy.c. */
export interface CopyTask {
  readonly owner: Submitted;
  readonly first: number;
  readonly end: number;
}

export class CopySteps {
  readonly node: ReplicationNode;
  readonly copyTasks: CopyTask[] = [];

  constructor(node: ReplicationNode) {
    this.node = node;
  }

  *copyBeforeWrite(owner: Submitted, sector: number, count: number): Steps {
    const { node } = this;
    if (!node.backupJobRuns) return OK;
    let outcome = OK;
    const end = Math.ceil((sector + count) / node.geometry.copyUnitSectors);
    for (let unit = node.copyUnitOf(sector); unit < end;) {
      const copying = this.copiersOf(unit);
      if (node.copiedUnits.has(unit)) {
        unit++;
      } else if (copying.length > 0) {
        yield copying;
      } else {
        const pieceEnd = this.copyPieceEnd(unit, end);
        const copied = yield* this.copyPiece(owner, unit, pieceEnd);
        if (copied !== OK) outcome = EIO;
        unit = pieceEnd;
      }
    }
    return outcome;
  }

  /** Who copies a unit now. */
  copiersOf(unit: number): Submitted[] {
    return this.copyTasks.filter(({ first, end }) => first <= unit && unit < end).map(({ owner }) => owner);
  }

  /** A piece ends before what another request copies. */
  copyPieceEnd(unit: number, end: number): number {
    const pieceEnd = this.node.copyPieceEnd(unit, end);
    let next = unit + 1;
    while (next < pieceEnd && this.copiersOf(next).length === 0) next++;
    return next;
  }

  *copyPiece(owner: Submitted, unit: number, end: number): Steps {
    const task = this.beginCopy(owner, unit, end);
    yield STATION;
    const outcome = this.node.copyPiece(unit, end);
    this.endCopy(task);
    return outcome;
  }

  beginCopy(owner: Submitted, first: number, end: number): CopyTask {
    const task = { owner, first, end };
    this.copyTasks.push(task);
    return task;
  }

  endCopy(task: CopyTask): void {
    const index = this.copyTasks.indexOf(task);
    if (index >= 0) this.copyTasks.splice(index, 1);
  }

  /** Writes to the secondary disk unit by unit: of a request of several sectors each takes effect when it likes. */
  *writeSecondary(sector: number, count: number, source: Uint32Array | null, sourceAt: number): Steps {
    const { node } = this;
    const end = sector + count;
    let outcome: Outcome = OK;
    for (let from = sector, to; from < end && outcome === OK; from = to) {
      to = this.secondaryPieceEnd(from, end);
      yield STATION;
      outcome = node.writeSecondary(
        from,
        to - from,
        source,
        sourceAt + (from - sector) * node.wordsPerSector,
      );
    }
    return outcome;
  }

  /** A request that fails writes nothing at all, and therefore is one piece where something is bad. */
  secondaryPieceEnd(sector: number, end: number): number {
    if (!this.node.bad.isEmpty) return end;
    return Math.min(end, (this.node.copyUnitOf(sector) + 1) * this.node.geometry.copyUnitSectors);
  }
}
