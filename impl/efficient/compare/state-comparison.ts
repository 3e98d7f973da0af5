/**
 * Compares the state of a node with an expected observation in place: no observation is built, nothing is allocated.
 * All places in buffers are in words.
 */
import type { Observation, Outcome, Range, Wiring } from '../../../model/vocabulary.ts';
import type { DiskPart } from '../../gaps.ts';
import type { Look } from '../../system.ts';
import { wholeUnits } from '../../whole-units.ts';
import { ExpectedContent } from './expected-content.ts';
import type { ReplicationNode } from '../node/replication-node.ts';
import type { TagWords } from './tag-words.ts';
import { ViewComparison } from './view-comparison.ts';

const WORD_BYTES = 4;

/** Through the top of a smaller disk all is read wherever something has changed: that costs little. */
const LARGE_BYTES_MIN = 2 ** 17;

export class StateComparison {
  readonly #node: ReplicationNode;
  /** Of the case. */
  readonly #lengthSectors: number;
  readonly #expectedActive: ExpectedContent;
  readonly #expectedHidden: ExpectedContent;
  readonly #expectedSecondary: ExpectedContent;
  readonly #view: ViewComparison;
  readonly #isLarge: boolean;
  /** What the node showed at the last call that looked for changes, to the last byte. */
  #expected: Observation | null = null;
  #calls = 0;

  /** `buffer` has room for the sectors of the case, which lie on the disk in `parts`; it is overwritten. */
  constructor(node: ReplicationNode, parts: readonly DiskPart[], tags: TagWords, buffer: Uint32Array) {
    this.#node = node;
    this.#lengthSectors = parts.at(-1)?.end ?? 0;
    this.#expectedActive = new ExpectedContent(parts, tags);
    this.#expectedHidden = new ExpectedContent(parts, tags);
    this.#expectedSecondary = new ExpectedContent(parts, tags);
    this.#view = new ViewComparison(node, parts, tags, buffer);
    const bytes = this.#lengthSectors * node.wordsPerSector * WORD_BYTES;
    this.#isLarge = bytes >= LARGE_BYTES_MIN && parts.length === 1;
  }

  /**
   * Whether the node shows `expected`. `full` reads the whole disk through the top and compares every byte of it and of
   * each layer. `changed` does so where another content is expected than at the last call, or something was written since:
   * of a layer it compares the sectors that either concerns, and of the view all of them. Of a large disk it compares of the view
   * those that are expected otherwise or that a request for data names (`touched`), which is expected to have changed no unit
   * but those that it touches; besides a window, or where stage or wiring has changed sectors all over the disk.
   * `sampled` looks at all of `touched`; outside it compares one word of each sector of each layer, the next word at each
   * call, and reads a window of 4 KiB through the top, which moves on by its length at each call.
   * `answeredBy` and the probes of an indirect observation need no look: they follow from the allocation and from
   * stage, flag and mode, which are compared here. `death` is what every request answers once the process has died.
   */
  agrees(expected: Observation, touched: Range | null, look: Look, death: Outcome | null): boolean {
    const node = this.#node;
    if (node.stage !== expected.stage || node.errorFlag !== expected.errorFlag) return false;
    if (!wiringAgrees(node, expected.wiring)) return false;
    if (look === 'changed' && expected === this.#expected && this.#isStillHeld(expected)) return true;
    const length = this.#lengthSectors;
    if (expected.active.length !== length || expected.hidden.length !== length) return false;
    if (expected.secondary.length !== length) return false;
    this.#view.begin(death, look !== 'changed' || !this.#isLarge);
    if (look === 'changed') return this.#changesAgree(expected, touched);
    this.#expected = null;
    if (look === 'full') {
      return this.#view.agrees(expected.view, 0, length) && this.#layersHold(expected, 0, length);
    }
    const from = touched === null ? 0 : Math.min(Math.max(touched.sector, 0), length);
    const to = touched === null ? 0 : Math.max(from, Math.min(touched.sector + touched.count, length));
    return (
      this.#view.agrees(expected.view, from, to) &&
      this.#view.windowAgrees(expected.view) &&
      this.#layersAgree(expected, from, to)
    );
  }

  /** From now on another case: nothing is known of what it holds. */
  forget(): void {
    this.#expected = null;
    this.#view.forget();
  }

  #isStillHeld({ active, hidden, secondary }: Observation): boolean {
    const node = this.#node;
    return (
      this.#expectedActive.isStillHeldBy(node.active, active) &&
      this.#expectedHidden.isStillHeldBy(node.hidden, hidden) &&
      this.#expectedSecondary.isStillHeldBy(node.secondary, secondary)
    );
  }

  #changesAgree(expected: Observation, touched: Range | null): boolean {
    const before = this.#expected;
    this.#expected = null;
    const agrees = this.#isLarge
      ? this.#someAgrees(before, expected, touched)
      : this.#view.agrees(expected.view, 0, this.#lengthSectors) && this.#layersStillHold(expected, null);
    if (agrees) this.#expected = expected;
    return agrees;
  }

  /** Of a large disk what has changed since `before`; null: it has just been loaded. */
  #someAgrees(before: Observation | null, expected: Observation, touched: Range | null): boolean {
    const { active, hidden, secondary, geometry } = this.#node;
    if (before === null) {
      const word = this.#nextWord();
      return (
        this.#view.agrees(expected.view, 0, this.#lengthSectors) &&
        this.#expectedActive.isHeldAsLoadedBy(active, null, expected.active, word) &&
        this.#expectedHidden.isHeldAsLoadedBy(hidden, null, expected.hidden, word) &&
        this.#expectedSecondary.isHeldAsLoadedBy(secondary, 0, expected.secondary, word)
      );
    }
    const units = touched === null ? null : wholeUnits(touched, geometry);
    return (
      this.#view.changesAgree(before, expected, touched, units) && this.#layersStillHold(expected, units)
    );
  }

  /** Nothing else is expected than before outside of `units`; null: that is not known. */
  #layersStillHold(expected: Observation, units: Range | null): boolean {
    const { active, hidden, secondary } = this.#node;
    return (
      this.#expectedActive.isWhollyHeldBy(active, null, expected.active, units) &&
      this.#expectedHidden.isWhollyHeldBy(hidden, null, expected.hidden, units) &&
      this.#expectedSecondary.isWhollyHeldBy(secondary, 0, expected.secondary, units)
    );
  }

  #layersHold(expected: Observation, from: number, to: number): boolean {
    const { active, hidden, secondary } = this.#node;
    return (
      this.#expectedActive.isHeldBy(active, null, expected.active, from, to) &&
      this.#expectedHidden.isHeldBy(hidden, null, expected.hidden, from, to) &&
      this.#expectedSecondary.isHeldBy(secondary, 0, expected.secondary, from, to)
    );
  }

  /** Every word of the layers in [from, to), and one word of each other sector. */
  #layersAgree(expected: Observation, from: number, to: number): boolean {
    const lengthSectors = this.#lengthSectors;
    if (!this.#layersHold(expected, from, to)) return false;
    if (from === 0 && to === lengthSectors) return true;
    const word = this.#nextWord();
    return (
      this.#samplesAgree(expected, 0, from, word) && this.#samplesAgree(expected, to, lengthSectors, word)
    );
  }

  #nextWord(): number {
    return this.#calls++ % this.#node.wordsPerSector;
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
