/** Exhaustive search: small hosts to a small depth, then the small worlds one after the other, until something fails. */
import type { Capabilities } from '../../impl/capabilities.ts';
import type { System } from '../../impl/system.ts';
import type { Setup } from '../../model/vocabulary.ts';
import { explore } from '../exploration/exploration.ts';
import { chooseWorlds } from '../exploration/explore-command.ts';
import { FailureSearch } from '../shortest/failure-search.ts';
import { largerUnitSetups, plainSetups, smallSetups } from '../shortest/small-setups.ts';
import { graphOf } from '../shortest/shortest-failure.ts';
import type { Kill } from './kill.ts';
import { stopwatch } from './stopwatch.ts';

/** From the smallest world on; what is larger shows no bug that these do not. */
const worlds = [
  'wrong-top-id',
  'primary',
  'two-clusters',
  'unequal-units',
  'split-writes',
  'two-disks',
  'bad-sectors',
  'failing-checkpoints',
];

interface Hosts {
  readonly name: string;
  readonly operationsMax: number;
  readonly hosts: (capabilities: Capabilities, operations: number) => readonly Setup[];
}

const small: readonly Hosts[] = [
  { name: 'plain hosts', operationsMax: 4, hosts: plainSetups },
  { name: 'odd hosts', operationsMax: 3, hosts: (capabilities) => smallSetups(capabilities, 1, 3) },
  { name: 'hosts of larger units', operationsMax: 4, hosts: largerUnitSetups },
];

/** `operations` of the kill are those that were tried: transitions. */
export async function killExhaustively(system: System): Promise<Kill | null> {
  const seconds = stopwatch();
  let operations = 0;
  for (const hosts of small) {
    const found = killOnHosts(system, hosts);
    operations += found.transitions;
    if (found.length !== null) {
      return { by: hosts.name, operations, seconds: seconds(), length: found.length };
    }
  }
  for (const world of chooseWorlds(worlds)) {
    const result = await explore(world, system, {
      systemName: system.name,
      workers: 1,
      memoryBytes: 2 ** 29,
      depthMax: Infinity,
      statesMax: Infinity,
      secondsMax: Infinity,
      reduction: 'reduced',
      checkpoint: null,
    });
    operations += result.transitions;
    if (result.counterexample === null) continue;
    const { length } = result.counterexample.operations;
    return { by: world.name, operations, seconds: seconds(), length };
  }
  return null;
}

function killOnHosts(
  system: System,
  { operationsMax, hosts }: Hosts,
): { readonly transitions: number; readonly length: number | null } {
  let transitions = 0;
  for (let length = 1; length <= operationsMax; length++) {
    for (const setup of hosts(system.capabilities, length)) {
      const bounds = { operationsMax: length, transitionsMax: Infinity, target: null, kinds: null };
      const search = new FailureSearch(system, graphOf(system, setup), bounds);
      search.run();
      transitions += search.transitions;
      if (search.failures.size > 0) return { transitions, length };
    }
  }
  return { transitions, length: null };
}
