/** One operation in a few words, as reports and viewers show it. */
import type { Operation } from '../model/operations.ts';

export function describeOperation(operation: Operation): string {
  const text = withoutNode(operation);
  return 'node' in operation && operation.node !== undefined ? `${text} on node ${operation.node}` : text;
}

function withoutNode(operation: Operation): string {
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
    case 'setReplication': {
      const { enable, primary, failover } = operation;
      return `xen-set-replication enable=${enable} primary=${primary}${failover === null ? '' : ` failover=${failover}`}`;
    }
    case 'breakSector':
      return `sector ${operation.sector} of ${operation.disk} goes ${operation.access}-bad`;
    case 'repairSectors':
      return `all sectors of ${operation.disk} are good again`;
    case 'failEmptying':
      return `the next emptying of ${operation.disk} will fail (${operation.how})`;
    case 'endJob':
      return `the ${operation.job} job ends by itself`;
    case 'cutLink':
      return 'the peer dies';
    case 'restoreLink':
      return 'the peer is back';
    default:
      return operation.op;
  }
}

function describeRange({ sector, count }: { sector: number; count: number }): string {
  if (count === 0) return `nothing at ${sector}`;
  return count === 1 ? `sector ${sector}` : `sectors ${sector}..${sector + count - 1}`;
}
