/**
 * Memory for clusters, handed out slot by slot and taken back all at once, as an overlay is emptied. Segments stay when
 * slots are taken back, so that checkpoints neither allocate nor fault pages in anew.
 */

/** Aimed-at size of a segment: large enough that segments are few, small enough that a small overlay costs little. */
const SEGMENT_BYTES = 4 * 1024 * 1024;
const SMALL_SEGMENT_BYTES = 128 * 1024;
const FILLED_BYTES_MAX = 2 ** 30;
const WORD_BYTES = 4;

export class ClusterArena {
  readonly clusterWords: number;
  readonly #segments: Uint32Array[] = [];
  readonly #segmentShift: number;
  readonly #slotMask: number;
  #used = 0;

  /** `clustersMax` is how many clusters the disk has, so that the first segment of a small disk holds just them. */
  constructor(clusterWords: number, clustersMax: number) {
    this.clusterWords = clusterWords;
    const clusterBytes = clusterWords * WORD_BYTES;
    // Of a disk longer than any case has content for, little is used.
    const segmentBytes = clustersMax * clusterBytes > FILLED_BYTES_MAX ? SMALL_SEGMENT_BYTES : SEGMENT_BYTES;
    const slotsWanted = Math.max(1, Math.min(clustersMax, Math.floor(segmentBytes / clusterBytes)));
    this.#segmentShift = Math.ceil(Math.log2(slotsWanted));
    this.#slotMask = (1 << this.#segmentShift) - 1;
  }

  /** How many slots are handed out: their numbers are the first ones. */
  get used(): number {
    return this.#used;
  }

  /** Bytes held, in use or not. */
  get heldBytes(): number {
    return this.#segments.reduce((sum, segment) => sum + segment.byteLength, 0);
  }

  /** The slot that the next `take` hands out. Its memory is there and may hold anything. */
  next(): number {
    const slot = this.#used;
    if (slot >>> this.#segmentShift === this.#segments.length) {
      this.#segments.push(new Uint32Array(this.clusterWords * (this.#slotMask + 1)));
    }
    return slot;
  }

  /** Hands out the slot that `next` named. */
  take(): void {
    this.#used++;
  }

  /** Takes the slot back that was handed out last. */
  takeBack(): void {
    this.#used--;
  }

  /** Takes all slots back. */
  reset(): void {
    this.#used = 0;
  }

  /** The memory in which a slot lies; it begins there at word `offset(slot)`. */
  segment(slot: number): Uint32Array {
    const segment = this.#segments[slot >>> this.#segmentShift];
    if (segment === undefined) throw new RangeError(`slot ${slot} was never handed out: call next() first`);
    return segment;
  }

  /** In words from the beginning of the slot's segment. */
  offset(slot: number): number {
    return (slot & this.#slotMask) * this.clusterWords;
  }
}
