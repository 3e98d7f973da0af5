/** The efficient implementation as a system under test: operations with tags become requests with bytes. */
import { defects, layers, NODES_MAX, readOnlyPlaces } from '../../model/vocabulary.ts';
import { operationNames } from '../operation-lists.ts';
import type { FaultOperation, Operation, OperationAtNode } from '../../model/operations.ts';
import type { NodeSetup, Observation, Outcome, Range, Setup } from '../../model/vocabulary.ts';
import type { Capabilities } from '../capabilities.ts';
import { partsWithin } from '../gaps.ts';
import type { StateAccess } from '../state-access.ts';
import type { BrokenAtEnd, Look, System } from '../system.ts';
import { CaseMemories, type CaseMemory, type NodeClass } from './compare/case-memory.ts';
import { contentOfGaps } from './compare/gap-content.ts';
import { observeNode } from './compare/node-observation.ts';
import { request } from './compare/tagged-requests.ts';
import { RequestQueue } from './in-flight/request-queue.ts';
import type { QueueClass, StepsClass } from './in-flight/request-queue.ts';
import { aborted } from './node/outcomes.ts';
import { ReplicationHost } from './node/replication-host.ts';
import { ReplicationNode } from './node/replication-node.ts';
import { SavedStates } from './saved/saved-state.ts';

const CAPABILITIES: Capabilities = {
  operations: operationNames,
  observes: ['stage', 'errorFlag', 'view', 'active', 'hidden', 'secondary', 'wiring'],
  modes: ['primary', 'secondary'],
  defects,
  badSectors: layers,
  readOnly: readOnlyPlaces,
  nodesMax: NODES_MAX,
  control: 'driver',
  commit: 'stepped',
  // Each tag in use costs the bytes of a whole disk; the node itself has no such limit.
  joinsCommitUnits: true,
  geometry: { sectorBytes: 'any', lengthSectorsMax: 65_536, slices: 'any' },
};

/** 1 TiB in sectors of 512 bytes before what a case reaches. */
const DISK_SECTORS_MAX = 2 ** 31 + CAPABILITIES.geometry.lengthSectorsMax;

/** The real one, or a seeded bug that extends it. */
export type HostClass = new () => ReplicationHost;

/** What is in flight, and how it is done step by step. */
export interface InFlightClasses {
  readonly queue?: QueueClass;
  readonly steps?: StepsClass;
}

/**
 * All classes may be subclasses with a seeded bug. Such nodes mostly cost by the length of a disk: gaps are for those that
 * say so. `sectorBytes` must be a multiple of 4.
 */
export function createEfficientSystem(
  nodeClass: NodeClass = ReplicationNode,
  name = 'impl',
  hostClass: HostClass = ReplicationHost,
  inFlight: InFlightClasses = {},
  hasGaps = nodeClass === ReplicationNode,
): System {
  return new EfficientSystem(nodeClass, name, new hostClass(), inFlight, hasGaps);
}

class EfficientSystem implements System {
  readonly name: string;
  readonly capabilities: Capabilities;
  readonly inFlight: RequestQueue;
  /** One for each place that a node can have in a host. */
  readonly #memories: readonly CaseMemories[];
  readonly #host: ReplicationHost;
  /** The nodes that are loaded. */
  #loaded: CaseMemory[] = [];
  #states: SavedStates | null = null;

  constructor(
    nodeClass: NodeClass,
    name: string,
    host: ReplicationHost,
    inFlight: InFlightClasses,
    hasGaps: boolean,
  ) {
    this.name = name;
    const { geometry } = CAPABILITIES;
    this.capabilities = hasGaps
      ? { ...CAPABILITIES, geometry: { ...geometry, diskSectorsMax: DISK_SECTORS_MAX } }
      : CAPABILITIES;
    this.#host = host;
    const { queue = RequestQueue, steps } = inFlight;
    this.inFlight = new queue(host, (operation) => this.apply(operation), steps);
    this.#memories = ['', '2', '3'].map((suffix) => new CaseMemories(nodeClass, suffix));
  }

  /** Of the case that is loaded now. Throws a RangeError where its disks are too long for that. */
  get states(): StateAccess {
    this.#states ??= new SavedStates(this.#host, this.#loaded);
    return this.#states;
  }

  load({ nodes }: Setup): void {
    this.#states = null;
    this.#loaded = nodes.map((setup, index) => this.#loadNode(setup, index));
    this.#host.load(this.#loaded.map(({ node }) => node));
    this.inFlight.load(this.#loaded);
  }

  apply(operation: Operation): Outcome {
    const host = this.#host;
    switch (operation.op) {
      case 'start':
      case 'checkpoint':
      case 'getError':
      case 'stop':
        return host.dead === null ? host.control(operation) : aborted(host.dead);
      case 'setReplication':
      case 'queryStatus':
        return host.dead === null ? host.qmp(operation) : aborted(host.dead);
      default:
        return this.#applyTo(this.#memory(operation.node ?? 0), operation);
    }
  }

  observe(): readonly Observation[] {
    return this.#loaded.map((memory) => observeNode(memory, this.#host));
  }

  agrees(node: number, expected: Observation, touched: Range | null, look: Look): boolean {
    const { dead } = this.#host;
    return this.#memory(node).comparison.agrees(
      expected,
      touched,
      look,
      dead === null ? null : aborted(dead),
    );
  }

  finish(): BrokenAtEnd | null {
    for (const [index, { geometry, node }] of this.#loaded.entries()) {
      const found = contentOfGaps(geometry, node);
      if (found !== null) return { promise: 'gaps-hold-nothing', detail: `node ${index}: ${found}` };
    }
    return null;
  }

  unload(): void {
    this.#states = null;
    this.#loaded = [];
    this.#host.load([]);
    this.inFlight.load([]);
  }

  #loadNode(setup: NodeSetup, index: number): CaseMemory {
    if (!(setup.commitRequestsMax >= 1)) {
      throw new RangeError(`setup.commitRequestsMax is ${setup.commitRequestsMax}: must be at least 1`);
    }
    const { commitJoinsUnits: joins = 1 } = setup;
    if (!(joins >= 1)) throw new RangeError(`setup.commitJoinsUnits is ${joins}: must be at least 1`);
    const memory = this.#memories[index]?.of(setup.geometry);
    if (memory === undefined) throw new RangeError(`a host has at most ${this.#memories.length} nodes`);
    const { node, tags, geometry } = memory;
    memory.forget();
    node.load(memory.onDisk(setup));
    for (const { sector, count, tag } of setup.initialContent) {
      if (sector + count > geometry.lengthSectors) {
        throw new RangeError(
          `setup.initialContent has sectors ${sector} to ${sector + count - 1}: the disk has ${geometry.lengthSectors}`,
        );
      }
      for (const part of partsWithin(memory.parts, sector, sector + count)) {
        const at = part.sector * node.wordsPerSector;
        node.secondary.store(part.sector + part.before, part.end - part.sector, tags.image(tag), at);
      }
    }
    return memory;
  }

  #applyTo(memory: CaseMemory, operation: OperationAtNode): Outcome {
    const { node } = memory;
    const host = this.#host;
    switch (operation.op) {
      case 'open':
        return host.open(node);
      case 'breakSector':
      case 'repairSectors':
      case 'failEmptying':
      case 'endJob':
      case 'cutLink':
      case 'restoreLink':
        return host.suffer(node, onDisk(memory, operation));
      case 'close':
        return host.dead === null ? host.close(node) : aborted(host.dead);
      default:
        return host.dead === null ? request(memory, operation) : aborted(host.dead);
    }
  }

  #memory(node: number): CaseMemory {
    const memory = this.#loaded[node];
    if (memory !== undefined) return memory;
    throw new Error(
      this.#loaded.length === 0 ? 'no case is loaded: call load(setup) first' : `there is no node ${node}`,
    );
  }
}

/** A fault strikes where the disk has the sector. */
function onDisk(memory: CaseMemory, fault: FaultOperation): FaultOperation {
  return fault.op === 'breakSector' ? { ...fault, sector: memory.diskSector(fault.sector) } : fault;
}
