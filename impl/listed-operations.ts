/** The operations in the order in which wire and exports list them. */
import { operationNames, operationTable } from '../model/operations.ts';
import type { OperationName } from '../model/operations.ts';

/** What makes a node and removes it goes before the calls that need one. */
export const listedNames: readonly OperationName[] = [
  ...operationNames.filter(isOfNodeItself),
  ...operationNames.filter((name) => !isOfNodeItself(name)),
];

function isOfNodeItself(name: OperationName): boolean {
  const { scope, issuer } = operationTable[name];
  return scope === 'node' && issuer === 'manager';
}
