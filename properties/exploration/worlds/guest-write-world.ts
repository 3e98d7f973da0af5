/** The worlds of guest writes that fail: over several runs of new clusters, and around a sector that cannot be read. */
import type { Operation } from '../../../model/operations.ts';
import type { Geometry, NodeSetup } from '../../../model/vocabulary.ts';
import type { World } from './world.ts';

/** Each cluster of active is a slice of its own: `[. .|. .|. .]`. */
const threeClusters: Geometry = {
  lengthSectors: 6,
  sectorBytes: 4,
  activeClusterSectors: 2,
  hiddenClusterSectors: 6,
  copyUnitSectors: 6,
  commitUnitSectors: 6,
  activeSliceSectors: 2,
};

/** A sector is more than qcow2 reads around: the ends of the one cluster are read by themselves. */
const wideSectors: Geometry = {
  lengthSectors: 3,
  sectorBytes: 2 ** 15,
  activeClusterSectors: 3,
  hiddenClusterSectors: 3,
  copyUnitSectors: 3,
  commitUnitSectors: 3,
};

const begun: readonly Operation[] = [
  { op: 'open' },
  { op: 'start', mode: 'secondary' },
  { op: 'checkpoint' },
];

function secondary(geometry: Geometry, badSectors: NodeSetup['badSectors']): NodeSetup {
  const rest = { initialContent: [], readOnly: [], defects: [], commitRequestsMax: 1 };
  return { mode: 'secondary', geometry, badSectors, ...rest };
}

const failingGuestWrites: World = {
  name: 'failing-guest-writes',
  about: 'guest writes over three clusters that are new or not, where the first or the last sector is bad',
  setup: { nodes: [secondary(threeClusters, [])] },
  alphabet: [
    ...begun,
    { op: 'breakSector', disk: 'active', access: 'write', sector: 0 },
    { op: 'breakSector', disk: 'active', access: 'write', sector: 5 },
    { op: 'repairSectors', disk: 'active' },
    { op: 'guestWrite', sector: 2, count: 2, tag: 1 },
    { op: 'guestWrite', sector: 1, count: 4, tag: 2 },
    { op: 'guestWrite', sector: 1, count: 2, tag: 1 },
  ],
  goals: [],
};

const wideGuestWrites: World = {
  name: 'wide-guest-writes',
  about: 'guest writes to the middle of a cluster of 96 KiB, of which the middle cannot be read',
  setup: { nodes: [secondary(wideSectors, [{ disk: 'secondary', access: 'read', sector: 1 }])] },
  alphabet: [
    ...begun,
    { op: 'guestWrite', sector: 1, count: 1, tag: 1 },
    { op: 'guestWrite', sector: 0, count: 1, tag: 1 },
    { op: 'guestRead', sector: 1, count: 1 },
  ],
  goals: [],
};

export const guestWriteWorlds: readonly World[] = [wideGuestWrites, failingGuestWrites];
