/** Exhaustive search: small hosts to a small depth, then the small worlds one after the other, until something fails. */
import type { System } from '../../impl/system.ts';
import { explore } from '../exploration/exploration.ts';
import { chooseWorlds } from '../exploration/explore-command.ts';
import { FailureSearch } from '../shortest/failure-search.ts';
import { plainSetups } from '../shortest/small-setups.ts';
import { graphOf } from '../shortest/shortest-failure.ts';
import type { Kill } from './kill.ts';
import { stopwatch } from './stopwatch.ts';

/** From the smallest world on; what is larger shows no bug that these do not. */
const worlds = [
  'wrong-top-id',
  'primary',
  'two-clusters',
  'unequal-units',
  'two-disks',
  'bad-sectors',
  'failing-checkpoints',
];

const HOST_OPERATIONS_MAX = 4;

/** `operations` are those that were tried: transitions. */
export async function killExhaustively(system: System): Promise<Kill | null> {
  const seconds = stopwatch();
  let operations = 0;
  for (let length = 1; length <= HOST_OPERATIONS_MAX; length++) {
    for (const setup of plainSetups(system.capabilities, length)) {
      const bounds = { operationsMax: length, transitionsMax: Infinity, target: null };
      const search = new FailureSearch(system, graphOf(system, setup), bounds);
      search.run();
      operations += search.transitions;
      if (search.failures.size > 0) return { by: 'plain hosts', operations, seconds: seconds(), length };
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
