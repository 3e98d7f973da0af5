/** The real QEMU binary where requests overlap: what it asks of the secondary disk and of the overlays is held until a case lets it go. */
import { operationTable } from '../../../model/operations.ts';
import type { Operation } from '../../../model/operations.ts';
import { overlayNames, readOnlyPlaces } from '../../../model/vocabulary.ts';
import type { Outcome, Setup } from '../../../model/vocabulary.ts';
import { operationNames } from '../../operation-lists.ts';
import type { Capabilities } from '../../capabilities.ts';
import type { Answered, AsyncInFlightAccess, RequestNumber } from '../../in-flight.ts';
import type { Shown } from '../../shown.ts';
import type { AsyncSystem } from '../../system.ts';
import { makeOverlays } from '../graph/overlay-nodes.ts';
import { firstFault, NodeStorage } from '../graph/node-storage.ts';
import { dataDisk, stationExports, stationsNode, suffixOf } from '../graph/storage-exports.ts';
import { GEOMETRY_LIMITS, requireGeometry, SECTOR_BYTES, SHORT_SECTORS_MAX } from '../nbd/qemu-geometry.ts';
import { QemuCase } from '../qemu-case.ts';
import { QemuHost } from '../qemu-host.ts';
import type { QemuOptions } from '../qemu-host.ts';
import { QemuNode } from '../qemu-node.ts';
import { KeptPayloads } from '../qemu-payloads.ts';
import type { QemuProcess } from '../process/qemu-process.ts';
import { Nudges } from './nudges.ts';
import { overlapRules } from './overlap-rules.ts';
import { HELD_STALLS } from './last-answer.ts';
import { QemuFlight } from './qemu-flight.ts';
import type { Ways } from './stations.ts';

const CAPABILITIES: Capabilities = {
  operations: operationNames.filter((op) => op !== 'commitAdvance' && operationTable[op].issuer !== 'nature'),
  observes: ['view', 'secondary', 'commitRuns'],
  modes: ['secondary'],
  defects: [],
  badSectors: [],
  readOnly: readOnlyPlaces,
  nodesMax: 1,
  control: 'qmp',
  commit: 'free',
  joinsCommitUnits: true,
  geometry: { ...GEOMETRY_LIMITS, lengthSectorsMax: SHORT_SECTORS_MAX },
};

/** The number of a request that is asked while nothing is in flight. */
const ALONE = -1;

interface Loaded {
  readonly current: QemuCase;
  readonly node: QemuNode;
  readonly flight: QemuFlight;
}

export class OverlappingQemu implements AsyncSystem {
  readonly name = 'qemu';
  readonly capabilities = CAPABILITIES;
  readonly inFlight: AsyncInFlightAccess;
  readonly #options: QemuOptions;
  #host: QemuHost | null = null;
  readonly #payloads = new KeptPayloads();
  #loaded: Loaded | null = null;
  readonly #nudges = new WeakMap<QemuProcess, Nudges>();

  constructor(options: QemuOptions) {
    this.#options = options;
    this.inFlight = {
      capabilities: overlapRules,
      submit: (request, operation) => this.#with(({ flight }) => flight.submit(request, operation)),
      advance: (request) => this.#with(({ flight }) => flight.advance(request)),
      await: (request) => this.#with(({ flight }) => flight.await(request)),
    };
  }

  async load(setup: Setup): Promise<void> {
    for (const node of setup.nodes) requireGeometry(node);
    await this.unload();
    this.#host ??= await QemuHost.prepare(this.#options, {
      storageOf: stationsNode,
      transport: 'stream',
      stalls: HELD_STALLS,
    });
    const host = this.#host;
    try {
      this.#loaded = await this.#begin(host, setup);
    } catch (error) {
      throw await this.#explain(error);
    }
  }

  async apply(operation: Operation): Promise<Outcome> {
    const answers: Answered[] = [];
    await this.#with(async ({ flight }) => {
      answers.push(...(await flight.submit(ALONE, operation)), ...(await flight.await(ALONE)));
    });
    const own = answers.find(({ request }: { readonly request: RequestNumber }) => request === ALONE);
    if (own === undefined) throw new Error(`${operation.op} was not answered`);
    return own.outcome;
  }

  observe(): Promise<Shown> {
    return this.#with(async ({ flight, node }) => {
      await flight.lookAtGraph();
      const { answeredBy: _, wiring: __, ...shown } = await flight.passing(node.observe(null));
      return { nodes: [shown] };
    });
  }

  accepts(): boolean {
    return true;
  }

  async unload(): Promise<void> {
    const loaded = this.#loaded;
    if (loaded === null) return;
    await this.#with(async ({ flight, current }) => {
      await flight.end();
      await current.remove();
    });
    this.#loaded = null;
  }

  async renew(): Promise<void> {
    this.#loaded = null;
    await this.#host?.dropProcess();
  }

  async shutdown(): Promise<void> {
    this.#loaded = null;
    const host = this.#host;
    this.#host = null;
    await host?.shutdown();
  }

  /** Of the binary's version; null before it runs. */
  get qemuMajor(): number | null {
    return this.#host?.running?.qmp.version.major ?? null;
  }

  /** What is held, for tests: the command and the sectors of each, oldest first. */
  get held(): readonly string[] {
    return (this.#loaded?.flight.stations.held ?? []).map(
      ({ exportName, command, offsetBytes, lengthBytes }) =>
        `${overlayNamed(exportName)}${command} ${offsetBytes / SECTOR_BYTES}+${lengthBytes / SECTOR_BYTES}`,
    );
  }

  async #begin(host: QemuHost, setup: Setup): Promise<Loaded> {
    const [nodeSetup] = setup.nodes;
    if (nodeSetup === undefined) throw new RangeError('there is no node');
    const process = await host.processFor(1);
    const payloads = this.#payloads.for(setup);
    process.beginCase();
    const suffix = suffixOf(0);
    const stations = stationExports(suffix);
    const nudges =
      this.#nudges.get(process) ?? (await Nudges.prepare(process, stations, HELD_STALLS * host.stallMs));
    this.#nudges.set(process, nudges);
    const [hold] = host.holds;
    if (hold === undefined) throw new RangeError('there is no hold');
    const storage = new NodeStorage(host.server, suffix, nodeSetup, payloads);
    const overlays = await makeOverlays(host, nodeSetup, suffix, 'dataFiles');
    const { traffic } = host.server;
    const shared = { process, payloads, stallMs: host.stallMs };
    const node = new QemuNode({
      ...shared,
      traffic,
      setup: nodeSetup,
      suffix,
      overlays,
      peerPath: null,
      storage,
      hold,
    });
    const setLink = (): Promise<void> => Promise.resolve();
    const current = new QemuCase({ process, nodes: [node], stallMs: host.stallMs, traffic, setLink });
    const flight = new QemuFlight({
      ...shared,
      server: host.server,
      node,
      current,
      ways: waysTo(suffix, stations),
      nudges,
    });
    const { rules } = flight.stations;
    host.server.rules = {
      ...rules,
      fault: (request) => rules.fault(request) ?? firstFault([storage], request),
    };
    await current.build();
    return { current, node, flight };
  }

  async #with<Result>(act: (loaded: Loaded) => Promise<Result>): Promise<Result> {
    const loaded = this.#loaded;
    if (loaded === null) throw new Error('no case is loaded, or its process was lost; call load first');
    try {
      return await act(loaded);
    } catch (error) {
      throw await this.#explain(error);
    }
  }

  async #explain(error: unknown): Promise<unknown> {
    this.#loaded = null;
    const host = this.#host;
    if (host === null) return error;
    const explained = await host.explain(error);
    await host.dropProcess();
    return explained;
  }
}

function waysTo(suffix: string, stations: readonly string[]): Ways[] {
  const overlays = overlayNames.map((layer) => ({ layer, exports: [dataDisk(layer, suffix)] }));
  return [{ layer: 'secondary', exports: stations }, ...overlays];
}

function overlayNamed(exportName: string): string {
  const overlay = overlayNames.find((name) => exportName.startsWith(name));
  return overlay === undefined ? '' : `${overlay} `;
}

/** Nothing runs before the first `load`, which rejects with `EnvironmentError` where QEMU cannot be used. */
export function createOverlappingQemu(options: QemuOptions = {}): OverlappingQemu {
  return new OverlappingQemu(options);
}
