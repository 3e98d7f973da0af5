/** The worlds that are toured on slow systems: described in small numbers, and played with sectors of a real disk. */
import type { Host } from '../../model/node.ts';
import type { BadSector, Extent, Geometry, NodeSetup, Range, Setup } from '../../model/vocabulary.ts';
import type { Operation } from '../../model/operations.ts';
import { QEMU_COMMIT_REQUESTS } from '../cases/setup-problem.ts';
import type { World } from '../exploration/worlds/world.ts';

/** A small world of which each sector stands for `scale` sectors of 512 bytes, so that a cluster is 64 KiB. */
export interface TourWorld {
  readonly world: World;
  readonly scale: number;
}

const CLUSTER_SECTORS = 128;

function uniform(clusters: number, clusterSectors: number): Geometry {
  return {
    lengthSectors: clusters * clusterSectors,
    sectorBytes: 512,
    activeClusterSectors: clusterSectors,
    hiddenClusterSectors: clusterSectors,
    copyUnitSectors: clusterSectors,
    commitUnitSectors: clusterSectors,
  };
}

const control: readonly Operation[] = [
  { op: 'open' },
  { op: 'start', mode: 'secondary' },
  { op: 'checkpoint' },
  { op: 'getError' },
  { op: 'stop', failover: true },
  { op: 'stop', failover: false },
  { op: 'close' },
  { op: 'commitSettle' },
];

/** One sector of the secondary disk goes bad, and good again. */
function badDays(access: BadSector['access'], sector: number): readonly Operation[] {
  return [
    { op: 'breakSector', disk: 'secondary', access, sector },
    { op: 'repairSectors', disk: 'secondary' },
  ];
}

function tourWorld(
  name: string,
  about: string,
  clusterSectors: number,
  places: readonly Range[],
  accidents: readonly Operation[],
): TourWorld {
  const geometry = uniform(2, clusterSectors);
  const node: NodeSetup = {
    mode: 'secondary',
    geometry,
    initialContent: [{ sector: 0, count: geometry.lengthSectors, tag: 1 }],
    readOnly: [],
    badSectors: [],
    defects: [],
    commitRequestsMax: QEMU_COMMIT_REQUESTS,
  };
  const whole = { sector: 0, count: geometry.lengthSectors };
  const alphabet: Operation[] = [
    ...control,
    { op: 'guestRead', ...whole },
    { op: 'primaryRead', ...whole },
    ...places.flatMap((range) =>
      [1, 2].flatMap((tag): Operation[] => [
        { op: 'guestWrite', ...range, tag },
        { op: 'primaryWrite', ...range, tag },
      ]),
    ),
    ...accidents,
  ];
  return {
    world: { name, about, setup: { nodes: [node] }, alphabet, goals: [] },
    scale: CLUSTER_SECTORS / clusterSectors,
  };
}

/** A part of a cluster, and a range that crosses from one to the other. */
const crossing: readonly Range[] = [
  { sector: 0, count: 1 },
  { sector: 1, count: 2 },
];

export const tourWorlds: readonly TourWorld[] = [
  tourWorld(
    'one-cluster',
    'one of two clusters written, whole and in part, no faults',
    2,
    [{ sector: 1, count: 1 }],
    [],
  ),
  tourWorld('halves', '2 clusters of 2 halves and 2 tags, no faults', 2, crossing, []),
  tourWorld(
    'bad-halves',
    '2 clusters of 2 halves and 2 tags, no faults and a sector that cannot be written',
    2,
    crossing,
    badDays('write', 0),
  ),
  tourWorld(
    'unreadable-halves',
    '2 clusters of 2 halves and 2 tags, no faults and a sector that cannot be read',
    2,
    crossing,
    badDays('read', 2),
  ),
];

/** The setup that the slow system is given. */
export function scaledSetup({ world, scale }: TourWorld): Setup {
  const nodes = world.setup.nodes.map((node): NodeSetup => {
    const { lengthSectors, sectorBytes, ...units } = node.geometry;
    return {
      ...node,
      geometry: {
        lengthSectors: lengthSectors * scale,
        sectorBytes,
        activeClusterSectors: units.activeClusterSectors * scale,
        hiddenClusterSectors: units.hiddenClusterSectors * scale,
        copyUnitSectors: units.copyUnitSectors * scale,
        commitUnitSectors: units.commitUnitSectors * scale,
      },
      initialContent: node.initialContent.map((extent) => scaledExtent(extent, scale)),
    };
  });
  return { nodes };
}

function scaledExtent({ sector, count, tag }: Extent, scale: number): Extent {
  return { sector: sector * scale, count: count * scale, tag };
}

/** A bad sector is one sector of the disk, the first of those that it stands for. */
export function scaledOperation(operation: Operation, scale: number): Operation {
  if ('count' in operation) {
    return { ...operation, sector: operation.sector * scale, count: operation.count * scale };
  }
  return operation.op === 'breakSector' ? { ...operation, sector: operation.sector * scale } : operation;
}

/** The state of the small world that a state of the scaled one stands for; null where a small sector is not one content. */
export function smallHost(host: Host, { world, scale }: TourWorld): Host | null {
  let isWhole = true;
  const shrunk = <Entry>(entries: readonly Entry[]): Entry[] => {
    if (entries.some((entry, sector) => entry !== entries[sector - (sector % scale)])) isWhole = false;
    return entries.filter((_, sector) => sector % scale === 0);
  };
  const nodes = host.nodes.map((node, index) => {
    const { commitJob, active, hidden, secondary, badSectors } = node;
    const inFlight = commitJob?.inFlight.map((request) => ({
      ...request,
      content: request.content === null ? null : shrunk(request.content),
    }));
    return {
      ...node,
      setup: world.setup.nodes[index] ?? node.setup,
      commitJob: commitJob === null ? null : { ...commitJob, inFlight: inFlight ?? [] },
      active: shrunk(active),
      hidden: shrunk(hidden),
      secondary: shrunk(secondary),
      badSectors: badSectors.map((bad) => ({ ...bad, sector: bad.sector / scale })),
    };
  });
  return isWhole ? { ...host, nodes } : null;
}
