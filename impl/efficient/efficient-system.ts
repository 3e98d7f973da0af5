/** The efficient implementation as a system under test: operations with tags become requests with bytes. */
import { defects, layers, NODES_MAX, readOnlyPlaces } from '../../model/vocabulary.ts';
import { operationNames } from '../operation-lists.ts';
import type { FaultOperation, NodeOperation, Operation, OperationAtNode } from '../../model/operations.ts';
import type {
  Extent,
  NodeSetup,
  Observation,
  Outcome,
  OverlayContent,
  Range,
  Setup,
  Tag,
} from '../../model/vocabulary.ts';
import type { Capabilities } from '../capabilities.ts';
import { POISON_WORD } from '../payload.ts';
import { UNREADABLE } from './compare/unreadable.ts';
import type { StateAccess } from '../state-access.ts';
import type { Look, System } from '../system.ts';
import { CaseMemories, type CaseMemory, type NodeClass } from './compare/case-memory.ts';
import { aborted, EIO, OK } from './node/outcomes.ts';
import type { Overlay } from './memory/overlay.ts';
import { RequestQueue } from './in-flight/request-queue.ts';
import type { QueueClass, StepsClass } from './in-flight/request-queue.ts';
import { ReplicationHost } from './node/replication-host.ts';
import { ReplicationNode } from './node/replication-node.ts';
import { SavedStates } from './saved/saved-state.ts';
import { fillWords } from './memory/word-copy.ts';

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

/** The real one, or a seeded bug that extends it. */
export type HostClass = new () => ReplicationHost;

/** What is in flight, and how it is done step by step. */
export interface InFlightClasses {
  readonly queue?: QueueClass;
  readonly steps?: StepsClass;
}

/** All classes may be subclasses with a seeded bug. `sectorBytes` must be a multiple of 4. */
export function createEfficientSystem(
  nodeClass: NodeClass = ReplicationNode,
  name = 'impl',
  hostClass: HostClass = ReplicationHost,
  inFlight: InFlightClasses = {},
): System {
  return new EfficientSystem(nodeClass, name, new hostClass(), inFlight);
}

class EfficientSystem implements System {
  readonly name: string;
  readonly capabilities = CAPABILITIES;
  readonly inFlight: RequestQueue;
  /** One for each place that a node can have in a host. */
  readonly #memories: readonly CaseMemories[];
  readonly #host: ReplicationHost;
  /** The nodes that are loaded. */
  #loaded: CaseMemory[] = [];
  #states: SavedStates | null = null;

  constructor(nodeClass: NodeClass, name: string, host: ReplicationHost, inFlight: InFlightClasses) {
    this.name = name;
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
    const { node, tags } = memory;
    node.load(setup);
    for (const { sector, count, tag } of setup.initialContent) {
      if (!node.isInside(sector, count)) {
        throw new RangeError(
          `setup.initialContent has sectors ${sector} to ${sector + count - 1}: the disk has ${node.lengthSectors}`,
        );
      }
      node.secondary.store(sector, count, tags.image(tag), sector * node.wordsPerSector);
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
        return host.suffer(node, operation);
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

type Request = Exclude<OperationAtNode, NodeOperation | FaultOperation>;

function request(memory: CaseMemory, operation: Request): Outcome {
  const { node } = memory;
  switch (operation.op) {
    case 'guestRead':
      return guestRead(memory, operation);
    case 'guestWrite':
      return guestWrite(memory, operation);
    case 'primaryWrite':
      return primaryWrite(memory, operation);
    case 'primaryRead':
      return primaryRead(memory, operation);
    case 'commitAdvance':
      return node.commitAdvance();
    case 'commitSettle':
      return node.commitSettle();
    case 'guestWriteZeroes':
      return node.guestWriteZeroes(operation.sector, operation.count);
    case 'primaryWriteZeroes':
      return node.primaryWriteZeroes(operation.sector, operation.count);
    case 'guestDiscard':
      return node.guestDiscard(operation.sector, operation.count);
    case 'primaryDiscard':
      return node.primaryDiscard(operation.sector, operation.count);
    case 'guestFlush':
      return node.guestFlush();
    case 'primaryFlush':
      return node.primaryFlush();
  }
}

function observeNode(memory: CaseMemory, { dead }: ReplicationHost): Observation {
  const { node } = memory;
  return {
    stage: node.stage,
    errorFlag: node.errorFlag,
    view: dead === null ? view(memory) : aborted(dead),
    active: overlayContent(memory, node.active),
    hidden: overlayContent(memory, node.hidden),
    secondary: secondaryContent(memory),
    wiring: node.wiring(),
  };
}

/** What reads of single sectors return; the whole at once where nothing fails. */
function view(memory: CaseMemory): Outcome {
  const { node } = memory;
  const whole = guestRead(memory, { sector: 0, count: node.lengthSectors });
  if (whole !== EIO || guestRead(memory, { sector: 0, count: 0 }) === EIO) return whole;
  const found: Tag[] = [];
  for (let sector = 0; sector < node.lengthSectors; sector++) {
    const outcome = guestRead(memory, { sector, count: 1 });
    found.push(outcome.kind === 'data' ? (outcome.tags[0] ?? UNREADABLE) : UNREADABLE);
  }
  return { kind: 'data', tags: found };
}

function guestWrite({ node, tags }: CaseMemory, { sector, count, tag }: Extent): Outcome {
  return node.guestWrite(sector, count, tags.image(tag), sector * node.wordsPerSector);
}

function primaryWrite({ node, tags }: CaseMemory, { sector, count, tag }: Extent): Outcome {
  return node.primaryWrite(sector, count, tags.image(tag), sector * node.wordsPerSector);
}

function guestRead(memory: CaseMemory, { sector, count }: Range): Outcome {
  const at = poison(memory, sector, count);
  return dataOrRefusal(memory, memory.node.guestRead(sector, count, memory.buffer, at), at, sector, count);
}

function primaryRead(memory: CaseMemory, { sector, count }: Range): Outcome {
  const at = poison(memory, sector, count);
  return dataOrRefusal(memory, memory.node.primaryRead(sector, count, memory.buffer, at), at, sector, count);
}

/** Makes the part of the buffer into which a request will read foreign to every tag; returns its place in words. */
function poison({ node, buffer }: CaseMemory, sector: number, count: number): number {
  const at = sector * node.wordsPerSector;
  if (node.isInside(sector, count)) fillWords(buffer, at, POISON_WORD, count * node.wordsPerSector);
  return at;
}

function dataOrRefusal(
  memory: CaseMemory,
  outcome: Outcome,
  at: number,
  sector: number,
  count: number,
): Outcome {
  return outcome === OK
    ? { kind: 'data', tags: memory.tags.decode(memory.buffer, at, sector, count) }
    : outcome;
}

function overlayContent({ tags }: CaseMemory, overlay: Overlay): OverlayContent {
  const content: (Tag | null)[] = [];
  for (let sector = 0; sector < overlay.lengthSectors; sector++) {
    const cluster = overlay.clusterOf(sector);
    const slot = overlay.slotOf(cluster);
    const at = slot < 0 ? 0 : overlay.wordOffset(slot, sector - cluster * overlay.clusterSectors);
    content.push(slot < 0 ? null : tags.decodeSector(overlay.segmentToRead(slot), at, sector));
  }
  return content;
}

function secondaryContent({ node, tags, buffer }: CaseMemory): readonly Tag[] {
  fillWords(buffer, 0, POISON_WORD, buffer.length);
  node.secondary.read(0, node.lengthSectors, buffer, 0);
  return tags.decode(buffer, 0, 0, node.lengthSectors);
}
