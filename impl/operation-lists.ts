/** Lists and questions that follow from the table of operations. */
import { operationTable } from '../model/operations.ts';
import type { ArgumentKind, HostCall, Operation, OperationName } from '../model/operations.ts';

export const operationNames: readonly OperationName[] = Object.keys(operationTable).filter(
  (name): name is OperationName => name in operationTable,
);

/** As wire and exports list them: what makes a node and removes it goes before the calls that need one. */
export const listedNames: readonly OperationName[] = [
  ...operationNames.filter(isOfNodeItself),
  ...operationNames.filter((name) => !isOfNodeItself(name)),
];

function isOfNodeItself(name: OperationName): boolean {
  const { scope, issuer } = operationTable[name];
  return scope === 'node' && issuer === 'manager';
}

/** Whether an operation is a call to every node of the host. */
export function isHostCall(operation: Operation): operation is HostCall {
  return operationTable[operation.op].scope === 'host';
}

/** The names and kinds of the arguments, in their order. */
export function argumentsOf(op: OperationName): readonly (readonly [name: string, kind: ArgumentKind])[] {
  return Object.entries(operationTable[op].takes);
}
