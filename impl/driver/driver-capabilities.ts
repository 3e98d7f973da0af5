/** What a C driver can be given on its ground, and what is shown of it: all. */
import { defects, layers, modes, NODES_MAX } from '../../model/vocabulary.ts';
import type { Capabilities } from '../capabilities.ts';
import { operationNames } from '../operation-lists.ts';

export const driverCapabilities: Capabilities = {
  operations: operationNames,
  observes: ['stage', 'errorFlag', 'view', 'active', 'hidden', 'secondary', 'wiring'],
  modes,
  defects,
  badSectors: layers,
  readOnly: ['hidden', 'secondary'],
  nodesMax: NODES_MAX,
  control: 'driver',
  commit: 'stepped',
  geometry: { sectorBytes: 'any', lengthSectorsMax: 65_536, slices: 'any' },
};
