/** The data requests of a node, with others in flight: where each pauses, and what it waits for. */
import type { Outcome, Range, Tag } from '../../../model/vocabulary.ts';
import type { TagWords } from '../compare/tag-words.ts';
import { POISON_WORD } from '../../payload.ts';
import { EIO, OK } from '../node/outcomes.ts';
import type { ReplicationNode } from '../node/replication-node.ts';
import { ActiveWriteSteps } from './active-write-steps.ts';
import { answeredAtOnce, STATION, type Steps, type Submitted } from './steps.ts';

export class DataSteps extends ActiveWriteSteps {
  readonly tags: TagWords;

  constructor(node: ReplicationNode, tags: TagWords) {
    super(node);
    this.tags = tags;
  }

  /** Run by run of what one layer answers; each run is looked up and read at one instant. */
  *guestRead({ sector, count }: Range): Steps {
    const { node } = this;
    const refusal = node.guestReadRefusal(sector, count);
    if (refusal !== OK) return refusal;
    const end = sector + count;
    const words = this.poisoned(count);
    let outcome: Outcome = OK;
    for (let from = sector, to; from < end && outcome === OK; from = to) {
      yield STATION;
      to = this.readRunEnd(from, end);
      outcome = node.readGuestView(from, to - from, words, (from - sector) * node.wordsPerSector);
    }
    return this.dataOr(outcome, words, sector, count);
  }

  /** Where the run ends that one layer answers. */
  readRunEnd(sector: number, end: number): number {
    return this.node.fileIsSecondary ? end : this.node.answeredEnd(sector, end);
  }

  *primaryRead({ sector, count }: Range): Steps {
    const { node } = this;
    const refusal = node.primaryRefusal(sector, count);
    if (refusal !== OK) return refusal;
    yield STATION;
    const words = this.poisoned(count);
    return this.dataOr(node.readSecondary(sector, count, words, 0), words, sector, count);
  }

  *primaryWrite(owner: Submitted, { sector, count }: Range, tag: Tag): Steps {
    const refusal = this.node.primaryWriteRefusal(sector, count);
    if (refusal !== OK) return refusal;
    const copied = this.node.backupJobRuns ? yield* this.copyBeforeWrite(owner, sector, count) : OK;
    if (copied !== OK) return copied;
    return yield* this.writeSecondary(sector, count, this.tags.image(tag), sector * this.node.wordsPerSector);
  }

  *primaryWriteZeroes(owner: Submitted, { sector, count }: Range): Steps {
    const refusal = this.node.primaryWriteRefusal(sector, count);
    if (refusal !== OK || count === 0) return refusal;
    const copied = yield* this.copyBeforeWrite(owner, sector, count);
    if (copied !== OK) return copied;
    return yield* this.writeSecondary(sector, count, null, 0);
  }

  primaryDiscard({ sector, count }: Range): Steps {
    const refusal = this.node.primaryWriteRefusal(sector, count);
    if (refusal !== OK || count === 0 || !this.node.discardReachesDisk()) return answeredAtOnce(refusal);
    return this.writeSecondary(sector, count, null, 0);
  }

  guestWrite(owner: Submitted, { sector, count }: Range, tag: Tag): Steps {
    const refusal = this.node.guestWriteRefusal(sector, count);
    if (refusal !== OK) return answeredAtOnce(refusal);
    return this.writeThroughTop(
      owner,
      sector,
      count,
      this.tags.image(tag),
      sector * this.node.wordsPerSector,
    );
  }

  guestWriteZeroes(owner: Submitted, { sector, count }: Range): Steps {
    const refusal = this.node.guestWriteRefusal(sector, count);
    if (refusal !== OK || count === 0) return answeredAtOnce(refusal);
    return this.writeThroughTop(owner, sector, count, null, 0);
  }

  writeThroughTop(
    owner: Submitted,
    sector: number,
    count: number,
    source: Uint32Array | null,
    sourceAt: number,
  ): Steps {
    const { node } = this;
    switch (node.ioStatus()) {
      case 'refused':
        return answeredAtOnce(EIO);
      case 'split':
        return this.writeSplit(owner, sector, count, source, sourceAt);
      case 'file':
        if (node.mode === 'primary') return this.writePrimary(sector, count, source, sourceAt);
        return node.fileIsSecondary
          ? this.writeSecondary(sector, count, source, sourceAt)
          : this.writeActive(owner, sector, count, source, sourceAt);
    }
  }

  /** Through the top of a primary. */
  *writePrimary(sector: number, count: number, source: Uint32Array | null, sourceAt: number): Steps {
    yield STATION;
    return this.node.writeThroughTop(sector, count, source, sourceAt);
  }

  /**
   * After a failed failover, run by run; a run that goes to the secondary disk is looked up and written at one instant. In
   * QEMU another request may allocate the cluster in between, and what was written below is lost.
   */
  *writeSplit(
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
      yield STATION;
      const layer = node.answeringLayer(from);
      to = node.answeringRunEnd(layer, from, end);
      outcome =
        layer === 'secondary'
          ? node.writeSecondary(from, to - from, source, at)
          : yield* this.writeActive(owner, from, to - from, source, at);
    }
    return outcome;
  }

  /** Words for sectors to be read, foreign to every tag. */
  poisoned(count: number): Uint32Array {
    return new Uint32Array(count * this.node.wordsPerSector).fill(POISON_WORD);
  }

  dataOr(outcome: Outcome, words: Uint32Array, sector: number, count: number): Outcome {
    return outcome === OK ? { kind: 'data', tags: this.tags.decode(words, 0, sector, count) } : outcome;
  }
}
