/** Every operation that means something on a small host: each call, each range of each disk, each fault. */
import { argumentsOf, operationNames } from '../../impl/operation-lists.ts';
import { emptyingFaults } from '../../model/vocabulary.ts';
import { isFrom, operationTable } from '../../model/operations.ts';
import type { Operation, OperationName } from '../../model/operations.ts';
import type { NodeSetup, Range, Setup, Tag } from '../../model/vocabulary.ts';
import type { Capabilities } from '../../impl/capabilities.ts';
import { operationProblem } from '../cases/setup-problem.ts';

/** Two writes must be told apart, and both from what lay there before. */
const TAGS: readonly Tag[] = [2, 3];

/** Whether this is a write that means something else than another only after that one. */
export function tellsWritesApart(operation: Operation): boolean {
  return 'tag' in operation && operation.tag !== TAGS[0];
}

const modes = ['secondary', 'primary'] as const;

const calls: readonly Operation[] = [
  ...modes.map((mode): Operation => ({ op: 'start', mode })),
  { op: 'checkpoint' },
  { op: 'stop', failover: true },
  { op: 'stop', failover: false },
  { op: 'getError' },
  { op: 'queryStatus' },
  ...modes.flatMap((mode): Operation[] => [
    { op: 'setReplication', enable: true, primary: mode === 'primary', failover: null },
  ]),
  { op: 'setReplication', enable: true, primary: false, failover: true },
  ...[true, false, null].map((failover): Operation => ({
    op: 'setReplication',
    enable: false,
    primary: false,
    failover,
  })),
];

/**
 * The operations of this host that a system with these capabilities can be given. There is one for each range of sectors:
 * for small hosts.
 */
export function wholeAlphabet(setup: Setup, capabilities: Capabilities): readonly Operation[] {
  return possible(nodeOperations, setup, capabilities);
}

/** Of them those that name no sector, of which there are few however long the disks are. */
export function sectorlessAlphabet(setup: Setup, capabilities: Capabilities): readonly Operation[] {
  return possible(() => plain, setup, capabilities);
}

function possible(
  ofNode: (node: NodeSetup) => readonly Operation[],
  setup: Setup,
  capabilities: Capabilities,
): readonly Operation[] {
  const nodes = setup.nodes.flatMap((node, index) =>
    ofNode(node).map((operation) => (index === 0 ? operation : { ...operation, node: index })),
  );
  const known = new Set(capabilities.operations);
  const all = [...nodes, ...calls];
  return all.filter((operation) => known.has(operation.op) && operationProblem(operation, setup) === null);
}

/** Whether this is a request for nothing, or for what lies past the end. */
export function isOddRequest(operation: Operation, { nodes }: Setup): boolean {
  if (!('count' in operation)) return false;
  const lengthSectors = nodes[operation.node ?? 0]?.geometry.lengthSectors ?? 0;
  return operation.count === 0 || operation.sector + operation.count > lengthSectors;
}

type PlainName = {
  [Name in OperationName]: keyof Extract<Operation, { op: Name }> extends 'op' | 'node' ? Name : never;
}[OperationName];

/** What there is one of on each node; not every one means something in both modes. */
const plain = operationNames.filter(isPlain).map((op): Operation => ({ op }));

function isPlain(op: OperationName): op is PlainName {
  return operationTable[op].scope === 'node' && argumentsOf(op).length === 0;
}

function nodeOperations({ mode, geometry }: NodeSetup): Operation[] {
  const ranges = rangesOf(geometry.lengthSectors);
  const odd: readonly Range[] = [
    { sector: 0, count: 0 },
    { sector: geometry.lengthSectors, count: 1 },
    { sector: geometry.lengthSectors - 1, count: 2 },
  ];
  return [
    ...plain.filter((operation) => isFrom(operation, 'manager')),
    ...[...ranges, ...odd].flatMap(requests),
    ...plain.filter((operation) => !isFrom(operation, 'manager')),
    ...accidents(mode, geometry.lengthSectors),
  ];
}

function rangesOf(lengthSectors: number): Range[] {
  const ranges: Range[] = [];
  for (let sector = 0; sector < lengthSectors; sector++) {
    for (let count = 1; sector + count <= lengthSectors; count++) ranges.push({ sector, count });
  }
  return ranges;
}

function requests({ sector, count }: Range): Operation[] {
  const place = { sector, count };
  return [
    ...TAGS.flatMap((tag): Operation[] => [
      { op: 'guestWrite', ...place, tag },
      { op: 'primaryWrite', ...place, tag },
    ]),
    { op: 'guestRead', ...place },
    { op: 'primaryRead', ...place },
    { op: 'guestWriteZeroes', ...place },
    { op: 'primaryWriteZeroes', ...place },
    { op: 'guestDiscard', ...place },
    { op: 'primaryDiscard', ...place },
  ];
}

function accidents(mode: NodeSetup['mode'], lengthSectors: number): Operation[] {
  if (mode === 'primary') return breaks('secondary', lengthSectors);
  return [
    ...(['active', 'hidden', 'secondary'] as const).flatMap((disk) => breaks(disk, lengthSectors)),
    ...(['active', 'hidden'] as const).flatMap((disk) =>
      emptyingFaults.map((how): Operation => ({ op: 'failEmptying', disk, how })),
    ),
    { op: 'endJob', job: 'backup' },
    { op: 'endJob', job: 'commit' },
  ];
}

function breaks(disk: 'active' | 'hidden' | 'secondary', lengthSectors: number): Operation[] {
  const sectors = Array.from({ length: lengthSectors }, (_, sector) => sector);
  return [
    ...sectors.flatMap((sector): Operation[] => [
      { op: 'breakSector', disk, access: 'read', sector },
      { op: 'breakSector', disk, access: 'write', sector },
    ]),
    { op: 'repairSectors', disk },
  ];
}
