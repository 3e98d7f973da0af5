/** One node of the efficient implementation as numbers, and back; see saved-state.ts. */
import { emptyingFaults, layers, stages } from '../../model/vocabulary.ts';
import type { BadSector, EmptyingFault, Operation, Stage } from '../../model/vocabulary.ts';
import {
  contentFields,
  contentNumber,
  FOREIGN_CONTENT,
  mayFailOver,
  NO_CONTENT,
  plainField,
  type StateField,
  unitsField,
} from '../state-access.ts';
import type { CaseMemory } from './case-memory.ts';
import type { ClusterStore } from './cluster-store.ts';
import { SavedCommit } from './saved-commit.ts';
import { restoreSector } from './tag-words.ts';

/** Children of either kind that failed starts have left are fewer than this. */
const ATTACHED_RADIX = 2 ** 15;
/** Masks are numbers of 31 bits. */
const LENGTH_SECTORS_MAX = 31;

const accesses = ['read', 'write'] as const satisfies readonly BadSector['access'][];

export class SavedNode {
  readonly layout: readonly StateField[];
  readonly #memory: CaseMemory;
  readonly #commit: SavedCommit | null;
  readonly #at: number;
  /** Bad sectors can be, and their masks are fields. */
  readonly #breaks: boolean;
  readonly #activeAt: number;

  /** The numbers of the node stand from `at` on. */
  constructor(memory: CaseMemory, index: number, alphabet: readonly Operation[], at: number) {
    const { lengthSectors, bad, geometry } = memory.node;
    if (lengthSectors > LENGTH_SECTORS_MAX) {
      throw new RangeError(
        `a state of ${lengthSectors} sectors cannot be saved: at most ${LENGTH_SECTORS_MAX}`,
      );
    }
    this.#memory = memory;
    this.#at = at;
    this.#breaks = !bad.isEmpty || alphabet.some(({ op }) => op === 'breakSector');
    const masks = this.#breaks
      ? layers.flatMap((disk) => accesses.map((access) => `bad ${disk} ${access}`))
      : [];
    const beforeCommit = [
      plainField('control'),
      unitsField('copied', geometry.copyUnitSectors),
      plainField('attached'),
      ...masks.map(plainField),
      ...layers.flatMap((layer) => contentFields(`${layer} of node ${index}`, lengthSectors)),
    ];
    this.#activeAt = at + 3 + masks.length;
    this.#commit = mayFailOver(alphabet) ? new SavedCommit(memory, index, at + beforeCommit.length) : null;
    this.layout = [...beforeCommit, ...(this.#commit?.layout ?? [])];
  }

  save(into: Int32Array): void {
    const { node } = this.#memory;
    const { lengthSectors } = node;
    into[this.#at] = this.#control();
    into[this.#at + 1] = node.copiedUnits.word(0);
    into[this.#at + 2] = node.hiddenAttached * ATTACHED_RADIX + node.secondaryAttached;
    if (this.#breaks) this.#saveBad(into);
    const at = this.#activeAt;
    this.#saveStore(node.active, NO_CONTENT, into, at);
    this.#saveStore(node.hidden, NO_CONTENT, into, at + lengthSectors);
    this.#saveStore(node.secondary, contentNumber(0), into, at + 2 * lengthSectors);
    this.#commit?.save(into);
  }

  restore(from: Int32Array, present: Int32Array | null): void {
    const { node } = this.#memory;
    const { lengthSectors } = node;
    const at = this.#at;
    if (from[at] !== present?.[at]) this.#restoreControl(from[at] ?? 0);
    if (from[at + 1] !== present?.[at + 1]) {
      node.copiedUnits.clear();
      for (let units = from[at + 1] ?? 0; units !== 0; units &= units - 1) {
        node.copiedUnits.add(31 - Math.clz32(units & -units));
      }
    }
    const attached = from[at + 2] ?? 0;
    node.hiddenAttached = Math.floor(attached / ATTACHED_RADIX);
    node.secondaryAttached = attached % ATTACHED_RADIX;
    if (this.#breaks) this.#restoreBad(from);
    const active = this.#activeAt;
    this.#restoreStore(node.active, from, present, active);
    this.#restoreStore(node.hidden, from, present, active + lengthSectors);
    this.#restoreStore(node.secondary, from, present, active + 2 * lengthSectors);
    this.#commit?.restore(from, present);
  }

  #control(): number {
    const { node } = this.#memory;
    return (
      stageNumber(node.stage) |
      (node.hasExport ? 1 << 3 : 0) |
      (node.errorFlag ? 1 << 4 : 0) |
      (node.fileIsSecondary ? 1 << 5 : 0) |
      (node.blockerLeft ? 1 << 6 : 0) |
      (node.backupJobRuns ? 1 << 7 : 0) |
      (node.commitJobRuns ? 1 << 8 : 0) |
      (node.linkIsDead ? 1 << 9 : 0) |
      (node.peerIsGone ? 1 << 10 : 0) |
      (node.activeEjected ? 1 << 11 : 0) |
      (node.hiddenEjected ? 1 << 12 : 0) |
      (node.madeWritable ? 1 << 13 : 0) |
      (faultNumber(node.activeEmptyingFault) << 14) |
      (faultNumber(node.hiddenEmptyingFault) << 16)
    );
  }

  #restoreControl(control: number): void {
    const { node } = this.#memory;
    node.stage = stages[control & 7] ?? 'closed';
    node.hasExport = isSet(control, 3);
    node.errorFlag = isSet(control, 4);
    node.fileIsSecondary = isSet(control, 5);
    node.blockerLeft = isSet(control, 6);
    node.backupJobRuns = isSet(control, 7);
    node.commitJobRuns = isSet(control, 8);
    node.linkIsDead = isSet(control, 9);
    node.peerIsGone = isSet(control, 10);
    node.activeEjected = isSet(control, 11);
    node.hiddenEjected = isSet(control, 12);
    node.madeWritable = isSet(control, 13);
    node.activeEmptyingFault = emptyingFaults[((control >> 14) & 3) - 1] ?? null;
    node.hiddenEmptyingFault = emptyingFaults[((control >> 16) & 3) - 1] ?? null;
  }

  #saveBad(into: Int32Array): void {
    const { bad } = this.#memory.node;
    let at = this.#at + 3;
    for (const disk of layers) {
      for (const access of accesses) into[at++] = bad.isEmpty ? 0 : bad.mask(disk, access);
    }
  }

  #restoreBad(from: Int32Array): void {
    const { bad } = this.#memory.node;
    bad.clear();
    let at = this.#at + 3;
    for (const disk of layers) {
      for (const access of accesses) {
        for (let mask = from[at++] ?? 0; mask !== 0; mask &= mask - 1) {
          bad.add({ disk, access, sector: 31 - Math.clz32(mask & -mask) });
        }
      }
    }
  }

  /** One number a sector; `absent` where no cluster is allocated, foreign content where the tables contradict each other. */
  #saveStore(store: ClusterStore, absent: number, into: Int32Array, start: number): void {
    const { tags } = this.#memory;
    const { clusterCount, clusterSectors, lengthSectors, wordsPerSector, allocatedMask } = store;
    let sector = 0;
    for (let cluster = 0; cluster < clusterCount; cluster++) {
      const end = Math.min(sector + clusterSectors, lengthSectors);
      const slot = store.slotOf(cluster);
      const isSound = slot >= 0 === (((allocatedMask >>> cluster) & 1) === 1);
      if (slot < 0 || !isSound) {
        for (; sector < end; sector++) into[start + sector] = isSound ? absent : FOREIGN_CONTENT;
        continue;
      }
      const words = store.segment(slot);
      for (let at = store.wordOffset(slot, 0); sector < end; at += wordsPerSector) {
        into[start + sector] = contentNumber(tags.decodeSector(words, at, sector));
        sector++;
      }
    }
  }

  #restoreStore(store: ClusterStore, from: Int32Array, present: Int32Array | null, start: number): void {
    const { lengthSectors } = store;
    let sector = 0;
    while (sector < lengthSectors && from[start + sector] === present?.[start + sector]) sector++;
    if (sector === lengthSectors) return;
    const { tags } = this.#memory;
    const { clusterCount, clusterSectors, wordsPerSector } = store;
    store.clear();
    sector = 0;
    for (let cluster = 0; cluster < clusterCount; cluster++) {
      const end = Math.min(sector + clusterSectors, lengthSectors);
      if (from[start + sector] === NO_CONTENT) {
        sector = end;
        continue;
      }
      const slot = store.reserve();
      const words = store.segment(slot);
      for (let to = store.wordOffset(slot, 0); sector < end; to += wordsPerSector) {
        restoreSector(tags, from[start + sector] ?? FOREIGN_CONTENT, sector, words, to);
        sector++;
      }
      store.publish(cluster, slot);
    }
  }
}

function isSet(control: number, bit: number): boolean {
  return ((control >>> bit) & 1) === 1;
}

function stageNumber(stage: Stage): number {
  return stages.indexOf(stage);
}

function faultNumber(fault: EmptyingFault | null): number {
  return fault === null ? 0 : emptyingFaults.indexOf(fault) + 1;
}
