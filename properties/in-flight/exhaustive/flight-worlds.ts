/** Small worlds in which every order of some requests is gone through: a host, how it came there, and what is asked. */
import type { Operation } from '../../../model/operations.ts';
import type { Geometry, NodeSetup, Setup } from '../../../model/vocabulary.ts';

/** `none`: every order is played, whichever requests are independent of each other. */
export type Reduction = 'sleep sets' | 'none';

export interface FlightWorld {
  readonly name: string;
  readonly about: string;
  readonly setup: Setup;
  /** One after the other, before anything overlaps. */
  readonly before: readonly Operation[];
  readonly requests: readonly Operation[];
  readonly calls: readonly Operation[];
  /** All combinations of so many requests, with a call or without; those with a call have `requestsBesideCall`. */
  readonly requestsMax: number;
  readonly requestsBesideCall: number;
  /** Left out: sleep sets. */
  readonly reduction?: Reduction;
}

/** What is asked at once, each with a tag of its own. */
export type Combination = readonly Operation[];

const oneSectorUnits: Geometry = {
  lengthSectors: 2,
  sectorBytes: 4,
  activeClusterSectors: 1,
  hiddenClusterSectors: 1,
  copyUnitSectors: 1,
  commitUnitSectors: 1,
};

function twoUnits(more: Partial<NodeSetup> = {}): Setup {
  return {
    nodes: [
      {
        mode: 'secondary',
        geometry: oneSectorUnits,
        initialContent: [{ sector: 0, count: 2, tag: 1 }],
        readOnly: [],
        badSectors: [],
        defects: [],
        commitRequestsMax: 2,
        ...more,
      },
    ],
  };
}

const oneSector = twoUnits({
  geometry: { ...oneSectorUnits, lengthSectors: 1 },
  initialContent: [{ sector: 0, count: 1, tag: 1 }],
});

const started: readonly Operation[] = [{ op: 'open' }, { op: 'start', mode: 'secondary' }];
const guestWrite = (sector: number, count = 1): Operation => ({ op: 'guestWrite', sector, count, tag: 0 });
const primaryWrite = (sector: number, count = 1): Operation => ({
  op: 'primaryWrite',
  sector,
  count,
  tag: 0,
});
const guestRead: Operation = { op: 'guestRead', sector: 0, count: 2 };
const primaryRead: Operation = { op: 'primaryRead', sector: 0, count: 2 };
const checkpoint: Operation = { op: 'checkpoint' };
const failover: Operation = { op: 'stop', failover: true };

export const flightWorlds: readonly FlightWorld[] = [
  {
    name: 'copies',
    about: 'writes of the primary and reads of both while the backup job copies',
    setup: twoUnits(),
    before: started,
    requests: [primaryWrite(0), primaryWrite(1), primaryWrite(0, 2), guestRead, primaryRead],
    calls: [checkpoint, failover, { op: 'stop', failover: false }],
    requestsMax: 3,
    requestsBesideCall: 2,
  },
  {
    name: 'clusters',
    about: 'writes of the guest into one cluster of active, which take what they do not write from below',
    setup: twoUnits({
      geometry: {
        lengthSectors: 4,
        sectorBytes: 4,
        activeClusterSectors: 2,
        hiddenClusterSectors: 2,
        copyUnitSectors: 2,
        commitUnitSectors: 2,
      },
      initialContent: [{ sector: 0, count: 4, tag: 1 }],
    }),
    before: started,
    requests: [guestWrite(0), guestWrite(1), guestWrite(1, 2), { ...guestRead, count: 4 }, primaryWrite(0)],
    calls: [checkpoint, failover],
    requestsMax: 3,
    requestsBesideCall: 2,
  },
  {
    name: 'interval',
    about: 'the same where both units hold something in both overlays',
    setup: twoUnits(),
    before: [
      ...started,
      { op: 'guestWrite', sector: 0, count: 2, tag: 2 },
      { op: 'primaryWrite', sector: 0, count: 1, tag: 3 },
    ],
    requests: [guestWrite(0), primaryWrite(0, 2), primaryWrite(1), guestRead, primaryRead],
    calls: [checkpoint, failover, { op: 'close' }],
    requestsMax: 2,
    requestsBesideCall: 2,
  },
  {
    name: 'commit',
    about: 'requests of the guest and of the primary while a failover is committed',
    setup: twoUnits({ commitRequestsMax: 1 }),
    before: [...started, { op: 'guestWrite', sector: 0, count: 2, tag: 2 }, { op: 'stop', failover: true }],
    requests: [guestWrite(0), guestWrite(0, 2), primaryWrite(1), guestRead, primaryRead],
    calls: [{ op: 'commitSettle' }, { op: 'close' }],
    requestsMax: 2,
    requestsBesideCall: 2,
  },
  {
    name: 'commit-steps',
    about: 'steps of the commit beside writes of the guest',
    setup: twoUnits({ commitRequestsMax: 1 }),
    before: [...started, { op: 'guestWrite', sector: 0, count: 1, tag: 2 }, { op: 'stop', failover: true }],
    requests: [guestWrite(0), guestWrite(1), { op: 'commitAdvance' }],
    calls: [{ op: 'commitSettle' }],
    requestsMax: 3,
    requestsBesideCall: 2,
  },
  {
    name: 'commit-end',
    about: 'the step that ends the commit beside requests of the guest that begin while it waits',
    setup: oneSector,
    before: [...started, failover],
    requests: [guestWrite(0), { ...guestRead, count: 1 }, { op: 'commitAdvance' }],
    calls: [],
    requestsMax: 3,
    requestsBesideCall: 0,
  },
  {
    name: 'split',
    about: 'requests to a cluster of active of which hidden has a part, after a failover that has failed',
    setup: twoUnits({ geometry: { ...oneSectorUnits, activeClusterSectors: 2 } }),
    before: [
      ...started,
      { op: 'primaryWrite', sector: 0, count: 1, tag: 2 },
      failover,
      { op: 'endJob', job: 'commit' },
    ],
    requests: [guestWrite(0), guestWrite(1), guestWrite(0, 2), primaryWrite(1), guestRead],
    calls: [],
    requestsMax: 2,
    requestsBesideCall: 0,
  },
  {
    name: 'zeroes',
    about: 'writes of zeroes and discards beside writes of the same units',
    setup: twoUnits(),
    before: started,
    requests: [
      primaryWrite(0),
      { op: 'primaryWriteZeroes', sector: 0, count: 2 },
      { op: 'guestWriteZeroes', sector: 0, count: 1 },
      { op: 'guestDiscard', sector: 0, count: 2 },
      guestRead,
    ],
    calls: [checkpoint, failover],
    requestsMax: 2,
    requestsBesideCall: 2,
  },
  {
    name: 'allocations',
    about: 'writes of the guest that allocate two clusters of two sectors',
    setup: twoUnits({
      geometry: { ...oneSectorUnits, lengthSectors: 4, activeClusterSectors: 2 },
      initialContent: [{ sector: 0, count: 4, tag: 1 }],
    }),
    before: started,
    requests: [guestWrite(0), guestWrite(1), guestWrite(2)],
    calls: [],
    requestsMax: 3,
    requestsBesideCall: 0,
    // What is independent by its sectors shares the list of allocations in flight.
    reduction: 'none',
  },
  {
    name: 'calls',
    about: 'two calls, and requests that they hold up',
    setup: twoUnits({ geometry: { ...oneSectorUnits, lengthSectors: 1 }, initialContent: [] }),
    before: started,
    requests: [checkpoint, guestWrite(0), primaryWrite(0), { ...guestRead, count: 1 }],
    calls: [failover, checkpoint],
    requestsMax: 2,
    requestsBesideCall: 2,
  },
  {
    name: 'two-disks',
    about: 'calls to two nodes beside requests to the second',
    setup: { nodes: [...oneSector.nodes, ...oneSector.nodes] },
    before: [{ op: 'open' }, { op: 'open', node: 1 }, { op: 'start', mode: 'secondary' }],
    requests: [
      { op: 'guestWrite', sector: 0, count: 1, tag: 0, node: 1 },
      { op: 'primaryWrite', sector: 0, count: 1, tag: 0, node: 1 },
      { op: 'guestRead', sector: 0, count: 1, node: 1 },
    ],
    calls: [checkpoint, failover],
    requestsMax: 2,
    requestsBesideCall: 2,
  },
];

const TAG_FIRST = 4;

/** Every choice of requests with repetition, from two on, then those beside each call. */
export function* combinationsOf(world: FlightWorld): Generator<Combination> {
  const { requests, calls, requestsMax, requestsBesideCall } = world;
  for (let size = 2; size <= requestsMax; size++)
    for (const chosen of multisets(requests, size)) yield tagged(chosen);
  for (const call of calls)
    for (let size = 1; size <= requestsBesideCall; size++)
      for (const chosen of multisets(requests, size)) yield tagged([...chosen, call]);
}

function* multisets<Item>(items: readonly Item[], size: number): Generator<Item[]> {
  if (size === 0) yield [];
  if (size === 0) return;
  for (const [index, item] of items.entries())
    for (const rest of multisets(items.slice(index), size - 1)) yield [item, ...rest];
}

function tagged(operations: readonly Operation[]): Combination {
  return operations.map((operation, index) =>
    'tag' in operation ? { ...operation, tag: TAG_FIRST + index } : operation,
  );
}
