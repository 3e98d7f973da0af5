/** One operation in a few words, as reports and viewers show it. */
import type { Operation } from '../model/vocabulary.ts';

export function describeOperation(operation: Operation): string {
  switch (operation.op) {
    case 'start':
      return `start ${operation.mode}`;
    case 'stop':
      return operation.failover ? 'stop with failover' : 'stop without failover';
    case 'guestWrite':
    case 'primaryWrite':
      return `${operation.op} ${describeRange(operation)} tag ${operation.tag}`;
    case 'guestRead':
    case 'guestWriteZeroes':
    case 'guestDiscard':
    case 'primaryRead':
    case 'primaryWriteZeroes':
    case 'primaryDiscard':
      return `${operation.op} ${describeRange(operation)}`;
    default:
      return operation.op;
  }
}

function describeRange({ sector, count }: { sector: number; count: number }): string {
  if (count === 0) return `nothing at ${sector}`;
  return count === 1 ? `sector ${sector}` : `sectors ${sector}..${sector + count - 1}`;
}
