/** Every branch of the seed, in the order of its lines, and which of them a step takes. */
import type { Host, HostStep } from '../../model/node.ts';
import type { Operation } from '../../model/operations.ts';
import type { SeedBranch } from './seed-branch.ts';
import { operationNames } from '../../impl/operation-lists.ts';
import { operationTable } from '../../model/operations.ts';
import type { OperationName } from '../../model/operations.ts';
import { dataBranches } from './seed-data-branches.ts';
import { openAndCloseBranches, startBranches } from './seed-control-branches.ts';
import { checkpointBranches, stopBranches } from './seed-job-branches.ts';

export const seedBranches: readonly SeedBranch[] = inOrder([
  ...openAndCloseBranches,
  ...dataBranches,
  ...checkpointBranches,
  ...startBranches,
  ...stopBranches,
]);

/** Those that a step of each operation may take; looking at all of them would cost as much as a hundred steps. */
const branchesOf: ReadonlyMap<OperationName, readonly SeedBranch[]> = new Map(
  operationNames.map((name) => [name, inOrder(possibleOf(name))]),
);

function possibleOf(name: OperationName): readonly SeedBranch[] {
  if (name === 'open' || name === 'close') return openAndCloseBranches;
  const { issuer } = operationTable[name];
  if (issuer === 'guest' || issuer === 'primary') return dataBranches;
  return [...checkpointBranches, ...startBranches, ...stopBranches];
}

function inOrder(branches: readonly SeedBranch[]): readonly SeedBranch[] {
  return branches.toSorted(({ lines: left }, { lines: right }) => left[0] - right[0] || left[1] - right[1]);
}

/** The branches that a step takes; none for hosts of several nodes, whose calls take those of several. */
export function branchesTaken(
  host: Host,
  operation: Operation,
  { host: next, outcome }: HostStep,
): SeedBranch[] {
  const [before, ...others] = host.nodes;
  const [after] = next.nodes;
  if (before === undefined || after === undefined || others.length > 0 || host.dead !== null) return [];
  const step = { before, operation, outcome, after };
  const taken: SeedBranch[] = [];
  for (const branch of branchesOf.get(operation.op) ?? [])
    if (typeof branch.taken === 'function' && branch.taken(step)) taken.push(branch);
  return taken;
}
