/** Requests of a case as requests of a node: tags become bytes and back, and sectors lie where the disk has them. */
import type { FaultOperation, NodeOperation, OperationAtNode } from '../../../model/operations.ts';
import type { Extent, Outcome, Range } from '../../../model/vocabulary.ts';
import { POISON_WORD } from '../../payload.ts';
import { fillWords } from '../memory/word-copy.ts';
import { OK } from '../node/outcomes.ts';
import type { CaseMemory } from './case-memory.ts';

type Request = Exclude<OperationAtNode, NodeOperation | FaultOperation>;

export function request(memory: CaseMemory, operation: Request): Outcome {
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
      return node.guestWriteZeroes(memory.diskSector(operation.sector), operation.count);
    case 'primaryWriteZeroes':
      return node.primaryWriteZeroes(memory.diskSector(operation.sector), operation.count);
    case 'guestDiscard':
      return node.guestDiscard(memory.diskSector(operation.sector), operation.count);
    case 'primaryDiscard':
      return node.primaryDiscard(memory.diskSector(operation.sector), operation.count);
    case 'guestFlush':
      return node.guestFlush();
    case 'primaryFlush':
      return node.primaryFlush();
  }
}

function guestWrite(memory: CaseMemory, { sector, count, tag }: Extent): Outcome {
  const { node, tags } = memory;
  return node.guestWrite(memory.diskSector(sector), count, tags.image(tag), sector * node.wordsPerSector);
}

function primaryWrite(memory: CaseMemory, { sector, count, tag }: Extent): Outcome {
  const { node, tags } = memory;
  return node.primaryWrite(memory.diskSector(sector), count, tags.image(tag), sector * node.wordsPerSector);
}

export function guestRead(memory: CaseMemory, { sector, count }: Range): Outcome {
  const at = poison(memory, sector, count);
  const outcome = memory.node.guestRead(memory.diskSector(sector), count, memory.buffer, at);
  return dataOrRefusal(memory, outcome, at, sector, count);
}

function primaryRead(memory: CaseMemory, { sector, count }: Range): Outcome {
  const at = poison(memory, sector, count);
  const outcome = memory.node.primaryRead(memory.diskSector(sector), count, memory.buffer, at);
  return dataOrRefusal(memory, outcome, at, sector, count);
}

/** Makes the part of the buffer into which a request will read foreign to every tag; returns its place in words. */
function poison({ node, buffer, geometry }: CaseMemory, sector: number, count: number): number {
  const at = sector * node.wordsPerSector;
  if (sector + count <= geometry.lengthSectors)
    fillWords(buffer, at, POISON_WORD, count * node.wordsPerSector);
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
