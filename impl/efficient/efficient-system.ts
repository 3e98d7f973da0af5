/** The efficient implementation as a system under test: operations with tags become requests with bytes. */
import { defects, operationNames } from '../../model/vocabulary.ts';
import type {
  Capabilities,
  Extent,
  Observation,
  Operation,
  Outcome,
  OverlayContent,
  Range,
  Setup,
  Tag,
} from '../../model/vocabulary.ts';
import { POISON_WORD } from '../payload.ts';
import type { Depth, System } from '../system.ts';
import { CaseMemories, type CaseMemory, type NodeClass } from './case-memory.ts';
import { ABORTED, OK } from './outcomes.ts';
import type { Overlay } from './overlay.ts';
import { ReplicationNode } from './replication-node.ts';
import { fillWords } from './word-copy.ts';

const CAPABILITIES: Capabilities = {
  operations: operationNames,
  observes: ['stage', 'errorFlag', 'view', 'active', 'hidden', 'secondary'],
  modes: ['primary', 'secondary'],
  defects,
  badSectors: true,
  control: 'driver',
  commit: 'stepped',
  // Each tag in use costs the bytes of a whole disk; the node itself has no such limit.
  geometry: { sectorBytes: 'any', lengthSectorsMax: 65_536 },
};

/** `nodeClass` may be a subclass with a seeded bug. `sectorBytes` must be a multiple of 4. */
export function createEfficientSystem(nodeClass: NodeClass = ReplicationNode, name = 'efficient'): System {
  return new EfficientSystem(nodeClass, name);
}

class EfficientSystem implements System {
  readonly name: string;
  readonly capabilities = CAPABILITIES;
  readonly #memories: CaseMemories;
  #loaded: CaseMemory | null = null;

  constructor(nodeClass: NodeClass, name: string) {
    this.name = name;
    this.#memories = new CaseMemories(nodeClass);
  }

  load(setup: Setup): void {
    if (!(setup.commitRequestsMax >= 1)) {
      throw new RangeError(`setup.commitRequestsMax is ${setup.commitRequestsMax}: must be at least 1`);
    }
    const memory = this.#memories.of(setup.geometry);
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
    this.#loaded = memory;
  }

  apply(operation: Operation): Outcome {
    const memory = this.#memory();
    const { node } = memory;
    if (node.stage === 'aborted' && operation.op !== 'open') return ABORTED;
    switch (operation.op) {
      case 'guestRead':
        return guestRead(memory, operation);
      case 'guestWrite':
        return guestWrite(memory, operation);
      case 'primaryWrite':
        return primaryWrite(memory, operation);
      case 'primaryRead':
        return primaryRead(memory, operation);
      case 'checkpoint':
        return node.checkpoint();
      case 'commitAdvance':
        return node.commitAdvance();
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
      case 'getError':
        return node.getError();
      case 'start':
        return node.start(operation.mode);
      case 'stop':
        return node.stop(operation.failover);
      case 'commitSettle':
        return node.commitSettle();
      case 'open':
        return node.open();
      case 'close':
        return node.close();
    }
  }

  observe(): Observation {
    const memory = this.#memory();
    const { node } = memory;
    return {
      stage: node.stage,
      errorFlag: node.errorFlag,
      view: guestRead(memory, { sector: 0, count: node.lengthSectors }),
      active: overlayContent(memory, node.active),
      hidden: overlayContent(memory, node.hidden),
      secondary: secondaryContent(memory),
    };
  }

  agrees(expected: Observation, touched: Range | null, depth: Depth): boolean {
    return this.#memory().comparison.agrees(expected, touched, depth);
  }

  unload(): void {
    this.#loaded = null;
  }

  #memory(): CaseMemory {
    if (this.#loaded === null) throw new Error('no case is loaded: call load(setup) first');
    return this.#loaded;
  }
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
    content.push(slot < 0 ? null : tags.decodeSector(overlay.segment(slot), at, sector));
  }
  return content;
}

function secondaryContent({ node, tags, buffer }: CaseMemory): readonly Tag[] {
  fillWords(buffer, 0, POISON_WORD, buffer.length);
  node.secondary.read(0, node.lengthSectors, buffer, 0);
  return tags.decode(buffer, 0, 0, node.lengthSectors);
}
