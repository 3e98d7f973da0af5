/** A trace with nothing wrong in it, for tests that break one thing. */
import type { Trace } from '../format/trace-schema.ts';

export const soundTrace: Trace = {
  format: 'colocheck-trace',
  version: 2,
  comparison: 'qemu',
  setup: {
    nodes: [
      {
        mode: 'secondary',
        geometry: {
          lengthSectors: 8,
          sectorBytes: 8,
          activeClusterSectors: 2,
          hiddenClusterSectors: 2,
          copyUnitSectors: 2,
          commitUnitSectors: 2,
        },
        initialContent: [{ sector: 0, count: 8, tag: 1 }],
        readOnly: [],
        badSectors: [{ disk: 'secondary', access: 'write', sector: 3 }],
        defects: [],
        commitRequestsMax: 2,
      },
    ],
  },
  operations: [{ op: 'open' }, { op: 'guestWrite', sector: 0, count: 1, tag: 2, skip: true }],
};
