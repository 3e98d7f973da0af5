/**
 * The state of the efficient implementation as numbers, and back. Where clusters lie in memory, and what memory that
 * nothing refers to holds, is no part of it; a restored state gets its memory in the order of its clusters.
 */
import { abortRules, emptyingFaults, layers, stages } from '../../model/vocabulary.ts';
import type { BadSector, Operation, Stage } from '../../model/vocabulary.ts';
import {
  contentField,
  contentNumber,
  FOREIGN_CONTENT,
  NO_CONTENT,
  plainField,
  type StateAccess,
  type StateField,
} from '../state-access.ts';
import type { CaseMemory } from './case-memory.ts';
import type { ClusterStore } from './cluster-store.ts';
import { SavedCommit } from './saved-commit.ts';
import type { ReplicationHost } from './replication-host.ts';
import { restoreSector } from './tag-words.ts';

/** Children that failed starts have left: more of them are not told apart from as many. */
const ATTACHED_MAX = 7;
/** The masks of bad sectors are numbers of 31 bits. */
const LENGTH_SECTORS_MAX = 31;

const accesses = ['read', 'write'] as const satisfies readonly BadSector['access'][];
const stageNumbers = new Map<Stage, number>(stages.map((stage, number) => [stage, number]));

export class SavedStates implements StateAccess {
  readonly #host: ReplicationHost;
  readonly #nodes: readonly SavedNode[];

  constructor(host: ReplicationHost, loaded: readonly CaseMemory[]) {
    this.#host = host;
    this.#nodes = loaded.map((memory, index) => new SavedNode(memory, index));
  }

  layout(alphabet: readonly Operation[]): readonly StateField[] {
    const orders = 4 ** this.#nodes.length;
    return [
      plainField('dead', abortRules.length + 1, null),
      plainField('newestFirst', orders, null),
      ...this.#nodes.flatMap((node) => node.layout(alphabet)),
    ];
  }

  save(into: Int32Array): void {
    const { dead, newestFirst, nodes } = this.#host;
    into[0] = dead === null ? 0 : abortRules.indexOf(dead) + 1;
    let order = 0;
    for (const node of newestFirst) order = order * 4 + nodes.indexOf(node) + 1;
    into[1] = order;
    let at = 2;
    for (const node of this.#nodes) at = node.save(into, at);
  }

  restore(from: Int32Array): void {
    const { newestFirst, nodes } = this.#host;
    this.#host.dead = abortRules[(from[0] ?? 0) - 1] ?? null;
    newestFirst.length = 0;
    for (let order = from[1] ?? 0; order > 0; order = Math.floor(order / 4)) {
      const node = nodes[(order % 4) - 1];
      if (node !== undefined) newestFirst.unshift(node);
    }
    let at = 2;
    for (const node of this.#nodes) at = node.restore(from, at);
  }
}

class SavedNode {
  readonly #memory: CaseMemory;
  readonly #index: number;
  readonly #commit: SavedCommit;
  readonly #copyUnits: number;

  constructor(memory: CaseMemory, index: number) {
    const { lengthSectors, geometry } = memory.node;
    if (lengthSectors > LENGTH_SECTORS_MAX) {
      throw new RangeError(
        `a state of ${lengthSectors} sectors cannot be saved: at most ${LENGTH_SECTORS_MAX}`,
      );
    }
    this.#memory = memory;
    this.#index = index;
    this.#commit = new SavedCommit(memory, index);
    this.#copyUnits = Math.ceil(lengthSectors / geometry.copyUnitSectors);
  }

  layout(alphabet: readonly Operation[]): StateField[] {
    const node = this.#index;
    const { lengthSectors, bad, geometry } = this.#memory.node;
    const applied = new Set(alphabet.map(({ op }) => op));
    const plain = (name: string, values: number): StateField => plainField(name, values, node);
    const flags = [
      'hasExport',
      'errorFlag',
      'fileIsSecondary',
      'blockerLeft',
      'backupJobRuns',
      'commitJobRuns',
      'linkIsDead',
      'peerIsGone',
      'activeEjected',
      'hiddenEjected',
      'madeWritable',
    ];
    const faulty = applied.has('failEmptying') ? emptyingFaults.length + 1 : 1;
    const breakable = applied.has('breakSector') || !bad.isEmpty ? 2 ** lengthSectors : 1;
    const sectors = Array.from({ length: lengthSectors }, (_, sector) => sector);
    return [
      plain('stage', stages.length),
      ...flags.map((name) => plain(name, 2)),
      plain('hiddenAttached', ATTACHED_MAX + 1),
      plain('secondaryAttached', ATTACHED_MAX + 1),
      plain('activeEmptyingFault', faulty),
      plain('hiddenEmptyingFault', faulty),
      ...layers.flatMap((disk) => accesses.map((access) => plain(`bad ${disk} ${access}`, breakable))),
      ...Array.from({ length: this.#copyUnits }, (_, unit) =>
        plainField('copied', 2, node, unit * geometry.copyUnitSectors),
      ),
      ...layers.flatMap((layer) => sectors.map((sector) => contentField(layer, node, sector))),
      ...this.#commit.layout(),
    ];
  }

  /** Writes its numbers from `start` on; returns where the next ones go. */
  save(into: Int32Array, start: number): number {
    const { node } = this.#memory;
    let at = start;
    into[at++] = stageNumbers.get(node.stage) ?? 0;
    into[at++] = node.hasExport ? 1 : 0;
    into[at++] = node.errorFlag ? 1 : 0;
    into[at++] = node.fileIsSecondary ? 1 : 0;
    into[at++] = node.blockerLeft ? 1 : 0;
    into[at++] = node.backupJobRuns ? 1 : 0;
    into[at++] = node.commitJobRuns ? 1 : 0;
    into[at++] = node.linkIsDead ? 1 : 0;
    into[at++] = node.peerIsGone ? 1 : 0;
    into[at++] = node.activeEjected ? 1 : 0;
    into[at++] = node.hiddenEjected ? 1 : 0;
    into[at++] = node.madeWritable ? 1 : 0;
    into[at++] = node.hiddenAttached;
    into[at++] = node.secondaryAttached;
    into[at++] = node.activeEmptyingFault === null ? 0 : emptyingFaults.indexOf(node.activeEmptyingFault) + 1;
    into[at++] = node.hiddenEmptyingFault === null ? 0 : emptyingFaults.indexOf(node.hiddenEmptyingFault) + 1;
    at = this.#saveBad(into, at);
    for (let unit = 0; unit < this.#copyUnits; unit++) into[at++] = node.copiedUnits.has(unit) ? 1 : 0;
    at = this.#saveStore(node.active, NO_CONTENT, into, at);
    at = this.#saveStore(node.hidden, NO_CONTENT, into, at);
    at = this.#saveStore(node.secondary, contentNumber(0), into, at);
    return this.#commit.save(into, at);
  }

  restore(from: Int32Array, start: number): number {
    const { node } = this.#memory;
    let at = start;
    node.stage = stages[from[at++] ?? 0] ?? 'closed';
    node.hasExport = from[at++] === 1;
    node.errorFlag = from[at++] === 1;
    node.fileIsSecondary = from[at++] === 1;
    node.blockerLeft = from[at++] === 1;
    node.backupJobRuns = from[at++] === 1;
    node.commitJobRuns = from[at++] === 1;
    node.linkIsDead = from[at++] === 1;
    node.peerIsGone = from[at++] === 1;
    node.activeEjected = from[at++] === 1;
    node.hiddenEjected = from[at++] === 1;
    node.madeWritable = from[at++] === 1;
    node.hiddenAttached = from[at++] ?? 0;
    node.secondaryAttached = from[at++] ?? 0;
    node.activeEmptyingFault = emptyingFaults[(from[at++] ?? 0) - 1] ?? null;
    node.hiddenEmptyingFault = emptyingFaults[(from[at++] ?? 0) - 1] ?? null;
    at = this.#restoreBad(from, at);
    node.copiedUnits.clear();
    for (let unit = 0; unit < this.#copyUnits; unit++) if (from[at++] === 1) node.copiedUnits.add(unit);
    at = this.#restoreStore(node.active, from, at);
    at = this.#restoreStore(node.hidden, from, at);
    at = this.#restoreStore(node.secondary, from, at);
    return this.#commit.restore(from, at);
  }

  #saveBad(into: Int32Array, start: number): number {
    const { bad } = this.#memory.node;
    let at = start;
    for (const disk of layers) {
      for (const access of accesses) into[at++] = bad.isEmpty ? 0 : bad.mask(disk, access);
    }
    return at;
  }

  #restoreBad(from: Int32Array, start: number): number {
    const { bad, lengthSectors } = this.#memory.node;
    bad.load([]);
    let at = start;
    for (const disk of layers) {
      for (const access of accesses) {
        const mask = from[at++] ?? 0;
        if (mask === 0) continue;
        for (let sector = 0; sector < lengthSectors; sector++) {
          if (((mask >>> sector) & 1) === 1) bad.add({ disk, access, sector });
        }
      }
    }
    return at;
  }

  /** One number a sector; `absent` where no cluster is allocated. */
  #saveStore(store: ClusterStore, absent: number, into: Int32Array, start: number): number {
    const { tags } = this.#memory;
    const { clusterCount, clusterSectors, lengthSectors } = store;
    for (let cluster = 0; cluster < clusterCount; cluster++) {
      const first = cluster * clusterSectors;
      const end = Math.min(first + clusterSectors, lengthSectors);
      const slot = store.slotOf(cluster);
      const isFound = slot >= 0 && store.isConsistent(cluster);
      const missing = slot < 0 && store.isConsistent(cluster) ? absent : FOREIGN_CONTENT;
      for (let sector = first; sector < end; sector++) {
        into[start + sector] = isFound
          ? contentNumber(
              tags.decodeSector(store.segment(slot), store.wordOffset(slot, sector - first), sector),
            )
          : missing;
      }
    }
    return start + lengthSectors;
  }

  #restoreStore(store: ClusterStore, from: Int32Array, start: number): number {
    const { tags } = this.#memory;
    const { clusterCount, clusterSectors, lengthSectors, wordsPerSector } = store;
    store.clear();
    for (let cluster = 0; cluster < clusterCount; cluster++) {
      const first = cluster * clusterSectors;
      if (from[start + first] === NO_CONTENT) continue;
      const end = Math.min(first + clusterSectors, lengthSectors);
      const slot = store.reserve();
      const words = store.segment(slot);
      let to = store.wordOffset(slot, 0);
      for (let sector = first; sector < end; sector++) {
        restoreSector(tags, from[start + sector] ?? FOREIGN_CONTENT, sector, words, to);
        to += wordsPerSector;
      }
      store.publish(cluster, slot);
    }
    return start + lengthSectors;
  }
}
