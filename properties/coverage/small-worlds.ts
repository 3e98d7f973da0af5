/** Small worlds to be walked whole: setups of few sectors, each with the operations that matter there. */
import { emptyingFaults } from '../../model/vocabulary.ts';
import type { FaultOperation, Operation } from '../../model/operations.ts';
import type { BadSector, Defect, Geometry, Layer, Mode, NodeSetup, Setup } from '../../model/vocabulary.ts';
import type { Capabilities } from '../../impl/capabilities.ts';
import { operationProblem, QEMU_COMMIT_REQUESTS, setupProblem } from '../cases/setup-problem.ts';

export interface SmallWorld {
  readonly setup: Setup;
  readonly alphabet: readonly Operation[];
}

/**
 * Two sectors are enough for one node: all that an outcome depends on is whether a request meets a bad sector, lies past
 * the end or is empty, and after a failed commit whether it meets an allocated or an unallocated sector. In one commit
 * unit, so that the bad sector can fail the commit and be unallocated.
 */
const twoSectors: Geometry = {
  lengthSectors: 2,
  sectorBytes: 8,
  activeClusterSectors: 1,
  hiddenClusterSectors: 1,
  copyUnitSectors: 1,
  commitUnitSectors: 2,
};

const ranges = [
  { sector: 0, count: 1 },
  { sector: 1, count: 1 },
  { sector: 0, count: 0 },
  { sector: 2, count: 1 },
];

const control: readonly Operation[] = [
  { op: 'open' },
  { op: 'start', mode: 'primary' },
  { op: 'start', mode: 'secondary' },
  { op: 'checkpoint' },
  { op: 'getError' },
  { op: 'stop', failover: true },
  { op: 'stop', failover: false },
  { op: 'close' },
  { op: 'commitAdvance' },
  { op: 'commitSettle' },
];

const qmp: readonly Operation[] = [
  { op: 'queryStatus' },
  ...[true, false].flatMap((enable) =>
    [true, false].flatMap((primary) =>
      [null, true, false].map((failover) => ({ op: 'setReplication', enable, primary, failover }) as const),
    ),
  ),
];

// Outcomes never depend on content, so that writing zeroes alone keeps the states few.
const requests: readonly Operation[] = [
  { op: 'guestFlush' },
  { op: 'primaryFlush' },
  ...ranges.flatMap((range): Operation[] => [
    { op: 'guestRead', ...range },
    { op: 'guestWrite', ...range, tag: 0 },
    { op: 'guestWriteZeroes', ...range },
    { op: 'guestDiscard', ...range },
    { op: 'primaryRead', ...range },
    { op: 'primaryWrite', ...range, tag: 0 },
    { op: 'primaryWriteZeroes', ...range },
    { op: 'primaryDiscard', ...range },
  ]),
];

/** What a failover then has to commit. */
const writes: readonly Operation[] = [{ op: 'guestWrite', sector: 0, count: 1, tag: 0 }];

/** Faults are walked a family at a time: all of them together would make too many states. */
const faultFamilies: readonly (readonly FaultOperation[])[] = [
  [],
  [{ op: 'failEmptying', disk: 'active', how: 'ejected' }],
  [{ op: 'failEmptying', disk: 'hidden', how: 'ejected' }],
  [
    { op: 'endJob', job: 'backup' },
    { op: 'endJob', job: 'commit' },
  ],
  [{ op: 'cutLink' }, { op: 'restoreLink' }],
  ...(['active', 'hidden', 'secondary'] as const).map((disk): FaultOperation[] => [
    { op: 'breakSector', disk, access: 'write', sector: 0 },
    { op: 'repairSectors', disk },
  ]),
];

/** Every way in which a checkpoint can fail, one after the other; what requests answer then is walked for each alone. */
const emptyingFamily = (['active', 'hidden'] as const).flatMap((disk) =>
  emptyingFaults.map((how) => ({ op: 'failEmptying', disk, how }) as const),
);

/** Every world that a system with these capabilities can be given. */
export function* smallWorlds(capabilities: Capabilities): Generator<SmallWorld> {
  for (const mode of capabilities.modes) {
    yield* worldsOf(mode, capabilities);
  }
  if (capabilities.nodesMax > 1) yield* worldsOfTwo(capabilities);
}

function* worldsOf(mode: Mode, capabilities: Capabilities): Generator<SmallWorld> {
  const bad = badSectorsOf(mode, capabilities.badSectors);
  const failing = bad.filter(({ disk, access }) => disk === 'secondary' && access === 'write');
  const plain = nodeWith(mode, capabilities, {});
  yield* worldOf([plain], [...writes, ...emptyingFamily], capabilities);
  for (const family of faultFamilies) {
    yield* worldOf([plain], [...requests, ...family], capabilities);
    // Where a failover fails, and where a start kills the process.
    if (mode === 'primary' || family.length === 0) continue;
    for (const special of [{ badSectors: failing }, { defects: ['topIdInvalid'] as const }]) {
      yield* worldOf([nodeWith(mode, capabilities, special)], [...writes, ...family], capabilities);
    }
  }
  yield* worldOf(
    [nodeWith(mode, capabilities, { readOnly: ['secondary', 'hidden'] })],
    requests,
    capabilities,
  );
  for (const place of ['active', 'node'] as const) {
    yield* worldOf([nodeWith(mode, capabilities, { readOnly: [place] })], requests, capabilities);
  }
  const unshared = { readOnly: ['node'], defects: ['hiddenWriteUnshared'] } as const;
  yield* worldOf([nodeWith(mode, capabilities, unshared)], requests, capabilities);
  // Where the end of the backup job kills the process.
  const ejecting: FaultOperation = { op: 'failEmptying', disk: 'hidden', how: 'ejected' };
  const ending: FaultOperation = { op: 'endJob', job: 'backup' };
  yield* worldOf([nodeWith(mode, capabilities, { readOnly: ['hidden'] })], [ejecting, ending], capabilities);
  // Where a discard reaches a bad sector while the node runs.
  const unmapping = nodeWith(mode, capabilities, { badSectors: failing, defects: ['secondaryUnmaps'] });
  yield* worldOf([unmapping], [...requests, ending], capabilities);
  for (const one of bad) {
    yield* worldOf([nodeWith(mode, capabilities, { badSectors: [one] })], requests, capabilities);
  }
  for (const defect of capabilities.defects) {
    for (const badSectors of [[], failing]) {
      const node = nodeWith(mode, capabilities, { badSectors, defects: [defect] });
      yield* worldOf([node], requests, capabilities);
    }
  }
}

const oneSector: Geometry = { ...twoSectors, lengthSectors: 1, commitUnitSectors: 1 };

/** Two nodes: what each of the calls to all nodes meets at the newest, and then at the other. */
function* worldsOfTwo(capabilities: Capabilities): Generator<SmallWorld> {
  const bad: BadSector[] = capabilities.badSectors.includes('secondary')
    ? [{ disk: 'secondary', access: 'write', sector: 0 }]
    : [];
  const write: Operation = { op: 'guestWrite', sector: 0, count: 1, tag: 0 };
  for (const first of capabilities.modes) {
    for (const second of capabilities.modes) {
      const nodes = [first, second].map((mode) => ({
        ...nodeWith(mode, capabilities, { badSectors: mode === 'secondary' ? bad : [] }),
        geometry: oneSector,
      }));
      const onSecond: Operation[] = (['open', 'close', 'commitSettle'] as const).map((op) => ({
        op,
        node: 1,
      }));
      yield* worldOf(nodes, [write, { ...write, node: 1 }, ...onSecond], capabilities);
    }
  }
}

/** Operations that make no sense there, or that the system does not have, are left out. */
function* worldOf(
  nodes: readonly NodeSetup[],
  further: readonly Operation[],
  capabilities: Capabilities,
): Generator<SmallWorld> {
  const setup: Setup = { nodes };
  const alphabet = [...control, ...qmp, ...further].filter(
    (operation) =>
      capabilities.operations.includes(operation.op) && operationProblem(operation, setup) === null,
  );
  // The geometry is that of no real system; what answers is the same there.
  const anySize = { ...capabilities, geometry: { sectorBytes: 'any', lengthSectorsMax: 2 } } as const;
  if (setupProblem(setup, anySize) === null) yield { setup, alphabet };
}

function badSectorsOf(mode: Mode, disks: readonly Layer[]): BadSector[] {
  return disks
    .filter((disk) => mode === 'secondary' || disk === 'secondary')
    .flatMap((disk) => (['read', 'write'] as const).map((access) => ({ disk, access, sector: 0 })));
}

function nodeWith(
  mode: Mode,
  { commit }: Capabilities,
  special: {
    readonly badSectors?: readonly BadSector[];
    readonly defects?: readonly Defect[];
    readonly readOnly?: NodeSetup['readOnly'];
  },
): NodeSetup {
  return {
    mode,
    geometry: twoSectors,
    initialContent: [],
    readOnly: [],
    badSectors: [],
    defects: [],
    commitRequestsMax: commit === 'free' ? QEMU_COMMIT_REQUESTS : 1,
    ...special,
  };
}
