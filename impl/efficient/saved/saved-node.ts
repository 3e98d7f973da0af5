/** One node of the efficient implementation as numbers, and back; see saved-state.ts. */
import { emptyingFaults, layers, stages } from '../../../model/vocabulary.ts';
import type { Operation } from '../../../model/operations.ts';
import type { BadSector, EmptyingFault, Stage } from '../../../model/vocabulary.ts';
import {
  contentFields,
  contentNumber,
  mayFailOver,
  NO_CONTENT,
  plainField,
  type StateField,
  unitsField,
} from '../../state-access.ts';
import type { CaseMemory } from '../compare/case-memory.ts';
import { SavedCommit } from './saved-commit.ts';
import { SavedStore } from './saved-store.ts';

/** Children of either kind that failed starts have left are fewer than this. */
const ATTACHED_RADIX = 2 ** 15;
/** Masks are numbers of 31 bits. */
const LENGTH_SECTORS_MAX = 31;

/** The numbers before the masks of bad sectors. */
const BEFORE_MASKS = 3;

const accesses = ['read', 'write'] as const satisfies readonly BadSector['access'][];

export class SavedNode {
  readonly layout: readonly StateField[];
  readonly #memory: CaseMemory;
  readonly #commit: SavedCommit | null;
  readonly #at: number;
  /** Bad sectors can be, and their masks are fields. */
  readonly #breaks: boolean;
  readonly #active: SavedStore;
  readonly #hidden: SavedStore;
  readonly #secondary: SavedStore;
  /** The version of the copied units of which the present number is. */
  #copiedVersion = -1;

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
    const storesAt = at + BEFORE_MASKS + masks.length;
    const { active, hidden, secondary } = memory.node;
    this.#active = new SavedStore(active, memory.tags, NO_CONTENT, storesAt);
    this.#hidden = new SavedStore(hidden, memory.tags, NO_CONTENT, storesAt + lengthSectors);
    const ofZeroes = contentNumber(0);
    this.#secondary = new SavedStore(secondary, memory.tags, ofZeroes, storesAt + 2 * lengthSectors);
    this.#commit = mayFailOver(alphabet) ? new SavedCommit(memory, index, at + beforeCommit.length) : null;
    this.layout = [...beforeCommit, ...(this.#commit?.layout ?? [])];
  }

  /** Brings the numbers, which nobody else writes to, up to date. */
  look(into: Int32Array): void {
    const { node } = this.#memory;
    into[this.#at] = this.#control();
    if (this.#copiedVersion !== node.copiedUnits.version) {
      into[this.#at + 1] = node.copiedUnits.word(0);
      this.#copiedVersion = node.copiedUnits.version;
    }
    into[this.#at + 2] = node.hiddenAttached * ATTACHED_RADIX + node.secondaryAttached;
    if (this.#breaks) this.#saveBad(into);
    this.#active.look(into);
    this.#hidden.look(into);
    this.#secondary.look(into);
    this.#commit?.look(into);
  }

  /** `present` are the numbers that `look` has found last. */
  restore(from: Int32Array, present: Int32Array): void {
    const { node } = this.#memory;
    const at = this.#at;
    this.#restoreControl(from[at] ?? 0);
    const copied = from[at + 1] ?? 0;
    if (this.#copiedVersion !== node.copiedUnits.version || copied !== present[at + 1]) {
      node.copiedUnits.clear();
      for (let units = copied; units !== 0; units &= units - 1) {
        node.copiedUnits.add(31 - Math.clz32(units & -units));
      }
      present[at + 1] = copied;
      this.#copiedVersion = node.copiedUnits.version;
    }
    const attached = from[at + 2] ?? 0;
    node.hiddenAttached = Math.floor(attached / ATTACHED_RADIX);
    node.secondaryAttached = attached % ATTACHED_RADIX;
    if (this.#breaks) this.#restoreBad(from);
    this.#active.restore(from, present);
    this.#hidden.restore(from, present);
    this.#secondary.restore(from, present);
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
      (faultNumber(node.hiddenEmptyingFault) << 16) |
      (node.reopensHidden ? 1 << 18 : 0)
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
    node.activeEmptyingFault = faultOf((control >> 14) & 3);
    node.hiddenEmptyingFault = faultOf((control >> 16) & 3);
    node.reopensHidden = isSet(control, 18);
  }

  #saveBad(into: Int32Array): void {
    const { bad } = this.#memory.node;
    let at = this.#at + BEFORE_MASKS;
    for (const disk of layers) {
      for (const access of accesses) into[at++] = bad.isEmpty ? 0 : bad.mask(disk, access);
    }
  }

  #restoreBad(from: Int32Array): void {
    const { bad } = this.#memory.node;
    bad.clear();
    let at = this.#at + BEFORE_MASKS;
    for (const disk of layers) {
      for (const access of accesses) {
        for (let mask = from[at++] ?? 0; mask !== 0; mask &= mask - 1) {
          bad.add({ disk, access, sector: 31 - Math.clz32(mask & -mask) });
        }
      }
    }
  }
}

function isSet(control: number, bit: number): boolean {
  return ((control >>> bit) & 1) === 1;
}

function stageNumber(stage: Stage): number {
  switch (stage) {
    case 'closed':
      return 0;
    case 'none':
      return 1;
    case 'running':
      return 2;
    case 'failover':
      return 3;
    case 'failoverFailed':
      return 4;
    case 'done':
      return 5;
    case 'aborted':
      return 6;
  }
}

function faultNumber(fault: EmptyingFault | null): number {
  return fault === null ? 0 : emptyingFaults.indexOf(fault) + 1;
}

function faultOf(number: number): EmptyingFault | null {
  return number === 0 ? null : (emptyingFaults[number - 1] ?? null);
}
