/** The smallest hosts on which a failure might show itself, simplest first. */
import { defects, layers, readOnlyPlaces } from '../../model/vocabulary.ts';
import type { BadSector, Geometry, Mode, NodeSetup, Setup } from '../../model/vocabulary.ts';
import type { Capabilities } from '../../impl/capabilities.ts';
import { setupProblem } from '../cases/setup-problem.ts';

function geometry(lengthSectors: number, units: Partial<Geometry> = {}): Geometry {
  const one = { activeClusterSectors: 1, hiddenClusterSectors: 1, copyUnitSectors: 1, commitUnitSectors: 1 };
  return { lengthSectors, sectorBytes: 4, ...one, ...units };
}

const oneSector = geometry(1);

/** Each unit larger than what it is compared with, also where the disk ends within it. */
const largerUnits: readonly Geometry[] = [
  geometry(2),
  geometry(2, { activeClusterSectors: 2 }),
  geometry(2, { copyUnitSectors: 2 }),
  geometry(1, { copyUnitSectors: 2 }),
  geometry(2, { commitUnitSectors: 2 }),
  geometry(2, { activeClusterSectors: 2, copyUnitSectors: 2 }),
  geometry(2, { hiddenClusterSectors: 2, copyUnitSectors: 2 }),
  geometry(3, { activeClusterSectors: 2 }),
  geometry(3, { copyUnitSectors: 2 }),
];

function plainNode(mode: Mode, shape: Geometry): NodeSetup {
  return {
    mode,
    geometry: shape,
    initialContent: [],
    readOnly: [],
    badSectors: [],
    defects: [],
    commitRequestsMax: 1,
  };
}

function brokenNodes(plain: NodeSetup): NodeSetup[] {
  return badSectors(plain).map((bad) => ({ ...plain, badSectors: [bad] }));
}

/** Nodes with one thing that is neither plain nor broken. */
function oddNodes(plain: NodeSetup): NodeSetup[] {
  return [
    ...readOnlyPlaces.map((place) => ({ ...plain, readOnly: [place] })),
    ...defects.map((defect) => ({ ...plain, defects: [defect] })),
    filled(plain),
    { ...plain, commitRequestsMax: 2 },
  ];
}

/** The first `count` sectors hold something, by default all. */
function filled(node: NodeSetup, count = node.geometry.lengthSectors): NodeSetup {
  return { ...node, initialContent: [{ sector: 0, count, tag: 1 }] };
}

function firstSectorBroken(node: NodeSetup): NodeSetup[] {
  return brokenNodes(node).filter(({ badSectors: [bad] }) => bad?.sector === 0);
}

function badSectors({ mode, geometry: { lengthSectors } }: NodeSetup): BadSector[] {
  const found: BadSector[] = [];
  for (const disk of mode === 'primary' ? (['secondary'] as const) : layers) {
    for (let sector = 0; sector < lengthSectors; sector++) {
      found.push({ disk, access: 'write', sector }, { disk, access: 'read', sector });
    }
  }
  return found;
}

/** Hosts of one sector a node with nothing odd about them; of two nodes only for cases of few operations. */
export function plainSetups({ modes, nodesMax }: Capabilities, operations: number): Setup[] {
  const nodes = modes.map((mode) => plainNode(mode, oneSector));
  const twos =
    nodesMax > 1 && operations <= 3 ? nodes.flatMap((older) => nodes.map((newer) => [older, newer])) : [];
  return [...nodes.map((node) => [node]), ...twos].map((each) => ({ nodes: each }));
}

/** What has been seen to make a failure show itself earlier: a disk with room beside what fails, or an odd peer. */
export function oddSetups(capabilities: Capabilities, operations: number): Setup[] {
  const setups = capabilities.modes.includes('secondary')
    ? oddSecondaries().map((node) => ({ nodes: [node] }))
    : [];
  const peers = operations <= PAIRS_OPERATIONS_MAX ? smallSetups(capabilities, 2, operations) : [];
  return [...setups, ...peers].filter((setup) => setupProblem(setup, capabilities) === null);
}

const PAIRS_OPERATIONS_MAX = 3;

function oddSecondaries(): NodeSetup[] {
  const two = plainNode('secondary', geometry(2));
  const partial = plainNode('secondary', geometry(3, { commitUnitSectors: 2 }));
  const shapes = [
    plainNode('secondary', geometry(2, { copyUnitSectors: 2 })),
    plainNode('secondary', geometry(3)),
    partial,
  ];
  return [
    ...firstSectorBroken(filled(two)),
    ...shapes,
    ...[two, ...shapes].flatMap((node) => [filled(node, 1), filled(node)]),
    { ...filled(partial), commitRequestsMax: 2 },
    ...slicedNodes(),
  ];
}

/** A write of two sectors that is cut between them, of which the second fails after a failed failover. */
function slicedNodes(): NodeSetup[] {
  return (['activeSliceSectors', 'hiddenSliceSectors'] as const).map((slice) => ({
    ...filled(plainNode('secondary', geometry(2, { [slice]: 1 }))),
    badSectors: [{ disk: 'secondary', access: 'write', sector: 1 }],
  }));
}

/** One secondary or primary with nothing odd about it but units larger than a sector. */
export function largerUnitSetups({ modes }: Capabilities): Setup[] {
  return modes.flatMap((mode) => largerUnits.map((shape) => ({ nodes: [plainNode(mode, shape)] })));
}

/**
 * Small hosts with so many nodes, each with at most one thing that is not plain. The longer the cases that are to be
 * looked for, the fewer the hosts: what takes many operations has been seen to need no odd host.
 */
export function smallSetups(capabilities: Capabilities, nodeCount: number, operations: number): Setup[] {
  const { modes } = capabilities;
  const setups =
    nodeCount === 1
      ? modes.flatMap((mode) => singles(mode, operations).map((node) => ({ nodes: [node] })))
      : modes.flatMap((older) => modes.flatMap((newer) => pairs(older, newer, operations)));
  return setups.filter((setup) => setupProblem(setup, capabilities) === null);
}

function singles(mode: Mode, operations: number): NodeSetup[] {
  const plain = plainNode(mode, oneSector);
  if (operations > 5) return [plain];
  const larger = largerUnits.map((shape) => plainNode(mode, shape));
  if (operations > 4) return [plain, ...brokenNodes(plain), ...larger.slice(0, 3)];
  return [plain, ...brokenNodes(plain), ...oddNodes(plain), ...larger, ...larger.flatMap(brokenNodes)];
}

function pairs(older: Mode, newer: Mode, operations: number): Setup[] {
  if (operations > 4) return [];
  const [left, right] = [plainNode(older, oneSector), plainNode(newer, oneSector)];
  const plain = { nodes: [left, right] };
  if (operations > 3) return [plain];
  return [
    plain,
    ...[...brokenNodes(left), ...oddNodes(left)].map((odd) => ({ nodes: [odd, right] })),
    ...[...brokenNodes(right), ...oddNodes(right)].map((odd) => ({ nodes: [left, odd] })),
  ];
}
