/** One node of the model as numbers, and back; see model-fields.ts. */
import { contentFields, mayFailOver, plainField, unitsField } from '../../impl/state-access.ts';
import { contentNumber, NO_CONTENT, tagOfContent } from '../../impl/state-access.ts';
import type { StateField } from '../../impl/state-access.ts';
import { unitCount } from '../../model/geometry.ts';
import type { Disks, Faults, Node, State } from '../../model/state.ts';
import { emptyingFaults, layers, stages } from '../../model/vocabulary.ts';
import type { Operation } from '../../model/operations.ts';
import type { BadSector, EmptyingFault, OverlayContent, Stage, Tag } from '../../model/vocabulary.ts';
import { CommitFields } from './commit-fields.ts';

/** Children of either kind that failed starts have left are fewer than this. */
const ATTACHED_RADIX = 2 ** 15;

/** The numbers of a node before the masks of its bad sectors. */
const BEFORE_MASKS = 3;

const accesses = ['read', 'write'] as const satisfies readonly BadSector['access'][];
const links = ['alive', 'dead', 'reconnecting'] as const satisfies readonly Node['link'][];
const stageNumbers: Readonly<Record<Stage, number>> = {
  closed: 0,
  none: 1,
  running: 2,
  failover: 3,
  failoverFailed: 4,
  done: 5,
  aborted: 6,
};

export class NodeFields {
  readonly layout: readonly StateField[];
  /** Of this node; what never changes is taken from it. */
  readonly #initial: State;
  readonly #at: number;
  readonly #contentAt: number;
  readonly #length: number;
  readonly #copyUnits: number;
  readonly #commit: CommitFields | null;

  /** The numbers of the node stand from `at` on. */
  constructor(initial: State, index: number, alphabet: readonly Operation[], at: number) {
    const { lengthSectors, copyUnitSectors } = initial.setup.geometry;
    this.#initial = initial;
    this.#at = at;
    this.#length = lengthSectors;
    this.#copyUnits = unitCount(copyUnitSectors, lengthSectors);
    const breaks = initial.faults.badSectors.length > 0 || alphabet.some(({ op }) => op === 'breakSector');
    const masks = breaks ? layers.flatMap((disk) => accesses.map((access) => `bad ${disk} ${access}`)) : [];
    const beforeCommit = [
      plainField('control'),
      unitsField('copied', copyUnitSectors),
      plainField('attached'),
      ...masks.map(plainField),
      ...layers.flatMap((layer) => contentFields(`${layer} of node ${index}`, lengthSectors)),
    ];
    this.#contentAt = at + BEFORE_MASKS + masks.length;
    this.#commit = mayFailOver(alphabet)
      ? new CommitFields(initial.setup, index, at + beforeCommit.length)
      : null;
    this.layout = [...beforeCommit, ...(this.#commit?.layout ?? [])];
  }

  write(state: State, into: Int32Array): void {
    const { active, hidden, secondary, copied } = state.disks;
    into[this.#at] = controlNumber(state);
    let mask = 0;
    for (let unit = 0; unit < copied.length; unit++) if (copied[unit] === true) mask |= 1 << unit;
    into[this.#at + 1] = mask;
    into[this.#at + 2] = state.node.hiddenAttached * ATTACHED_RADIX + state.node.secondaryAttached;
    if (this.#contentAt > this.#at + BEFORE_MASKS) this.#writeBad(state.faults, into);
    writeContent(active, into, this.#contentAt);
    writeContent(hidden, into, this.#contentAt + this.#length);
    writeContent(secondary, into, this.#contentAt + 2 * this.#length);
    this.#commit?.write(state.node.commit, into);
  }

  read(from: Int32Array): State {
    const { setup, suffix } = this.#initial;
    const control = from[this.#at] ?? 0;
    const attached = from[this.#at + 2] ?? 0;
    const faults: Faults = {
      badSectors: this.#contentAt > this.#at + BEFORE_MASKS ? this.#readBad(from) : [],
      emptying: { active: faultOf(control >> 9), hidden: faultOf(control >> 11) },
      ejected: { active: isSet(control, 13), hidden: isSet(control, 14) },
      linkCut: isSet(control, 15),
    };
    const node: Node = {
      stage: stages[control & 7] ?? 'closed',
      exported: isSet(control, 3),
      errorFlag: isSet(control, 4),
      backupJob: isSet(control, 5),
      committed: isSet(control, 6),
      blockerLeft: isSet(control, 7),
      commit: isSet(control, 8) ? (this.#commit?.read(from) ?? null) : null,
      hiddenAttached: Math.floor(attached / ATTACHED_RADIX),
      secondaryAttached: attached % ATTACHED_RADIX,
      link: links[(control >> 17) & 3] ?? 'alive',
    };
    return { setup, suffix, node, disks: this.#readDisks(from), faults, reopened: isSet(control, 16) };
  }

  #writeBad({ badSectors }: Faults, into: Int32Array): void {
    const first = this.#at + BEFORE_MASKS;
    into.fill(0, first, this.#contentAt);
    for (const { disk, access, sector } of badSectors) {
      const mask = first + layers.indexOf(disk) * 2 + accesses.indexOf(access);
      into[mask] = (into[mask] ?? 0) | (1 << sector);
    }
  }

  #readBad(from: Int32Array): readonly BadSector[] {
    const bad: BadSector[] = [];
    let at = this.#at + BEFORE_MASKS;
    for (const disk of layers) {
      for (const access of accesses) {
        for (let mask = from[at++] ?? 0; mask !== 0; mask &= mask - 1) {
          bad.push({ disk, access, sector: 31 - Math.clz32(mask & -mask) });
        }
      }
    }
    return bad;
  }

  #readDisks(from: Int32Array): Disks {
    const at = this.#contentAt;
    const copied: boolean[] = [];
    for (let unit = 0; unit < this.#copyUnits; unit++) copied.push(isSet(from[this.#at + 1] ?? 0, unit));
    const secondary: Tag[] = [];
    for (let sector = 0; sector < this.#length; sector++) {
      secondary.push(tagOfContent(from[at + 2 * this.#length + sector] ?? 0));
    }
    return {
      active: readOverlay(from, at, this.#length),
      hidden: readOverlay(from, at + this.#length, this.#length),
      secondary,
      copied,
    };
  }
}

function controlNumber({ node, faults, reopened }: State): number {
  const { emptying, ejected } = faults;
  return (
    stageNumbers[node.stage] |
    (node.exported ? 1 << 3 : 0) |
    (node.errorFlag ? 1 << 4 : 0) |
    (node.backupJob ? 1 << 5 : 0) |
    (node.committed ? 1 << 6 : 0) |
    (node.blockerLeft ? 1 << 7 : 0) |
    (node.commit === null ? 0 : 1 << 8) |
    (faultNumber(emptying.active) << 9) |
    (faultNumber(emptying.hidden) << 11) |
    (ejected.active ? 1 << 13 : 0) |
    (ejected.hidden ? 1 << 14 : 0) |
    (faults.linkCut ? 1 << 15 : 0) |
    (reopened ? 1 << 16 : 0) |
    (links.indexOf(node.link) << 17)
  );
}

function isSet(mask: number, bit: number): boolean {
  return ((mask >>> bit) & 1) === 1;
}

function faultNumber(fault: EmptyingFault | null): number {
  return fault === null ? 0 : emptyingFaults.indexOf(fault) + 1;
}

function faultOf(bits: number): EmptyingFault | null {
  return emptyingFaults[(bits & 3) - 1] ?? null;
}

function writeContent(content: OverlayContent, into: Int32Array, start: number): void {
  for (let sector = 0; sector < content.length; sector++) {
    const tag = content[sector];
    into[start + sector] = tag === null || tag === undefined ? NO_CONTENT : contentNumber(tag);
  }
}

function readOverlay(from: Int32Array, start: number, length: number): OverlayContent {
  const content: (Tag | null)[] = [];
  for (let sector = 0; sector < length; sector++) {
    const number = from[start + sector] ?? NO_CONTENT;
    content.push(number === NO_CONTENT ? null : tagOfContent(number));
  }
  return content;
}
