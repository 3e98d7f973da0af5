/**
 * Compares what guest reads return with what is expected of them: reads through the top of a node, into poison. All
 * places in buffers are in words.
 */
import type { Observation, Outcome, Range, Tag } from '../../../model/vocabulary.ts';
import { partsWithin } from '../../gaps.ts';
import type { DiskPart } from '../../gaps.ts';
import { POISON_WORD } from '../../payload.ts';
import { EIO, isSameRefusal, OK } from '../node/outcomes.ts';
import { ExpectedContent } from './expected-content.ts';
import type { ReplicationNode } from '../node/replication-node.ts';
import type { TagWords } from './tag-words.ts';
import { UNREADABLE } from './unreadable.ts';
import { fillWords } from '../memory/word-copy.ts';

const WORD_BYTES = 4;
/** So much is read at once where that is enough: it stays in the caches of the processor until it is compared. */
const PIECE_BYTES = 65_536;
/** The view is read in windows of this length where nothing more is known of it. */
const WINDOW_BYTES = 4096;
/** Where reads may take another way than before, so many sectors of the view are read one by one. */
const PROBES = 16;

export class ViewComparison {
  readonly #node: ReplicationNode;
  readonly #parts: readonly DiskPart[];
  /** Of the case. */
  readonly #lengthSectors: number;
  readonly #expected: ExpectedContent;
  readonly #buffer: Uint32Array;
  readonly #pieceSectors: number;
  readonly #windowSectors: number;
  /**
   * Whether every word that is read is poison before, and a long read is one request, as it may go wrong where layers meet;
   * or the first word of each sector alone, and what is read goes piece by piece.
   */
  #isThorough = true;
  /** There was a view in this case. */
  #wasRead = false;
  #death: Outcome | null = null;
  #windowStart = 0;
  #probeCalls = 0;

  /** `buffer` has room for the sectors of the case, which lie on the disk in `parts`; it is overwritten. */
  constructor(node: ReplicationNode, parts: readonly DiskPart[], tags: TagWords, buffer: Uint32Array) {
    this.#node = node;
    this.#parts = parts;
    this.#lengthSectors = parts.at(-1)?.end ?? 0;
    this.#expected = new ExpectedContent(parts, tags);
    this.#buffer = buffer;
    const sectorBytes = node.wordsPerSector * WORD_BYTES;
    this.#pieceSectors = Math.max(1, Math.floor(PIECE_BYTES / sectorBytes));
    this.#windowSectors = Math.max(1, Math.floor(WINDOW_BYTES / sectorBytes));
  }

  /** `death` is what every request answers once the process has died. */
  begin(death: Outcome | null, isThorough: boolean): void {
    this.#death = death;
    this.#isThorough = isThorough;
  }

  /** From now on another case. */
  forget(): void {
    this.#wasRead = false;
  }

  /**
   * All was as in `before`: reads what a request has named, and what is expected otherwise than when there was a view last,
   * which a request can have changed in the units that it touched alone (null: anywhere). Where reads may take another way
   * now, sectors all over the disk are read as well, else the next window.
   */
  changesAgree(before: Observation, after: Observation, touched: Range | null, units: Range | null): boolean {
    const { view } = after;
    if (view.kind !== 'data' || this.#death !== null) return this.agrees(view, 0, this.#lengthSectors);
    const wasData = before.view.kind === 'data';
    this.#expected.expect(view.tags, wasData ? units : null);
    if (!this.#changedAgrees(view, touched)) return false;
    this.#wasRead = true;
    const isSameWay =
      wasData && before.stage === after.stage && before.wiring.blocked === after.wiring.blocked;
    return isSameWay ? this.windowAgrees(view) : this.#probesAgree(view);
  }

  #changedAgrees(view: Outcome, touched: Range | null): boolean {
    // What was expected last is of another case.
    if (!this.#wasRead) return true;
    const { changedFrom, changedEnd } = this.#expected;
    const from = touched === null ? changedFrom : Math.min(changedFrom, touched.sector);
    const end = touched === null ? changedEnd : Math.max(changedEnd, touched.sector + touched.count);
    const to = Math.min(end, this.#lengthSectors);
    return from >= to || this.agrees(view, from, to);
  }

  /** Reads [from, to) and compares it, or the refusal, with `expected`. */
  agrees(expected: Outcome, from: number, to: number): boolean {
    if (this.#death !== null) return isSameRefusal(this.#death, expected);
    if (expected.kind !== 'data') return this.#isRefused(expected, from, to);
    this.#expected.expect(expected.tags, null);
    if (expected.tags.length !== this.#lengthSectors) return false;
    if (from === 0 && to === this.#lengthSectors) this.#wasRead = true;
    if (from === to) return this.#pieceAgrees(expected.tags, from, to);
    if (this.#parts.length === 1) return this.#piecesAgree(expected.tags, from, to);
    return partsWithin(this.#parts, from, to).every(({ sector, end }) =>
      this.#piecesAgree(expected.tags, sector, end),
    );
  }

  /** No gap lies within. */
  #piecesAgree(tags: readonly Tag[], from: number, to: number): boolean {
    const piece = this.#isThorough ? to - from : this.#pieceSectors;
    for (let sector = from; sector < to; sector += piece) {
      if (!this.#pieceAgrees(tags, sector, Math.min(sector + piece, to))) return false;
    }
    return true;
  }

  #pieceAgrees(tags: readonly Tag[], from: number, to: number): boolean {
    const outcome = this.#read(from, to);
    if (outcome === OK) return this.#expected.isIn(this.#buffer, 0, tags, from, to);
    return outcome === EIO && this.#refusalOfAll() === OK && this.#sectorsAgree(tags, from, to);
  }

  /** What is read where nothing may be is not looked at, and needs no poison. */
  #isRefused(expected: Outcome, from: number, to: number): boolean {
    const outcome = this.#node.guestRead(this.#diskSector(from), to - from, this.#buffer, 0);
    if (outcome === OK) return false;
    const refused = this.#refusalOfAll();
    if (refused !== OK) return isSameRefusal(refused, expected);
    return outcome !== EIO && isSameRefusal(outcome, expected);
  }

  /** To the beginning of the buffer, where other sectors were read before. */
  #read(from: number, to: number): Outcome {
    const { wordsPerSector } = this.#node;
    const words = (to - from) * wordsPerSector;
    if (this.#isThorough) fillWords(this.#buffer, 0, POISON_WORD, words);
    else for (let word = 0; word < words; word += wordsPerSector) this.#buffer[word] = POISON_WORD;
    return this.#node.guestRead(this.#diskSector(from), to - from, this.#buffer, 0);
  }

  #diskSector(sector: number): number {
    const parts = this.#parts;
    if (parts.length === 1) return sector;
    return sector + (parts.findLast((part) => part.sector <= sector)?.before ?? 0);
  }

  /** What the stage refuses every read with; OK where only a bad sector refuses those that touch it. */
  #refusalOfAll(): Outcome {
    return this.#node.guestRead(0, 0, this.#buffer, 0);
  }

  /** Somewhere in [from, to) a sector is bad: each such is read by itself, and each run of others between them. */
  #sectorsAgree(tags: readonly Tag[], from: number, to: number): boolean {
    for (let sector = from, end; sector < to; sector = end) {
      end = sector + 1;
      if (tags[sector] === UNREADABLE) {
        if (this.#read(sector, end) !== EIO) return false;
        continue;
      }
      while (end < to && tags[end] !== UNREADABLE) end++;
      if (this.#read(sector, end) !== OK) return false;
      if (!this.#expected.isIn(this.#buffer, 0, tags, sector, end)) return false;
    }
    return true;
  }

  /** One sector of each part of the disk: another one at each call. */
  #probesAgree(expected: Outcome): boolean {
    const stride = Math.ceil(this.#lengthSectors / PROBES);
    const first = this.#probeCalls % stride;
    this.#probeCalls++;
    for (let sector = first; sector < this.#lengthSectors; sector += stride) {
      if (!this.agrees(expected, sector, sector + 1)) return false;
    }
    return true;
  }

  /** The next window, clipped at the end of the disk, where the windows begin again. */
  windowAgrees(expected: Outcome): boolean {
    const length = this.#lengthSectors;
    const from = this.#windowStart < length ? this.#windowStart : 0;
    const to = Math.min(from + this.#windowSectors, length);
    this.#windowStart = to;
    return this.agrees(expected, from, to);
  }
}
