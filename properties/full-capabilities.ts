/** A system that can be given and asked everything that the vocabulary has. */
import { defects, operationNames } from '../model/vocabulary.ts';
import type { Capabilities } from '../model/vocabulary.ts';

export const everything: Capabilities = {
  operations: operationNames,
  observes: ['stage', 'errorFlag', 'view', 'active', 'hidden', 'secondary'],
  modes: ['primary', 'secondary'],
  defects,
  badSectors: true,
  control: 'driver',
  commit: 'stepped',
  geometry: { sectorBytes: 'any', lengthSectorsMax: 2 ** 21 },
};
