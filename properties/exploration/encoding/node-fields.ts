/** One node of the model as numbers, and back; see model-fields.ts. */
import { contentFields, mayFailOver, plainField, unitsField } from '../../../impl/state-access.ts';
import { contentNumber, NO_CONTENT, tagOfContent } from '../../../impl/state-access.ts';
import type { StateField } from '../../../impl/state-access.ts';
import type { Node } from '../../../model/node.ts';
import { emptyingFaults, layers, stages } from '../../../model/vocabulary.ts';
import type { Operation } from '../../../model/operations.ts';
import type { BadSector, EmptyingFault, OverlayContent, Stage, Tag } from '../../../model/vocabulary.ts';
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
  readonly #initial: Node;
  readonly #at: number;
  readonly #contentAt: number;
  readonly #length: number;
  readonly #copyUnits: number;
  readonly #commit: CommitFields | null;

  /** The numbers of the node stand from `at` on. */
  constructor(initial: Node, alphabet: readonly Operation[], at: number) {
    const { setup, index } = initial;
    const { lengthSectors, copyUnitSectors } = setup.geometry;
    this.#initial = initial;
    this.#at = at;
    this.#length = lengthSectors;
    this.#copyUnits = Math.ceil(lengthSectors / copyUnitSectors);
    const breaks = initial.badSectors.length > 0 || alphabet.some(({ op }) => op === 'breakSector');
    const masks = breaks ? layers.flatMap((disk) => accesses.map((access) => `bad ${disk} ${access}`)) : [];
    const beforeCommit = [
      plainField('control'),
      unitsField('copied', copyUnitSectors),
      plainField('attached'),
      ...masks.map(plainField),
      ...layers.flatMap((layer) => contentFields(`${layer} of node ${index}`, lengthSectors)),
    ];
    this.#contentAt = at + BEFORE_MASKS + masks.length;
    this.#commit = mayFailOver(alphabet) ? new CommitFields(setup, index, at + beforeCommit.length) : null;
    this.layout = [...beforeCommit, ...(this.#commit?.layout ?? [])];
  }

  write(node: Node, into: Int32Array): void {
    const { active, hidden, secondary, copied } = node;
    into[this.#at] = controlNumber(node);
    let mask = 0;
    for (let unit = 0; unit < copied.length; unit++) if (copied[unit] === true) mask |= 1 << unit;
    into[this.#at + 1] = mask;
    into[this.#at + 2] = node.hiddenAttached * ATTACHED_RADIX + node.secondaryAttached;
    if (this.#contentAt > this.#at + BEFORE_MASKS) this.#writeBad(node.badSectors, into);
    writeContent(active, into, this.#contentAt);
    writeContent(hidden, into, this.#contentAt + this.#length);
    writeContent(secondary, into, this.#contentAt + 2 * this.#length);
    this.#commit?.write(node.commitJob, into);
  }

  /** The keys stand in the order of model/node.ts, so that the engine knows all nodes by one shape. */
  read(from: Int32Array): Node {
    const { setup, index } = this.#initial;
    const control = from[this.#at] ?? 0;
    const attached = from[this.#at + 2] ?? 0;
    return {
      setup,
      index,
      stage: stages[control & 7] ?? 'closed',
      commitJob: isSet(control, 8) ? (this.#commit?.read(from) ?? null) : null,
      hiddenAttached: Math.floor(attached / ATTACHED_RADIX),
      secondaryAttached: attached % ATTACHED_RADIX,
      backupJob: isSet(control, 5),
      blockerLeft: isSet(control, 7),
      origHiddenReadOnly: isSet(control, 19),
      error: isSet(control, 4),
      exported: isSet(control, 3),
      committed: isSet(control, 6),
      link: links[(control >> 17) & 3] ?? 'alive',
      reopened: isSet(control, 16),
      active: readOverlay(from, this.#contentAt, this.#length),
      hidden: readOverlay(from, this.#contentAt + this.#length, this.#length),
      copied: this.#readCopied(from[this.#at + 1] ?? 0),
      secondary: this.#readSecondary(from),
      badSectors: this.#contentAt > this.#at + BEFORE_MASKS ? this.#readBad(from) : [],
      makeEmptyFails: { active: faultOf(control >> 9), hidden: faultOf(control >> 11) },
      ejected: { active: isSet(control, 13), hidden: isSet(control, 14) },
      linkCut: isSet(control, 15),
    };
  }

  #writeBad(badSectors: readonly BadSector[], into: Int32Array): void {
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

  #readCopied(mask: number): readonly boolean[] {
    const copied: boolean[] = [];
    for (let unit = 0; unit < this.#copyUnits; unit++) copied.push(isSet(mask, unit));
    return copied;
  }

  #readSecondary(from: Int32Array): readonly Tag[] {
    const at = this.#contentAt + 2 * this.#length;
    const secondary: Tag[] = [];
    for (let sector = 0; sector < this.#length; sector++)
      secondary.push(tagOfContent(from[at + sector] ?? 0));
    return secondary;
  }
}

function controlNumber(node: Node): number {
  const { makeEmptyFails, ejected } = node;
  return (
    stageNumbers[node.stage] |
    (node.exported ? 1 << 3 : 0) |
    (node.error ? 1 << 4 : 0) |
    (node.backupJob ? 1 << 5 : 0) |
    (node.committed ? 1 << 6 : 0) |
    (node.blockerLeft ? 1 << 7 : 0) |
    (node.commitJob === null ? 0 : 1 << 8) |
    (faultNumber(makeEmptyFails.active) << 9) |
    (faultNumber(makeEmptyFails.hidden) << 11) |
    (ejected.active ? 1 << 13 : 0) |
    (ejected.hidden ? 1 << 14 : 0) |
    (node.linkCut ? 1 << 15 : 0) |
    (node.reopened ? 1 << 16 : 0) |
    (links.indexOf(node.link) << 17) |
    (node.origHiddenReadOnly ? 1 << 19 : 0)
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
