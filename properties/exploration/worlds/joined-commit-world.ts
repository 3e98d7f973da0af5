/** The world of commit requests that join neighbouring units. */
import type { Operation } from '../../../model/operations.ts';
import type { World } from './world.ts';

const writes = [1, 2].flatMap((tag) =>
  [0, 1].flatMap((sector): Operation[] => [
    { op: 'guestWrite', sector, count: 1, tag },
    { op: 'primaryWrite', sector, count: 1, tag },
  ]),
);

/** Of two dirty units one request takes both where one layer holds them, else each has its own, one after the other. */
export const joinedCommits: World = {
  name: 'joined-commits',
  about: 'one commit request at a time, which joins the units that one layer holds',
  setup: {
    nodes: [
      {
        mode: 'secondary',
        geometry: {
          lengthSectors: 2,
          sectorBytes: 4,
          activeClusterSectors: 1,
          hiddenClusterSectors: 1,
          copyUnitSectors: 1,
          commitUnitSectors: 1,
        },
        initialContent: [{ sector: 0, count: 2, tag: 1 }],
        readOnly: [],
        badSectors: [],
        defects: [],
        commitRequestsMax: 1,
        commitJoinsUnits: 2,
      },
    ],
  },
  alphabet: [
    { op: 'open' },
    { op: 'start', mode: 'secondary' },
    { op: 'checkpoint' },
    { op: 'stop', failover: true },
    { op: 'commitAdvance' },
    { op: 'commitSettle' },
    { op: 'close' },
    { op: 'endJob', job: 'commit' },
    ...writes,
    { op: 'guestRead', sector: 0, count: 2 },
    { op: 'primaryRead', sector: 0, count: 2 },
  ],
  goals: ['hidden-under-active', 'promoted'],
};
