/** One operation in a few words, as reports and viewers show it. */
import { argumentsOf } from '../../impl/operation-lists.ts';
import { operationTable } from '../../model/operations.ts';
import type { Given, Operation, OperationShape } from '../../model/operations.ts';

export function describeOperation(operation: Operation): string {
  const { text }: OperationShape = operationTable[operation.op];
  const said = text === undefined ? nameAndArguments(operation) : text(operation);
  return 'node' in operation && operation.node !== undefined ? `${said} on node ${operation.node}` : said;
}

function nameAndArguments(operation: Operation): string {
  const values: Given = operation;
  const taken = argumentsOf(operation.op).flatMap(([name, kind]) => {
    switch (kind) {
      case 'sector':
        return [describeSectors(Number(values[name]), Number(values['count'] ?? 1))];
      case 'count':
        return [];
      case 'tag':
        return [`tag ${values[name]}`];
      default:
        return [String(values[name])];
    }
  });
  return [operation.op, ...taken].join(' ');
}

function describeSectors(sector: number, count: number): string {
  if (count === 0) return `nothing at ${sector}`;
  return count === 1 ? `sector ${sector}` : `sectors ${sector}..${sector + count - 1}`;
}
