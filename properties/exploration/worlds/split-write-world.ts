/** The worlds in which failovers fail and writes afterwards are split: where another layer answers, and at ends of L2 slices. */
import type { Operation } from '../../../model/operations.ts';
import type { Geometry, Range, Setup } from '../../../model/vocabulary.ts';
import type { World } from './world.ts';

const three: Geometry = {
  lengthSectors: 3,
  // Two words: a place counted in the wrong unit must show.
  sectorBytes: 8,
  activeClusterSectors: 1,
  hiddenClusterSectors: 1,
  copyUnitSectors: 1,
  commitUnitSectors: 1,
};

const places: readonly Range[] = [
  { sector: 0, count: 1 },
  { sector: 1, count: 1 },
  { sector: 0, count: 3 },
];

/** A write of what no overlay holds is cut at sectors 2 and 3: the one is an end of active's slices, the other of hidden's. */
const sliced: Geometry = { ...three, lengthSectors: 4, activeSliceSectors: 2, hiddenSliceSectors: 3 };

function setup(geometry: Geometry): Setup {
  return {
    nodes: [
      {
        mode: 'secondary',
        geometry,
        initialContent: [{ sector: 0, count: geometry.lengthSectors, tag: 1 }],
        readOnly: [],
        badSectors: [],
        defects: [],
        commitRequestsMax: 16,
      },
    ],
  };
}

export const splitWrites: World = {
  name: 'split-writes',
  about: 'failovers that fail, and writes across layers afterwards',
  setup: setup(three),
  alphabet: [
    { op: 'open' },
    { op: 'start', mode: 'secondary' },
    { op: 'stop', failover: true },
    { op: 'commitSettle' },
    { op: 'endJob', job: 'commit' },
    { op: 'close' },
    { op: 'guestRead', sector: 0, count: 3 },
    ...places.flatMap((range): Operation[] => [
      { op: 'guestWrite', ...range, tag: 2 },
      { op: 'primaryWrite', ...range, tag: 2 },
      { op: 'guestWriteZeroes', ...range },
    ]),
    { op: 'breakSector', disk: 'secondary', access: 'write', sector: 1 },
    { op: 'repairSectors', disk: 'secondary' },
  ],
  goals: ['split-write-path'],
};

/** Of every two sectors that are written at once one can be bad, so that it shows which of them share a request. */
export const slicedWrites: World = {
  name: 'sliced-writes',
  about: 'writes after a failed failover that are cut where L2 slices of active and hidden end',
  setup: setup(sliced),
  alphabet: [
    { op: 'open' },
    { op: 'start', mode: 'secondary' },
    { op: 'stop', failover: true },
    { op: 'endJob', job: 'commit' },
    { op: 'guestRead', sector: 0, count: 4 },
    { op: 'guestWrite', sector: 0, count: 4, tag: 2 },
    { op: 'guestWriteZeroes', sector: 1, count: 3 },
    { op: 'guestWrite', sector: 0, count: 1, tag: 2 },
    { op: 'primaryWrite', sector: 2, count: 1, tag: 2 },
    ...[1, 2, 3].map(
      (sector) => ({ op: 'breakSector', disk: 'secondary', access: 'write', sector }) as const,
    ),
    { op: 'repairSectors', disk: 'secondary' },
  ],
  goals: ['split-write-path'],
};
