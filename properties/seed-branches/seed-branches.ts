/** Every branch of the seed, in the order of its lines, and which of them a step takes. */
import type { Host, HostStep } from '../../model/node.ts';
import type { Operation } from '../../model/operations.ts';
import type { SeedBranch } from './seed-branch.ts';
import { dataBranches } from './seed-data-branches.ts';
import { openAndCloseBranches, startBranches } from './seed-control-branches.ts';
import { checkpointBranches, stopBranches } from './seed-job-branches.ts';

export const seedBranches: readonly SeedBranch[] = [
  ...openAndCloseBranches,
  ...dataBranches,
  ...checkpointBranches,
  ...startBranches,
  ...stopBranches,
].toSorted((left, right) => left.lines[0] - right.lines[0] || left.lines[1] - right.lines[1]);

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
  return seedBranches.filter(({ taken }) => typeof taken === 'function' && taken(step));
}
