/** The real QEMU binary as a system under test: one long-lived process, controlled by QMP, bytes by NBD. */
import { operationNames } from '../operation-lists.ts';
import { defects, layers, NODES_MAX, readOnlyPlaces } from '../../model/vocabulary.ts';
import { isFrom } from '../../model/operations.ts';
import type { FaultOperation, Operation } from '../../model/operations.ts';
import type { AbortRule, Defect, Outcome, Setup, Stage } from '../../model/vocabulary.ts';
import type { Shown, ShownNode } from '../shown.ts';
import type { Capabilities } from '../capabilities.ts';
import type { AsyncSystem, BrokenAtEnd } from '../system.ts';
import { accepted } from './accepted-operations.ts';
import { abortRule } from './graph/answers.ts';
import { NodeStorage, overlayPlace } from './graph/node-storage.ts';
import type { OverlayPlace } from './graph/node-storage.ts';
import { makeOverlays } from './graph/overlay-nodes.ts';
import { contentOfGaps } from './gap-content.ts';
import { QemuCase } from './qemu-case.ts';
import { diskLength } from '../gaps.ts';
import { GEOMETRY_LIMITS, requireGeometry, SECTOR_BYTES } from './nbd/qemu-geometry.ts';
import { QemuHost } from './qemu-host.ts';
import type { QemuOptions } from './qemu-host.ts';
import { QemuLost } from './watch/qemu-lost.ts';
import { QemuNode } from './qemu-node.ts';
import { KeptPayloads, payloadsOfNode } from './qemu-payloads.ts';
import { RestoredLinks } from './restored-links.ts';
import { suffixOf } from './graph/storage-exports.ts';
import { storageRules } from './storage-rules.ts';

export type { QemuOptions } from './qemu-host.ts';

/** No command reaches the internal jobs: their end cannot be provoked, nor one of their requests be picked. */
const UNREACHABLE: readonly Operation['op'][] = ['commitAdvance', 'endJob'];

const CAPABILITIES: Capabilities = {
  operations: operationNames.filter((name) => !UNREACHABLE.includes(name)),
  observes: ['view', 'secondary', 'answeredBy', 'commitRuns', 'wiring', 'probes'],
  modes: ['primary', 'secondary'],
  defects,
  badSectors: layers,
  readOnly: readOnlyPlaces,
  nodesMax: NODES_MAX,
  control: 'qmp',
  commit: 'free',
  joinsCommitUnits: true,
  geometry: GEOMETRY_LIMITS,
};

/** What is known of a loaded case besides what QEMU itself knows. */
interface Loaded {
  readonly setup: Setup;
  readonly storages: readonly NodeStorage[];
  readonly places: readonly OverlayPlace[];
  current: QemuCase;
  /** The rule by which the process died. */
  dead: AbortRule | null;
}

class QemuSystem implements AsyncSystem {
  readonly name = 'qemu';
  readonly capabilities: Capabilities;
  readonly #options: QemuOptions;
  #host: QemuHost | null = null;
  readonly #payloads = new KeptPayloads();
  #loaded: Loaded | null = null;
  readonly #restoredLinks = new RestoredLinks();

  constructor(options: QemuOptions, without: readonly Defect[]) {
    this.#options = options;
    const given = defects.filter((defect) => !without.includes(defect));
    this.capabilities = { ...CAPABILITIES, defects: given };
  }

  async load(setup: Setup, operations: readonly Operation[]): Promise<void> {
    for (const node of setup.nodes) requireGeometry(node);
    await this.unload();
    this.#host ??= await QemuHost.prepare(this.#options);
    const host = this.#host;
    try {
      (await host.processFor(setup.nodes.length)).beginCase();
    } catch (error) {
      throw await this.#explain(error);
    }
    const kept = this.#payloads.for(setup);
    const storages = setup.nodes.map(
      (node, index) => new NodeStorage(host.server, suffixOf(index), node, payloadsOfNode(node, kept)),
    );
    host.server.rules = storageRules(storages, host.holds);
    for (const hold of host.holds) hold.early.forget();
    for (const [index, storage] of storages.entries()) {
      storage.onReadFault = () => host.holds[index]?.doom();
    }
    const places = setup.nodes.map((node, index) => overlayPlace(node, operationsOn(index, operations)));
    const current = await this.#begin(host, setup, storages, places, 'all peers');
    this.#loaded = { setup, storages, places, current, dead: null };
  }

  async apply(operation: Operation): Promise<Outcome> {
    const loaded = this.#requireLoaded();
    try {
      if (loaded.dead !== null) {
        if (isFrom(operation, 'nature')) return await this.#faultWhileDead(loaded, operation);
        if (operation.op !== 'open') return { kind: 'abort', rule: loaded.dead };
        const { setup, storages, places } = loaded;
        for (const storage of storages) storage.enterNewProcess();
        loaded.current = await this.#begin(this.#requireHost(), setup, storages, places, 'no peers');
        loaded.dead = null;
      }
      return await loaded.current.apply(operation);
    } catch (error) {
      return this.#lose(loaded, operation, error);
    }
  }

  async observe(): Promise<Shown> {
    const loaded = this.#requireLoaded();
    if (loaded.dead !== null) return this.#showDead(loaded, loaded.dead);
    try {
      return await loaded.current.observe();
    } catch (error) {
      throw await this.#explain(error);
    }
  }

  accepts(operation: Operation, stages: readonly Stage[], setup: Setup): boolean {
    const loaded = this.#loaded;
    const known =
      loaded === null || loaded.setup !== setup
        ? null
        : {
            places: loaded.places,
            ejected: loaded.storages.map(({ hasEjected }) => hasEjected),
          };
    return accepted(operation, stages, setup, known);
  }

  async finish(): Promise<BrokenAtEnd | null> {
    const loaded = this.#loaded;
    const lookedAt = loaded === null || loaded.dead !== null ? null : loaded.current;
    const broken = await this.#brokenUnseen(lookedAt).catch(async (error: unknown) => {
      throw await this.#explain(error);
    });
    const left = await this.#remove();
    if (broken !== null) return broken;
    return left === null ? null : { promise: 'a-case-leaves-nothing-behind', detail: left };
  }

  async #brokenUnseen(current: QemuCase | null): Promise<BrokenAtEnd | null> {
    const unused = await this.#restoredLinks.unused(current?.nodes ?? []);
    return unused ?? (await current?.changedUnseen()) ?? contentOfGaps(current?.nodes ?? []);
  }

  async unload(): Promise<void> {
    await this.#remove();
  }

  /** What is left of the case in the graph of the process, which is given up then; null where nothing is. */
  async #remove(): Promise<string | null> {
    const loaded = this.#loaded;
    this.#loaded = null;
    if (loaded === null || loaded.dead !== null) return null;
    // Without a medium, or with a failover that has no job, what is left can only be removed with the process.
    const isBeyondRemoval =
      loaded.storages.some(({ hasEjected }) => hasEjected) ||
      loaded.setup.nodes.some(({ defects: wrong }) => wrong.includes('hiddenExported'));
    try {
      if (!isBeyondRemoval) await loaded.current.remove();
      const left = isBeyondRemoval ? null : await this.#requireHost().leftInGraph();
      if (isBeyondRemoval || left !== null) await this.#dropProcess();
      return left;
    } catch (error) {
      throw await this.#explain(error);
    }
  }

  async renew(): Promise<void> {
    this.#loaded = null;
    if (this.#host === null) return;
    await Promise.all([this.#dropProcess(), this.#host.peers.shutdown()]);
  }

  async shutdown(): Promise<void> {
    this.#loaded = null;
    const host = this.#host;
    this.#host = null;
    await host?.shutdown();
  }

  async #begin(
    host: QemuHost,
    setup: Setup,
    storages: readonly NodeStorage[],
    places: readonly OverlayPlace[],
    starting: 'all peers' | 'no peers',
  ): Promise<QemuCase> {
    try {
      const process = await host.processFor(setup.nodes.length);
      const { traffic } = host.server;
      const nodes: QemuNode[] = [];
      for (const [index, storage] of storages.entries()) {
        const hold = host.holds[index];
        const node = storage.setup;
        if (hold === undefined) throw new RangeError(`there is no hold for node ${index}`);
        const { suffix } = storage;
        const isPrimary = node.mode === 'primary';
        if (isPrimary && starting === 'all peers') await host.peers.start(index, lengthBytesOf(storage));
        const overlays = isPrimary ? null : await makeOverlays(host, node, suffix, places[index] ?? 'files');
        const peerPath = isPrimary ? host.peers.pathOf(index) : null;
        const shared = { process, stallMs: host.stallMs, traffic };
        nodes.push(new QemuNode({ ...shared, setup: node, suffix, overlays, peerPath, storage, hold }));
      }
      const setLink = (node: number, isUp: boolean): Promise<void> => this.#setLink(storages, node, isUp);
      const begun = new QemuCase({ process, nodes, stallMs: host.stallMs, traffic, setLink });
      await begun.build();
      return begun;
    } catch (error) {
      throw await this.#explain(error);
    }
  }

  async #setLink(storages: readonly NodeStorage[], node: number, isUp: boolean): Promise<void> {
    const { peers } = this.#requireHost();
    const storage = storages[node];
    if (isUp && storage !== undefined) await peers.start(node, lengthBytesOf(storage));
    else await peers.stop(node);
  }

  /** Accidents happen to disks and peers also while no process looks at them. */
  async #faultWhileDead(loaded: Loaded, operation: FaultOperation): Promise<Outcome> {
    const node = operation.node ?? 0;
    loaded.storages[node]?.apply(operation);
    if (operation.op === 'cutLink' || operation.op === 'restoreLink') {
      await this.#setLink(loaded.storages, node, operation.op === 'restoreLink');
    }
    return { kind: 'ok' };
  }

  #showDead({ storages, current }: Loaded, rule: AbortRule): Shown {
    const death: Outcome = { kind: 'abort', rule };
    const nodes = storages.map(({ secondary, payloads }): ShownNode => ({
      view: death,
      secondary: payloads.decode(secondary, 0),
      answeredBy: null,
      commitRuns: false,
    }));
    return { nodes, probes: { getError: death, startOtherMode: death }, ...current.settled };
  }

  async #lose(loaded: Loaded, operation: Operation, error: unknown): Promise<Outcome> {
    const process = this.#requireHost().running;
    const explained = await this.#explain(error);
    const isCrash = explained instanceof QemuLost && explained.how === 'crash' && process !== null;
    const rule = isCrash ? abortRule(operation, { signal: process.diedOf, said: process.said }) : null;
    if (rule === null) throw explained;
    this.#loaded = loaded;
    loaded.dead = rule;
    return { kind: 'abort', rule };
  }

  /** What to report of an error in a case; the case is over and its process gone. It is a `SystemLost` where QEMU did it. */
  async #explain(error: unknown): Promise<unknown> {
    this.#loaded = null;
    const host = this.#requireHost();
    const explained = await host.explain(error);
    await this.#dropProcess();
    return explained;
  }

  async #dropProcess(): Promise<void> {
    const host = this.#requireHost();
    await host.dropProcess();
    for (const hold of host.holds) hold.forget();
  }

  #requireLoaded(): Loaded {
    if (this.#loaded === null) throw new Error('no case is loaded, or its process was lost; call load first');
    return this.#loaded;
  }

  #requireHost(): QemuHost {
    if (this.#host === null) throw new Error('the system was shut down; call load first');
    return this.#host;
  }
}

function lengthBytesOf({ setup }: NodeStorage): number {
  return diskLength(setup.geometry) * SECTOR_BYTES;
}

function operationsOn(node: number, operations: readonly Operation[]): readonly Operation[] {
  return operations.filter((operation) => ('node' in operation ? (operation.node ?? 0) : 0) === node);
}

/**
 * Nothing runs before the first `load`, which rejects with `EnvironmentError` where QEMU cannot be used. The defects `without`
 * are not declared.
 */
export function createQemuSystem(options: QemuOptions = {}, without: readonly Defect[] = []): AsyncSystem {
  return new QemuSystem(options, without);
}
