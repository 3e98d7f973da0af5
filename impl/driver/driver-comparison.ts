/** Compares what a driver's node shows with an expected observation in place: bytes where they lie, in C. */
import { layers } from '../../model/vocabulary.ts';
import type {
  NodeSetup,
  Observation,
  Outcome,
  OverlayContent,
  Range,
  Wiring,
} from '../../model/vocabulary.ts';
import { isSameRefusal } from '../efficient/node/outcomes.ts';
import { UNREADABLE } from '../efficient/compare/unreadable.ts';
import type { Look } from '../system.ts';
import type { DriverAnswers } from './driver-answers.ts';
import { EIO_NUMBER, isSet, NOT_ALLOCATED, stageOf } from './driver-answers.ts';
import type { DriverModule } from './driver-module.ts';
import { hasPayload } from './ground.ts';
import type { Ground, GroundMemory } from './ground.ts';

/** A sampled comparison reads this many bytes of the view outside the touched range. */
const VIEW_WINDOW_BYTES = 4096;
const WORD_BYTES = 4;
/** Stands for content that no tag has a payload for. No tag is as low. */
const NO_PAYLOAD = -4;

/** What one node was last expected to show. */
class Expected {
  readonly lengthSectors: number;
  readonly windowSectors: number;
  readonly wordsPerSector: number;
  readonly layers: OverlayContent[] = [[], [], []];
  view: readonly number[] = [];
  /** What the node showed at the last call that looked for changes, to the last byte. */
  held: Observation | null = null;
  calls = 0;
  windowStart = 0;

  constructor({ geometry: { lengthSectors, sectorBytes } }: NodeSetup) {
    this.lengthSectors = lengthSectors;
    this.wordsPerSector = sectorBytes / WORD_BYTES;
    this.windowSectors = Math.max(1, Math.floor(VIEW_WINDOW_BYTES / sectorBytes));
  }
}

export class DriverComparison {
  readonly #module: DriverModule;
  readonly #ground: Ground;
  readonly #memory: GroundMemory;
  readonly #answers: DriverAnswers;
  #nodes: readonly Expected[] = [];

  constructor(module: DriverModule, ground: Ground, memory: GroundMemory, answers: DriverAnswers) {
    this.#module = module;
    this.#ground = ground;
    this.#memory = memory;
    this.#answers = answers;
  }

  load(nodes: readonly NodeSetup[]): void {
    this.#nodes = nodes.map((node) => new Expected(node));
  }

  /** See `System.agrees`. `death` is what every request answers once the process has died. */
  agrees(
    index: number,
    expected: Observation,
    touched: Range | null,
    look: Look,
    death: Outcome | null,
  ): boolean {
    const node = this.#nodes[index];
    if (node === undefined) return false;
    const control = this.#ground.control(index);
    if (stageOf(control) !== expected.stage || isSet(control, 4) !== expected.errorFlag) return false;
    if (!this.#wiringAgrees(index, control, expected.wiring)) return false;
    const { lengthSectors } = node;
    const { active, hidden, secondary } = expected;
    if (active.length !== lengthSectors || hidden.length !== lengthSectors) return false;
    if (secondary.length !== lengthSectors) return false;
    this.#expect(index, 0, active, node);
    this.#expect(index, 1, hidden, node);
    this.#expect(index, 2, secondary, node);
    if (look === 'changed') return this.#changesAgree(index, node, expected, death);
    const { view } = expected;
    if (look === 'full') {
      return this.#viewAgrees(index, node, view, 0, lengthSectors, death) && this.#layersWhollyAgree(index);
    }
    const from = touched === null ? 0 : Math.min(Math.max(touched.sector, 0), lengthSectors);
    const to = touched === null ? 0 : Math.max(from, Math.min(touched.sector + touched.count, lengthSectors));
    return (
      this.#viewAgrees(index, node, view, from, to, death) &&
      this.#windowAgrees(index, node, view, death) &&
      this.#layersAgree(index, node, from, to)
    );
  }

  #layersWhollyAgree(index: number): boolean {
    const { layerWhollyAgrees } = this.#ground;
    return (
      layerWhollyAgrees(index, 0) !== 0 &&
      layerWhollyAgrees(index, 1) !== 0 &&
      layerWhollyAgrees(index, 2) !== 0
    );
  }

  #wiringAgrees(index: number, control: number, expected: Wiring): boolean {
    return (
      isSet(control, 5) === expected.blocked &&
      isSet(control, 6) === expected.hiddenReadOnly &&
      isSet(control, 7) === expected.secondaryReadOnly &&
      this.#ground.attached(index, 0) === expected.hiddenAttached &&
      this.#ground.attached(index, 1) === expected.secondaryAttached
    );
  }

  #changesAgree(index: number, node: Expected, expected: Observation, death: Outcome | null): boolean {
    const { isStillHeld, layerWhollyAgrees } = this.#ground;
    const isActiveHeld = isStillHeld(index, 0) !== 0;
    const isHiddenHeld = isStillHeld(index, 1) !== 0;
    const isSecondaryHeld = isStillHeld(index, 2) !== 0;
    if (isActiveHeld && isHiddenHeld && isSecondaryHeld && expected === node.held) return true;
    node.held = null;
    const agrees =
      this.#viewAgrees(index, node, expected.view, 0, node.lengthSectors, death) &&
      (isActiveHeld || layerWhollyAgrees(index, 0) !== 0) &&
      (isHiddenHeld || layerWhollyAgrees(index, 1) !== 0) &&
      (isSecondaryHeld || layerWhollyAgrees(index, 2) !== 0);
    if (agrees) node.held = expected;
    return agrees;
  }

  /** Puts what is expected of a layer where C finds it. */
  #expect(index: number, number: number, content: OverlayContent, node: Expected): void {
    if (node.layers[number] === content) return;
    node.layers[number] = content;
    this.#put(index, content, this.#ground.expected(index, number));
  }

  #put(index: number, content: OverlayContent, address: number): void {
    for (const tag of content) if (tag !== null && hasPayload(tag)) this.#memory.need(index, tag);
    const { numbers } = this.#module;
    let at = address / WORD_BYTES;
    for (const tag of content) {
      numbers[at++] = tag === null ? NOT_ALLOCATED : hasPayload(tag) ? tag : NO_PAYLOAD;
    }
  }

  /** Reads [from, to) through the top into poison and compares it, or the refusal, with `expected`. */
  #viewAgrees(
    index: number,
    node: Expected,
    expected: Outcome,
    from: number,
    to: number,
    death: Outcome | null,
  ): boolean {
    if (death !== null) return isSameRefusal(death, expected);
    const result = this.#ground.guestRead(index, from, to - from);
    if (result !== 0) {
      const refused = this.#ground.guestRead(index, 0, 0);
      if (refused !== 0) return isSameRefusal(this.#answers.outcome(index, refused), expected);
      if (result !== EIO_NUMBER) return isSameRefusal(this.#answers.outcome(index, result), expected);
    }
    if (expected.kind !== 'data' || expected.tags.length !== node.lengthSectors) return false;
    if (node.view !== expected.tags) {
      node.view = expected.tags;
      this.#put(index, expected.tags, this.#ground.expectedView(index));
    }
    if (result === 0) return this.#ground.viewAgrees(index, from, to) !== 0;
    for (let sector = from; sector < to; sector++) {
      const isUnreadable = this.#ground.guestRead(index, sector, 1) === EIO_NUMBER;
      if (isUnreadable !== (expected.tags[sector] === UNREADABLE)) return false;
      if (!isUnreadable && this.#ground.viewAgrees(index, sector, sector + 1) === 0) return false;
    }
    return true;
  }

  /** The next window of the view, clipped at the end of the disk, where the windows begin again. */
  #windowAgrees(index: number, node: Expected, view: Outcome, death: Outcome | null): boolean {
    const from = node.windowStart < node.lengthSectors ? node.windowStart : 0;
    node.windowStart = Math.min(from + node.windowSectors, node.lengthSectors);
    return this.#viewAgrees(index, node, view, from, node.windowStart, death);
  }

  /** Every word of the layers in [from, to), and one word of each other sector. */
  #layersAgree(index: number, node: Expected, from: number, to: number): boolean {
    const ground = this.#ground;
    const word = node.calls++ % node.wordsPerSector;
    return layers.every(
      (_, number) =>
        ground.layerAgrees(index, number, from, to) !== 0 &&
        ground.layerSampledAgrees(index, number, 0, from, word) !== 0 &&
        ground.layerSampledAgrees(index, number, to, node.lengthSectors, word) !== 0,
    );
  }
}
