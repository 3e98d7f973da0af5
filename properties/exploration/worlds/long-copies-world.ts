/** The world of copies before a write that are longer than 1 MiB, and cut. */
import { longCopiesGeometry } from '../../cases/geometries.ts';
import type { World } from './world.ts';

/** Either end of the disk can be copied already, so that a run also begins within it. */
export const longCopies: World = {
  name: 'long-copies',
  about: 'copies before a write that are cut, while sectors go bad',
  setup: {
    nodes: [
      {
        mode: 'secondary',
        geometry: longCopiesGeometry,
        initialContent: [],
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
    { op: 'checkpoint' },
    { op: 'primaryWrite', sector: 0, count: 1, tag: 1 },
    { op: 'primaryWrite', sector: 2, count: 1, tag: 1 },
    { op: 'primaryWrite', sector: 0, count: 3, tag: 1 },
    { op: 'breakSector', disk: 'secondary', access: 'read', sector: 0 },
    { op: 'breakSector', disk: 'hidden', access: 'write', sector: 2 },
    { op: 'repairSectors', disk: 'secondary' },
    { op: 'repairSectors', disk: 'hidden' },
  ],
  goals: ['hidden-alone'],
};
