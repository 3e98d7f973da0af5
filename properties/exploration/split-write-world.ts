/** The world in which failovers fail and writes afterwards go to more than one layer at once. */
import type { Operation } from '../../model/operations.ts';
import type { Geometry, Range } from '../../model/vocabulary.ts';
import type { World } from './world.ts';

const geometry: Geometry = {
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

export const splitWrites: World = {
  name: 'split-writes',
  about: 'failovers that fail, and writes across layers afterwards',
  setup: {
    nodes: [
      {
        mode: 'secondary',
        geometry,
        initialContent: [{ sector: 0, count: 3, tag: 1 }],
        readOnly: [],
        badSectors: [],
        defects: [],
        commitRequestsMax: 16,
      },
    ],
  },
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
