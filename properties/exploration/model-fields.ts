/** The state of the model as numbers, one a field, and back: nothing of it is left out. */
import { contentField, contentNumber, NO_CONTENT, plainField, tagOfContent } from '../../impl/state-access.ts';
import type { StateField } from '../../impl/state-access.ts';
import { unitCount, unitRange } from '../../model/geometry.ts';
import { initialState } from '../../model/state.ts';
import type { CommitJob, CommitRequest, Disks, Faults, HostState, Node, State } from '../../model/state.ts';
import { abortRules, emptyingFaults, layers, stages } from '../../model/vocabulary.ts';
import type { BadSector, Operation, Setup, Stage, Tag } from '../../model/vocabulary.ts';

/** Children that failed starts have left; a world in which there can be more is searched up to this bound. */
const ATTACHED_MAX = 7;

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

export class ModelFields {
  readonly layout: readonly StateField[];
  readonly #nodes: readonly NodeFields[];
  readonly #setup: Setup;

  constructor(setup: Setup, alphabet: readonly Operation[]) {
    this.#setup = setup;
    this.#nodes = initialState(setup).nodes.map((state, index) => new NodeFields(state, index, alphabet));
    this.layout = [
      plainField('dead', abortRules.length + 1, null),
      plainField('newestFirst', 4 ** setup.nodes.length, null),
      ...this.#nodes.flatMap((node) => node.layout),
    ];
  }

  /** The state before the first operation. */
  initial(): HostState {
    return initialState(this.#setup);
  }

  write({ nodes, newestFirst, dead }: HostState, into: Int32Array): void {
    into[0] = dead === null ? 0 : abortRules.indexOf(dead) + 1;
    let order = 0;
    for (const index of newestFirst) order = order * 4 + index + 1;
    into[1] = order;
    let at = 2;
    for (let index = 0; index < nodes.length; index++) {
      const state = nodes[index];
      const fields = this.#nodes[index];
      if (state !== undefined && fields !== undefined) at = fields.write(state, into, at);
    }
  }

  read(from: Int32Array): HostState {
    const newestFirst: number[] = [];
    for (let order = from[1] ?? 0; order > 0; order = Math.floor(order / 4)) newestFirst.unshift((order % 4) - 1);
    let at = 2;
    const nodes = this.#nodes.map((fields) => {
      const state = fields.read(from, at);
      at += fields.layout.length;
      return state;
    });
    return { nodes, newestFirst, dead: abortRules[(from[0] ?? 0) - 1] ?? null };
  }
}

class NodeFields {
  readonly layout: readonly StateField[];
  /** Of this node; what never changes is taken from it. */
  readonly #initial: State;
  readonly #copyUnits: number;
  readonly #commitUnits: number;
  readonly #requestsMax: number;
  readonly #length: number;
  readonly #diskAt: number;

  constructor(initial: State, index: number, alphabet: readonly Operation[]) {
    const { geometry, commitRequestsMax } = initial.setup;
    this.#initial = initial;
    this.#length = geometry.lengthSectors;
    this.#copyUnits = unitCount(geometry.copyUnitSectors, this.#length);
    this.#commitUnits = unitCount(geometry.commitUnitSectors, this.#length);
    this.#requestsMax = Math.min(commitRequestsMax, this.#commitUnits);
    const control = this.#controlLayout(index, alphabet);
    this.#diskAt = control.length;
    this.layout = [...control, ...this.#diskLayout(index), ...this.#commitLayout(index)];
  }

  #controlLayout(node: number, alphabet: readonly Operation[]): StateField[] {
    const applied = new Set(alphabet.map(({ op }) => op));
    const plain = (name: string, values: number): StateField => plainField(name, values, node);
    const faulty = applied.has('failEmptying') ? emptyingFaults.length + 1 : 1;
    const breaks = applied.has('breakSector') || this.#initial.faults.badSectors.length > 0;
    const flags = ['exported', 'errorFlag', 'backupJob', 'committed', 'blockerLeft', 'commit'];
    return [
      plain('stage', stages.length),
      ...flags.map((name) => plain(name, 2)),
      plain('hiddenAttached', ATTACHED_MAX + 1),
      plain('secondaryAttached', ATTACHED_MAX + 1),
      plain('link', applied.has('cutLink') ? links.length : 1),
      plain('emptying active', faulty),
      plain('emptying hidden', faulty),
      plain('ejected active', 2),
      plain('ejected hidden', 2),
      plain('linkCut', applied.has('cutLink') ? 2 : 1),
      plain('reopened', 2),
      ...layers.flatMap((disk) =>
        accesses.map((access) => plain(`bad ${disk} ${access}`, breaks ? 2 ** this.#length : 1)),
      ),
    ];
  }

  #diskLayout(node: number): StateField[] {
    const { copyUnitSectors } = this.#initial.setup.geometry;
    const sectors = Array.from({ length: this.#length }, (_, sector) => sector);
    const units = Array.from({ length: this.#copyUnits }, (_, unit) => unit * copyUnitSectors);
    return [
      ...layers.flatMap((layer) => sectors.map((sector) => contentField(layer, node, sector))),
      ...units.map((sector) => plainField('copied', 2, node, sector)),
    ];
  }

  #commitLayout(node: number): StateField[] {
    const { commitUnitSectors } = this.#initial.setup.geometry;
    const unitSectors = Math.min(commitUnitSectors, this.#length);
    const requests = Array.from({ length: this.#requestsMax }, (_, age) => [
      plainField(`request ${age} unit`, this.#commitUnits, node),
      plainField(`request ${age} unreadable`, 2, node),
      ...Array.from({ length: unitSectors }, (__, sector) => contentField(`request ${age}`, node, sector)),
    ]);
    return [
      plainField('dirty', 2 ** this.#commitUnits, node),
      plainField('cursor', this.#commitUnits + 1, node),
      plainField('inFlight', this.#requestsMax + 1, node),
      ...requests.flat(),
    ];
  }

  write({ node, disks, faults, reopened }: State, into: Int32Array, start: number): number {
    let at = start;
    into[at++] = stageNumbers[node.stage];
    into[at++] = node.exported ? 1 : 0;
    into[at++] = node.errorFlag ? 1 : 0;
    into[at++] = node.backupJob ? 1 : 0;
    into[at++] = node.committed ? 1 : 0;
    into[at++] = node.blockerLeft ? 1 : 0;
    into[at++] = node.commit === null ? 0 : 1;
    into[at++] = node.hiddenAttached;
    into[at++] = node.secondaryAttached;
    into[at++] = links.indexOf(node.link);
    into[at++] = faults.emptying.active === null ? 0 : emptyingFaults.indexOf(faults.emptying.active) + 1;
    into[at++] = faults.emptying.hidden === null ? 0 : emptyingFaults.indexOf(faults.emptying.hidden) + 1;
    into[at++] = faults.ejected.active ? 1 : 0;
    into[at++] = faults.ejected.hidden ? 1 : 0;
    into[at++] = faults.linkCut ? 1 : 0;
    into[at++] = reopened ? 1 : 0;
    for (let mask = 0; mask < 6; mask++) into[at + mask] = 0;
    for (const bad of faults.badSectors) {
      const mask = at + layers.indexOf(bad.disk) * 2 + accesses.indexOf(bad.access);
      into[mask] = (into[mask] ?? 0) | (1 << bad.sector);
    }
    at = this.#writeDisks(disks, into, at + 6);
    return this.#writeCommit(node.commit, into, at);
  }

  #writeDisks({ active, hidden, secondary, copied }: Disks, into: Int32Array, start: number): number {
    let at = start;
    for (const tag of active) into[at++] = tag === null ? NO_CONTENT : contentNumber(tag);
    for (const tag of hidden) into[at++] = tag === null ? NO_CONTENT : contentNumber(tag);
    for (const tag of secondary) into[at++] = contentNumber(tag);
    for (const isCopied of copied) into[at++] = isCopied ? 1 : 0;
    return at;
  }

  #writeCommit(job: CommitJob | null, into: Int32Array, start: number): number {
    const requestLength = 2 + Math.min(this.#initial.setup.geometry.commitUnitSectors, this.#length);
    const end = start + 3 + this.#requestsMax * requestLength;
    for (let at = start; at < end; at++) into[at] = 0;
    if (job === null) return end;
    let dirty = 0;
    for (let unit = 0; unit < job.dirty.length; unit++) if (job.dirty[unit] === true) dirty |= 1 << unit;
    into[start] = dirty;
    into[start + 1] = job.cursor;
    into[start + 2] = job.inFlight.length;
    let at = start + 3;
    for (const { unit, content } of job.inFlight) {
      into[at] = unit;
      into[at + 1] = content === null ? 1 : 0;
      const count = content?.length ?? 0;
      for (let sector = 0; sector < count; sector++) into[at + 2 + sector] = contentNumber(content?.[sector] ?? 0);
      at += requestLength;
    }
    return end;
  }

  read(from: Int32Array, start: number): State {
    const flag = (offset: number): boolean => from[start + offset] === 1;
    const number = (offset: number): number => from[start + offset] ?? 0;
    const { setup, suffix } = this.#initial;
    const disksAt = start + this.#diskAt;
    const commitAt = disksAt + 3 * this.#length + this.#copyUnits;
    const node: Node = {
      stage: stages[number(0)] ?? 'closed',
      exported: flag(1),
      errorFlag: flag(2),
      backupJob: flag(3),
      committed: flag(4),
      blockerLeft: flag(5),
      commit: flag(6) ? this.#readCommit(from, commitAt) : null,
      hiddenAttached: number(7),
      secondaryAttached: number(8),
      link: links[number(9)] ?? 'alive',
    };
    const faults: Faults = {
      badSectors: this.#readBad(from, start + 16),
      emptying: { active: emptyingFaults[number(10) - 1] ?? null, hidden: emptyingFaults[number(11) - 1] ?? null },
      ejected: { active: flag(12), hidden: flag(13) },
      linkCut: flag(14),
    };
    return { setup, suffix, node, disks: this.#readDisks(from, disksAt), faults, reopened: flag(15) };
  }

  #readBad(from: Int32Array, start: number): readonly BadSector[] {
    const bad: BadSector[] = [];
    let at = start;
    for (const disk of layers) {
      for (const access of accesses) {
        for (let mask = from[at++] ?? 0; mask !== 0; mask &= mask - 1) {
          bad.push({ disk, access, sector: 31 - Math.clz32(mask & -mask) });
        }
      }
    }
    return bad;
  }

  #readDisks(from: Int32Array, start: number): Disks {
    const length = this.#length;
    const tag = (number: number): Tag | null => (number === NO_CONTENT ? null : tagOfContent(number));
    const copiedAt = start + 3 * length;
    return {
      active: Array.from(from.subarray(start, start + length), tag),
      hidden: Array.from(from.subarray(start + length, start + 2 * length), tag),
      secondary: Array.from(from.subarray(start + 2 * length, copiedAt), tagOfContent),
      copied: Array.from(from.subarray(copiedAt, copiedAt + this.#copyUnits), (copied) => copied === 1),
    };
  }

  #readCommit(from: Int32Array, start: number): CommitJob {
    const { commitUnitSectors } = this.#initial.setup.geometry;
    const unitSectors = Math.min(commitUnitSectors, this.#length);
    const inFlight: CommitRequest[] = [];
    for (let age = 0; age < (from[start + 2] ?? 0); age++) {
      const at = start + 3 + age * (2 + unitSectors);
      const unit = from[at] ?? 0;
      const { count } = unitRange(unit, commitUnitSectors, this.#length);
      const content = Array.from(from.subarray(at + 2, at + 2 + count), tagOfContent);
      inFlight.push({ unit, content: from[at + 1] === 1 ? null : content });
    }
    const dirty = Array.from(
      { length: this.#commitUnits },
      (_, unit) => (((from[start] ?? 0) >>> unit) & 1) === 1,
    );
    return { dirty, cursor: from[start + 1] ?? 0, inFlight };
  }
}
