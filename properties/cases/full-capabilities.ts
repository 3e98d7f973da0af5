/** A system that can be given and asked everything that the vocabulary has. */
import { operationNames } from '../../impl/operation-lists.ts';
import { defects, layers, NODES_MAX, readOnlyPlaces } from '../../model/vocabulary.ts';
import type { Capabilities } from '../../impl/capabilities.ts';

export const everything: Capabilities = {
  operations: operationNames,
  observes: ['stage', 'errorFlag', 'view', 'active', 'hidden', 'secondary', 'wiring'],
  modes: ['primary', 'secondary'],
  defects,
  badSectors: layers,
  readOnly: readOnlyPlaces,
  nodesMax: NODES_MAX,
  control: 'driver',
  commit: 'stepped',
  joinsCommitUnits: true,
  geometry: { sectorBytes: 'any', lengthSectorsMax: 2 ** 21, slices: 'any', diskSectorsMax: 2 ** 32 },
};
