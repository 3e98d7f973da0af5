/** The worlds that are searched whole, smallest first; each for one part of the driver, all operations of it together. */
import { emptyingFaults } from '../../../model/vocabulary.ts';
import type { FaultOperation, Operation } from '../../../model/operations.ts';
import type { Geometry, NodeSetup, Range } from '../../../model/vocabulary.ts';
import { longCopies } from './long-copies-world.ts';
import { joinedCommits } from './joined-commit-world.ts';
import { guestWriteWorlds } from './guest-write-world.ts';
import { slicedWrites, splitWrites } from './split-write-world.ts';
import { secondStarts } from './second-start-world.ts';
import type { World } from './world.ts';

/** A sector is one word: what a search looks at is which content lies where, and a larger sector is only more bytes. */
const SECTOR_BYTES = 4;

/** `clusters` clusters of `clusterSectors`, every unit one cluster. */
function uniform(clusters: number, clusterSectors: number): Geometry {
  return {
    lengthSectors: clusters * clusterSectors,
    sectorBytes: SECTOR_BYTES,
    activeClusterSectors: clusterSectors,
    hiddenClusterSectors: clusterSectors,
    copyUnitSectors: clusterSectors,
    commitUnitSectors: clusterSectors,
  };
}

function secondary(geometry: Geometry, special: Partial<NodeSetup> = {}): NodeSetup {
  return {
    mode: 'secondary',
    geometry,
    initialContent: [{ sector: 0, count: geometry.lengthSectors, tag: 1 }],
    readOnly: [],
    badSectors: [],
    defects: [],
    commitRequestsMax: 16,
    ...special,
  };
}

const control: readonly Operation[] = [
  { op: 'open' },
  { op: 'start', mode: 'secondary' },
  { op: 'start', mode: 'primary' },
  { op: 'checkpoint' },
  { op: 'getError' },
  { op: 'stop', failover: false },
  { op: 'close' },
];
const failover: readonly Operation[] = [
  { op: 'stop', failover: true },
  { op: 'commitAdvance' },
  { op: 'commitSettle' },
];
const qmp: readonly Operation[] = [
  { op: 'queryStatus' },
  ...[true, false].flatMap((enable) =>
    [null, true, false].map(
      (withFailover) => ({ op: 'setReplication', enable, primary: false, failover: withFailover }) as const,
    ),
  ),
];
const idle: readonly Operation[] = [{ op: 'guestFlush' }, { op: 'primaryFlush' }];

/** `count` sectors at each place of the disk. */
function ranges({ lengthSectors }: Geometry, count: number): Range[] {
  return Array.from({ length: lengthSectors - count + 1 }, (_, sector) => ({ sector, count }));
}

function writes(places: readonly Range[], tags: readonly number[]): Operation[] {
  return tags.flatMap((tag) =>
    places.flatMap((range): Operation[] => [
      { op: 'guestWrite', ...range, tag },
      { op: 'primaryWrite', ...range, tag },
    ]),
  );
}

function reads(places: readonly Range[]): Operation[] {
  return places.flatMap((range): Operation[] => [
    { op: 'guestRead', ...range },
    { op: 'primaryRead', ...range },
  ]);
}

/** All that has no content of its own, and what a range past the end or of no length does. */
function oddities(geometry: Geometry): Operation[] {
  const places = [
    { sector: geometry.lengthSectors, count: 1 },
    { sector: 0, count: 0 },
    { sector: 1, count: 0 },
  ];
  return [
    ...idle,
    ...places.flatMap((range): Operation[] => [
      { op: 'guestWriteZeroes', ...range },
      { op: 'primaryWriteZeroes', ...range },
      { op: 'guestDiscard', ...range },
      { op: 'primaryDiscard', ...range },
      { op: 'guestWrite', ...range, tag: 1 },
      { op: 'primaryWrite', ...range, tag: 1 },
    ]),
    ...reads(places),
  ];
}

const two = uniform(2, 1);
const halves = uniform(2, 2);
const three = uniform(3, 1);
const unequal: Geometry = {
  lengthSectors: 4,
  sectorBytes: SECTOR_BYTES,
  activeClusterSectors: 2,
  hiddenClusterSectors: 1,
  copyUnitSectors: 2,
  commitUnitSectors: 3,
};

const breaking: readonly FaultOperation[] = [
  { op: 'breakSector', disk: 'secondary', access: 'write', sector: 0 },
  { op: 'breakSector', disk: 'secondary', access: 'read', sector: 1 },
  { op: 'breakSector', disk: 'active', access: 'write', sector: 1 },
  { op: 'breakSector', disk: 'hidden', access: 'write', sector: 0 },
  { op: 'repairSectors', disk: 'active' },
  { op: 'repairSectors', disk: 'hidden' },
  { op: 'repairSectors', disk: 'secondary' },
];
const emptying: readonly FaultOperation[] = (['active', 'hidden'] as const).flatMap((disk) =>
  emptyingFaults.map((how) => ({ op: 'failEmptying', disk, how }) as const),
);
const endings: readonly FaultOperation[] = [
  { op: 'endJob', job: 'backup' },
  { op: 'endJob', job: 'commit' },
];

export const worlds: readonly World[] = [
  {
    name: 'primary',
    about: 'a primary, its link and a bad sector of its peer',
    setup: { nodes: [secondary(two, { mode: 'primary' })] },
    alphabet: [
      ...control,
      { op: 'stop', failover: true },
      ...qmp,
      ...writes(ranges(two, 1), [1, 2]),
      ...reads(ranges(two, 2)),
      ...oddities(two),
      { op: 'cutLink' },
      { op: 'restoreLink' },
      { op: 'breakSector', disk: 'secondary', access: 'write', sector: 0 },
      { op: 'repairSectors', disk: 'secondary' },
    ],
    goals: ['link-lost-while-running'],
  },
  {
    name: 'two-clusters',
    about: 'a secondary without faults, 2 clusters of 1 sector and 2 tags',
    setup: { nodes: [secondary(two)] },
    alphabet: [...control, ...failover, ...qmp, ...writes(ranges(two, 1), [1, 2]), ...reads(ranges(two, 1))],
    goals: [
      'hidden-under-active',
      'hidden-alone',
      'stale-request-in-flight',
      'promoted',
      'overlays-left-behind',
    ],
  },
  {
    name: 'step-by-step',
    about: 'the same, one commit request at a time, with jobs that end by themselves',
    setup: { nodes: [secondary(two, { commitRequestsMax: 1 })] },
    alphabet: [
      ...control,
      ...failover,
      ...endings,
      ...writes(ranges(two, 1), [1, 2]),
      ...reads(ranges(two, 2)),
    ],
    goals: ['backup-dead-while-running', 'commit-half-done', 'split-write-path'],
  },
  joinedCommits,
  {
    name: 'failing-checkpoints',
    about: 'every way in which make_empty can fail, and layers without a driver',
    setup: { nodes: [secondary(two)] },
    alphabet: [
      ...control,
      { op: 'stop', failover: true },
      { op: 'commitSettle' },
      ...emptying,
      ...writes(ranges(two, 1), [1, 2]),
      ...reads(ranges(two, 2)),
      ...idle,
    ],
    goals: ['half-emptied', 'hidden-ejected', 'process-dead'],
  },
  {
    name: 'wrong-top-id',
    about: 'a start that fails late, a second one that kills the process',
    setup: { nodes: [secondary(two, { defects: ['topIdInvalid'], readOnly: ['hidden'] })] },
    alphabet: [
      ...control,
      ...failover,
      ...qmp,
      ...writes(ranges(two, 1), [1, 2]),
      ...reads(ranges(two, 2)),
      ...idle,
    ],
    goals: ['process-dead'],
  },
  ...guestWriteWorlds,
  secondStarts,
  {
    name: 'bad-sectors',
    about: 'sectors of each disk go bad and good again',
    setup: { nodes: [secondary(two)] },
    alphabet: [
      ...control,
      ...failover,
      ...breaking,
      ...writes(ranges(two, 1), [1, 2]),
      ...reads(ranges(two, 2)),
    ],
    goals: ['split-write-path', 'commit-meets-a-bad-sector'],
  },
  {
    name: 'two-disks',
    about: 'a host with two disks of one sector, each opened and closed by itself',
    setup: { nodes: [secondary(uniform(1, 1)), secondary(uniform(1, 1))] },
    alphabet: [
      ...control,
      ...failover,
      ...writes(ranges(uniform(1, 1), 1), [1, 2]),
      ...reads(ranges(uniform(1, 1), 1)),
      { op: 'endJob', job: 'backup' },
      ...[
        { op: 'open' } as const,
        { op: 'close' } as const,
        { op: 'commitSettle' } as const,
        ...writes(ranges(uniform(1, 1), 1), [1, 2]),
      ].map((operation) => ({ ...operation, node: 1 })),
    ],
    goals: ['disks-out-of-step'],
  },
  {
    name: 'exchangeable-clusters',
    about: 'three clusters that nothing distinguishes, without a failover',
    setup: { nodes: [secondary(three)] },
    alphabet: [...control, ...writes(ranges(three, 1), [1, 2]), ...reads(ranges(three, 1)), ...idle],
    goals: ['overlays-left-behind'],
  },
  splitWrites,
  slicedWrites,
  longCopies,
  {
    name: 'unequal-units',
    about: 'clusters, copy units and commit units of different sizes, the last of each partial',
    setup: { nodes: [secondary(unequal)] },
    alphabet: [
      ...control,
      ...failover,
      ...writes(
        [
          { sector: 1, count: 2 },
          { sector: 3, count: 1 },
        ],
        [1, 2],
      ),
      ...reads(ranges(unequal, 2)),
      ...oddities(unequal),
    ],
    goals: ['hidden-under-active', 'promoted'],
  },
  {
    name: 'partial-writes',
    about: 'writes of half a cluster, 2 clusters of 2 sectors and 2 tags',
    setup: { nodes: [secondary(halves)] },
    alphabet: [
      ...control,
      ...failover,
      ...writes(ranges(halves, 1), [1, 2]),
      ...reads(ranges(halves, 4)),
      ...oddities(halves),
    ],
    goals: ['hidden-under-active', 'hidden-alone', 'promoted'],
  },
  {
    name: 'three-clusters',
    about: 'no faults, 3 clusters and 3 tags, commit step by step',
    setup: { nodes: [secondary(three)] },
    alphabet: [
      ...control,
      ...failover,
      ...writes(ranges(three, 1), [1, 2, 3]),
      ...reads(ranges(three, 3)),
      ...oddities(three),
    ],
    goals: ['commit-half-done', 'promoted'],
    nightly: true,
  },
];
