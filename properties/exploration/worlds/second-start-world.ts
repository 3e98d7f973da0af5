/** The world of what the first start of a process has reopened for writing, which a second one finds so. */
import type { World } from './world.ts';

export const secondStarts: World = {
  name: 'second-starts',
  about:
    'a hidden disk that is opened read-only, reopened by the first start of a process, and ejected later',
  setup: {
    nodes: [
      {
        mode: 'secondary',
        geometry: {
          lengthSectors: 1,
          sectorBytes: 4,
          activeClusterSectors: 1,
          hiddenClusterSectors: 1,
          copyUnitSectors: 1,
          commitUnitSectors: 1,
        },
        initialContent: [],
        readOnly: ['hidden'],
        badSectors: [],
        defects: [],
        commitRequestsMax: 16,
      },
    ],
  },
  alphabet: [
    { op: 'open' },
    { op: 'start', mode: 'secondary' },
    { op: 'start', mode: 'primary' },
    { op: 'checkpoint' },
    { op: 'getError' },
    { op: 'stop', failover: false },
    { op: 'stop', failover: true },
    { op: 'close' },
    { op: 'failEmptying', disk: 'hidden', how: 'ejected' },
    { op: 'endJob', job: 'backup' },
    { op: 'primaryWrite', sector: 0, count: 1, tag: 1 },
  ],
  goals: ['hidden-ejected', 'process-dead'],
};
