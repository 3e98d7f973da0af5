/**
 * Exhaustive search, the cheapest first: small hosts and all small worlds to a small depth, then the worlds ever deeper,
 * until something fails. Most bugs need few operations; none makes the others wait until a large world is through.
 */
import type { Capabilities } from '../../impl/capabilities.ts';
import type { System } from '../../impl/system.ts';
import { isFrom } from '../../model/operations.ts';
import type { Setup } from '../../model/vocabulary.ts';
import { explore } from '../exploration/search/exploration.ts';
import { chooseWorlds } from '../exploration/explore-command.ts';
import type { SearchAim } from '../shrink/failure-search.ts';
import { HostSearches } from '../shrink/host-searches.ts';
import { largerUnitSetups, plainSetups, smallSetups } from '../shrink/small-setups.ts';
import { ModelGraphs } from '../shrink/model-graph.ts';
import type { Kill } from './kill.ts';
import { stopwatch } from '../jobs/stopwatch.ts';

/** What is larger shows no bug that these do not. */
const worlds = [
  'wrong-top-id',
  'second-starts',
  'wide-guest-writes',
  'failing-guest-writes',
  'primary',
  'two-clusters',
  'step-by-step',
  'joined-commits',
  'unequal-units',
  'split-writes',
  'sliced-writes',
  'two-disks',
  'bad-sectors',
  'long-copies',
  'failing-checkpoints',
];

interface Hosts {
  readonly name: string;
  readonly tries?: SearchAim['tries'];
  readonly operationsMax: number;
  readonly hosts: (capabilities: Capabilities, operations: number) => readonly Setup[];
}

type Pass =
  | ({ readonly kind: 'hosts' } & Hosts)
  | { readonly kind: 'worlds'; readonly names: readonly string[]; readonly depthMax: number };

const passes: readonly Pass[] = [
  { kind: 'hosts', name: 'plain hosts', operationsMax: 4, hosts: plainSetups },
  { kind: 'worlds', names: worlds, depthMax: 5 },
  {
    kind: 'hosts',
    name: 'hosts of larger units',
    operationsMax: 4,
    hosts: largerUnitSetups,
    // Without faults there are so few states that larger hosts are through at once.
    tries: (operation) => !isFrom(operation, 'nature'),
  },
  {
    kind: 'worlds',
    names: [
      'step-by-step',
      'joined-commits',
      'split-writes',
      'sliced-writes',
      'failing-checkpoints',
      'two-clusters',
    ],
    depthMax: 6,
  },
  { kind: 'hosts', name: 'odd hosts', operationsMax: 3, hosts: (known) => smallSetups(known, 1, 3) },
  { kind: 'hosts', name: 'hosts of larger units', operationsMax: 4, hosts: largerUnitSetups },
  { kind: 'worlds', names: worlds, depthMax: 7 },
  { kind: 'worlds', names: worlds, depthMax: Infinity },
];

interface Found {
  /** Transitions that were tried. */
  readonly transitions: number;
  readonly kill: { readonly by: string; readonly length: number } | null;
}

/** `operations` of the kill are those that were tried: transitions. */
export async function killExhaustively(system: System): Promise<Kill | null> {
  const seconds = stopwatch();
  let operations = 0;
  for (const pass of passes) {
    const { transitions, kill } =
      pass.kind === 'hosts'
        ? killOnHosts(system, pass)
        : await killInWorlds(system, pass.names, pass.depthMax);
    operations += transitions;
    if (kill !== null) return { ...kill, operations, seconds: seconds() };
  }
  return null;
}

async function killInWorlds(system: System, names: readonly string[], depthMax: number): Promise<Found> {
  let transitions = 0;
  for (const world of chooseWorlds(names)) {
    const result = await explore(world, system, {
      systemName: system.name,
      workers: 1,
      memoryBytes: 2 ** 29,
      depthMax,
      statesMax: Infinity,
      secondsMax: Infinity,
      reduction: 'reduced',
      checkpoint: null,
    });
    transitions += result.transitions;
    if (result.counterexample === null) continue;
    return { transitions, kill: { by: world.name, length: result.counterexample.operations.length } };
  }
  return { transitions, kill: null };
}

function killOnHosts(system: System, { name, operationsMax, hosts, tries }: Hosts): Found {
  const searches = new HostSearches(system, { target: null, tries }, new ModelGraphs());
  for (let length = 1; length <= operationsMax; length++) {
    for (const setup of hosts(system.capabilities, length)) {
      const search = searches.on(setup);
      search.upTo(length, Infinity);
      if (search.failures.size > 0) {
        return { transitions: searches.transitions, kill: { by: name, length } };
      }
    }
  }
  return { transitions: searches.transitions, kill: null };
}
