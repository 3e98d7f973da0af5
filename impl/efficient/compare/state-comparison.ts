/**
 * Compares the state of a node with an expected observation in place: no observation is built, nothing is allocated.
 * All places in buffers are in words.
 */
import type { Observation, Outcome, OverlayContent, Range, Tag, Wiring } from '../../../model/vocabulary.ts';
import { partsWithin } from '../../gaps.ts';
import type { DiskPart } from '../../gaps.ts';
import { POISON_WORD } from '../../payload.ts';
import type { Look } from '../../system.ts';
import { EIO, isSameRefusal, OK } from '../node/outcomes.ts';
import { ExpectedContent } from './expected-content.ts';
import type { ClusterStore } from '../memory/cluster-store.ts';
import type { ReplicationNode } from '../node/replication-node.ts';
import type { TagWords } from './tag-words.ts';
import { UNREADABLE } from './unreadable.ts';
import { fillWords } from '../memory/word-copy.ts';

/** A sampled comparison reads this many bytes of the view outside the touched range. */
const VIEW_WINDOW_BYTES = 4096;
const WORD_BYTES = 4;

/** A smaller disk is looked at whole wherever something has changed: that costs little. */
const LARGE_BYTES_MIN = 2 ** 17;

export class StateComparison {
  readonly #node: ReplicationNode;
  readonly #parts: readonly DiskPart[];
  /** Of the case. */
  readonly #lengthSectors: number;
  readonly #expectedView: ExpectedContent;
  readonly #expectedActive: ExpectedContent;
  readonly #expectedHidden: ExpectedContent;
  readonly #expectedSecondary: ExpectedContent;
  readonly #view: Uint32Array;
  readonly #windowSectors: number;
  readonly #isLarge: boolean;
  /** What the node showed at the last call that looked for changes, to the last byte. */
  #expected: Observation | null = null;
  #death: Outcome | null = null;
  #calls = 0;
  #windowStart = 0;

  /** `view` holds as many words as the sectors of the case, which lie on the disk in `parts`; it is overwritten. */
  constructor(node: ReplicationNode, parts: readonly DiskPart[], tags: TagWords, view: Uint32Array) {
    this.#node = node;
    this.#parts = parts;
    this.#lengthSectors = parts.at(-1)?.end ?? 0;
    this.#expectedView = new ExpectedContent(parts, tags);
    this.#expectedActive = new ExpectedContent(parts, tags);
    this.#expectedHidden = new ExpectedContent(parts, tags);
    this.#expectedSecondary = new ExpectedContent(parts, tags);
    this.#view = view;
    const bytes = this.#lengthSectors * node.wordsPerSector * WORD_BYTES;
    this.#isLarge = bytes >= LARGE_BYTES_MIN && parts.length === 1;
    this.#windowSectors = Math.max(1, Math.floor(VIEW_WINDOW_BYTES / (node.wordsPerSector * WORD_BYTES)));
  }

  /**
   * Whether the node shows `expected`. `full` reads the whole disk through the top and compares every byte of it and of
   * each layer. `changed` does so where another content is expected than at the last call, or something was written
   * since: to a layer for the layer, and to any for the view. Of a large disk these are the sectors that either concerns;
   * of the view all of them, unless it was a request for data (`touched`) that left stage and wiring as they were.
   * `sampled` does so within `touched`; outside it compares one
   * word of each sector of each layer, the next word at each call, and reads a window of 4 KiB through the top, which moves on by its length at each call.
   * `answeredBy` and the probes of an indirect observation need no look: they follow from the allocation and from
   * stage, flag and mode, which are compared here. `death` is what every request answers once the process has died.
   */
  agrees(expected: Observation, touched: Range | null, look: Look, death: Outcome | null): boolean {
    const node = this.#node;
    if (node.stage !== expected.stage || node.errorFlag !== expected.errorFlag) return false;
    if (!wiringAgrees(node, expected.wiring)) return false;
    this.#death = death;
    const length = this.#lengthSectors;
    if (expected.active.length !== length || expected.hidden.length !== length) return false;
    if (expected.secondary.length !== length) return false;
    if (look === 'changed') return this.#changesAgree(expected, touched);
    this.#expected = null;
    if (look === 'full') return this.#viewAgrees(expected.view, 0, length) && this.#allLayersAgree(expected);
    const from = touched === null ? 0 : Math.min(Math.max(touched.sector, 0), length);
    const to = touched === null ? 0 : Math.max(from, Math.min(touched.sector + touched.count, length));
    return (
      this.#viewAgrees(expected.view, from, to) &&
      this.#windowAgrees(expected.view) &&
      this.#layersAgree(expected, from, to)
    );
  }

  #changesAgree(expected: Observation, touched: Range | null): boolean {
    const { active, hidden, secondary } = this.#node;
    const isActiveHeld = this.#expectedActive.isStillHeldBy(active, expected.active);
    const isHiddenHeld = this.#expectedHidden.isStillHeldBy(hidden, expected.hidden);
    const isSecondaryHeld = this.#expectedSecondary.isStillHeldBy(secondary, expected.secondary);
    const before = this.#expected;
    if (isActiveHeld && isHiddenHeld && isSecondaryHeld && expected === before) return true;
    this.#expected = null;
    const agrees =
      (this.#isLarge && touched !== null && before !== null
        ? this.#viewChangesAgree(before, expected, touched)
        : this.#viewAgrees(expected.view, 0, this.#lengthSectors)) &&
      (isActiveHeld || this.#isHeld(this.#expectedActive, active, null, expected.active)) &&
      (isHiddenHeld || this.#isHeld(this.#expectedHidden, hidden, null, expected.hidden)) &&
      (isSecondaryHeld || this.#isHeld(this.#expectedSecondary, secondary, 0, expected.secondary));
    if (agrees) this.#expected = expected;
    return agrees;
  }

  #isHeld(layer: ExpectedContent, store: ClusterStore, absent: 0 | null, content: OverlayContent): boolean {
    return this.#isLarge
      ? layer.isStillWhollyHeldBy(store, absent, content)
      : layer.isWhollyHeldBy(store, absent, content);
  }

  /** All was as in `before`: reads through the top what some layer may hold otherwise now, or is expected to. */
  #viewChangesAgree(before: Observation, expected: Observation, touched: Range): boolean {
    const { view } = expected;
    const length = this.#lengthSectors;
    const isSameWay = before.stage === expected.stage && before.wiring.blocked === expected.wiring.blocked;
    if (view.kind !== 'data' || before.view.kind !== 'data' || !isSameWay)
      return this.#viewAgrees(view, 0, length);
    this.#expectedView.expect(view.tags);
    let { changedFrom: from, changedEnd: to } = this.#expectedView;
    for (const store of [this.#node.active, this.#node.hidden, this.#node.secondary]) {
      from = Math.min(from, store.touchedFrom);
      to = Math.max(to, store.touchedEnd);
    }
    from = Math.min(from, touched.sector, length);
    to = Math.min(Math.max(to, touched.sector + touched.count, from), length);
    return this.#viewAgrees(view, from, to) && this.#windowAgrees(view);
  }

  #allLayersAgree(expected: Observation): boolean {
    const { active, hidden, secondary } = this.#node;
    return (
      this.#expectedActive.isWhollyHeldBy(active, null, expected.active) &&
      this.#expectedHidden.isWhollyHeldBy(hidden, null, expected.hidden) &&
      this.#expectedSecondary.isWhollyHeldBy(secondary, 0, expected.secondary)
    );
  }

  /** Reads [from, to) through the top into poison and compares it, or the refusal, with `expected`. */
  #viewAgrees(expected: Outcome, from: number, to: number): boolean {
    if (this.#death !== null) return isSameRefusal(this.#death, expected);
    if (this.#parts.length === 1 || from === to) return this.#partAgrees(expected, from, to);
    return partsWithin(this.#parts, from, to).every(({ sector, end }) =>
      this.#partAgrees(expected, sector, end),
    );
  }

  /** No gap lies within. */
  #partAgrees(expected: Outcome, from: number, to: number): boolean {
    const outcome = this.#readView(from, to);
    if (outcome !== OK) {
      const refused = this.#refusalOfAll();
      if (refused !== OK || outcome !== EIO)
        return isSameRefusal(refused === OK ? outcome : refused, expected);
      return expected.kind === 'data' && this.#sectorsAgree(expected.tags, from, to);
    }
    if (expected.kind !== 'data' || expected.tags.length !== this.#lengthSectors) return false;
    return this.#expectedView.isIn(this.#view, from * this.#node.wordsPerSector, expected.tags, from, to);
  }

  #readView(from: number, to: number): Outcome {
    const { wordsPerSector } = this.#node;
    fillWords(this.#view, from * wordsPerSector, POISON_WORD, (to - from) * wordsPerSector);
    const at = from * wordsPerSector;
    return this.#node.guestRead(this.#diskSector(from), to - from, this.#view, at);
  }

  #diskSector(sector: number): number {
    const parts = this.#parts;
    if (parts.length === 1) return sector;
    return sector + (parts.findLast((part) => part.sector <= sector)?.before ?? 0);
  }

  /** What the stage refuses every read with; OK where only a bad sector refuses those that touch it. */
  #refusalOfAll(): Outcome {
    return this.#node.guestRead(0, 0, this.#view, 0);
  }

  /** Somewhere in [from, to) a sector is bad: each such is read by itself, and each run of others between them. */
  #sectorsAgree(tags: readonly Tag[], from: number, to: number): boolean {
    const { wordsPerSector } = this.#node;
    if (tags.length !== this.#lengthSectors) return false;
    for (let sector = from, end; sector < to; sector = end) {
      end = sector + 1;
      if (tags[sector] === UNREADABLE) {
        if (this.#readView(sector, end) !== EIO) return false;
        continue;
      }
      while (end < to && tags[end] !== UNREADABLE) end++;
      if (this.#readView(sector, end) !== OK) return false;
      if (!this.#expectedView.isIn(this.#view, sector * wordsPerSector, tags, sector, end)) return false;
    }
    return true;
  }

  /** The next window of the view, clipped at the end of the disk, where the windows begin again. */
  #windowAgrees(expected: Outcome): boolean {
    const length = this.#lengthSectors;
    const from = this.#windowStart < length ? this.#windowStart : 0;
    const to = Math.min(from + this.#windowSectors, length);
    this.#windowStart = to;
    return this.#viewAgrees(expected, from, to);
  }

  /** Every word of the layers in [from, to), and one word of each other sector. */
  #layersAgree(expected: Observation, from: number, to: number): boolean {
    const { active, hidden, secondary, wordsPerSector } = this.#node;
    const lengthSectors = this.#lengthSectors;
    if (
      !this.#expectedActive.isHeldBy(active, null, expected.active, from, to) ||
      !this.#expectedHidden.isHeldBy(hidden, null, expected.hidden, from, to) ||
      !this.#expectedSecondary.isHeldBy(secondary, 0, expected.secondary, from, to)
    ) {
      return false;
    }
    if (from === 0 && to === lengthSectors) return true;
    const word = this.#calls % wordsPerSector;
    this.#calls++;
    return (
      this.#samplesAgree(expected, 0, from, word) && this.#samplesAgree(expected, to, lengthSectors, word)
    );
  }

  /** Word `word` of each sector in [from, to) of the three layers. */
  #samplesAgree(expected: Observation, from: number, to: number, word: number): boolean {
    const { active, hidden, secondary } = this.#node;
    return (
      this.#expectedActive.isSampledIn(active, null, expected.active, from, to, word) &&
      this.#expectedHidden.isSampledIn(hidden, null, expected.hidden, from, to, word) &&
      this.#expectedSecondary.isSampledIn(secondary, 0, expected.secondary, from, to, word)
    );
  }
}

function wiringAgrees(node: ReplicationNode, expected: Wiring): boolean {
  if (node.isBlocked() !== expected.blocked || node.hiddenAttached !== expected.hiddenAttached) return false;
  if (node.secondaryAttached !== expected.secondaryAttached) return false;
  return (
    node.isReadOnly('hidden') === expected.hiddenReadOnly &&
    node.isReadOnly('secondary') === expected.secondaryReadOnly
  );
}
